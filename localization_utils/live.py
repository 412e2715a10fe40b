"""Pictures with sliders, drawn again at each move while the kernel runs."""

import base64
import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display
from PIL import Image

from .arguments import checked, kind


def _controls(name, value):
    for key, control in value.items():
        kind(["value", "observe"], "an ipywidgets control, such as IntSlider or Dropdown")(key, control)
    return value


@checked(draw=kind(["__call__"], "a function that gives a picture and a caption"), controls=_controls)
def live_picture(draw, **controls):
    """Show a picture next to the controls it depends on, and draw it again when one of them changes.

    `controls` are ipywidgets with a value, such as `IntSlider` or `Dropdown`. `draw` takes their values by
    name and gives a Pillow image or a figure, and a caption. The picture follows as long as the kernel runs;
    where there is no kernel, as on a website, the first picture is shown.
    """
    view, caption = widgets.Image(format="png"), widgets.Label()

    def update(change=None):
        picture, caption.value = draw(**{name: control.value for name, control in controls.items()})
        buffer = io.BytesIO()
        if isinstance(picture, Image.Image):
            picture.save(buffer, "PNG")
        else:
            picture.savefig(buffer, format="png")
            plt.close(picture)
        view.value = buffer.getvalue()

    for name, control in controls.items():
        control.description = name
        control.observe(update, names="value")
    side = widgets.VBox([*controls.values(), caption])
    row = widgets.HBox([view, side], layout=widgets.Layout(flex_flow="row wrap"))
    shown = row._repr_mimebundle_()  # before the picture is in it, or its bytes are in the text
    update()
    display(shown | {"image/png": base64.b64encode(view.value).decode()}, raw=True)
