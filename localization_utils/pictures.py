"""Pictures: boxes on images, galleries, edge distributions, learning curves, and pictures with sliders."""

import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image, ImageDraw

from .boxes import edges_to_boxes

ACTUAL, PREDICTED = "#ffd400", "#00e05a"  # the original's yellow and green
GAP = "#101010"  # between dashes, so that they show on any ground


def _outline(picture, box, colour, zoom, dash=None):
    """One box on a picture enlarged `zoom` times: a line along its border, whole or in dashes.

    The line covers one pixel of the image on each side of the border, so that it shows on a white
    object and on a black ground. Pillow draws the last pixel too: hence the -1.
    """
    left, top, right, bottom = (round(float(v) * zoom) for v in box)
    layer = picture.copy()
    frame = (left - zoom, top - zoom, right + zoom - 1, bottom + zoom - 1)
    ImageDraw.Draw(layer).rectangle(frame, outline=colour, width=2 * zoom)
    y, x = np.ogrid[: picture.height, : picture.width]
    shown = np.full((picture.height, picture.width), True) if dash is None else (x + y) // dash % 2 == 0
    picture.paste(layer, mask=Image.fromarray(shown))


def draw_boxes(image, actual=None, predicted=None, zoom=2):
    """Draw the actual box, yellow and solid, and the predicted one, green with dark gaps.

    `image` is `(height, width, 3)`, uint8 0..255 or float 0..1; boxes are `xyxy` pixels `(4,)`, right
    and bottom exclusive. Gives a Pillow image `zoom` times as large, so that fractions of a pixel show.
    """
    image = np.asarray(image)
    if image.dtype != np.uint8:
        image = np.round(image * 255).astype(np.uint8)
    height, width = image.shape[:2]
    picture = Image.fromarray(image).resize((width * zoom, height * zoom), Image.Resampling.NEAREST)
    for box, colour, dash in (
        (predicted, GAP, None),
        (actual, ACTUAL, None),
        (predicted, PREDICTED, 8 * zoom),
    ):
        if box is not None and not np.isnan(box).any():
            _outline(picture, box, colour, zoom, dash)
    return picture


def show_gallery(images, titles=None, columns=3, inches=2.2, heading=None):
    """Show images `(n, height, width, 3)`, or Pillow ones, in a grid with a title each; gives the figure."""
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        squeeze=False,
        figsize=(columns * inches, rows * inches),
        layout="constrained",
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for i, (axis, image) in enumerate(zip(axes.flat, images)):
        axis.imshow(image, vmin=0, vmax=1)
        axis.set_title("" if titles is None else titles[i], fontsize=10)
    if heading:
        figure.suptitle(heading, fontsize=12)
    return figure


def show_edges(image, logits, actual=None, figure=None):
    """Show an image and along it what an edge head says: where each of the four edges may lie.

    `image` and the `actual` box as in `draw_boxes`, `logits` `(4, positions)` of that one image. The
    probabilities of the left and right edge stand above it, those of top and bottom beside it; the dashed
    box is the one decoded from them. Draws on `figure`, or on a new one, and gives it.
    """
    figure = figure or plt.figure(figsize=(4.8, 5.3), layout="constrained")
    axes = figure.subplots(2, 2, width_ratios=(4, 1), height_ratios=(1, 4))
    (above, corner), (axis, beside) = axes
    corner.set_axis_off()
    height, width = np.shape(image)[:2]
    picture = draw_boxes(image, actual, edges_to_boxes(logits))
    axis.imshow(picture, extent=(0, width, height, 0), aspect="auto")
    p = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    left, top, right, bottom = p / p.sum(axis=-1, keepdims=True)
    borders = np.arange(len(left))
    for first, second, fill in ((left, right, above.fill_between), (top, bottom, beside.fill_betweenx)):
        fill(borders, first, color="tab:blue", step="mid")
        fill(borders, second, color="tab:orange", step="mid")
    above.set(xlim=(0, width), ylim=(0, 1), xticks=[], title="left and right")
    beside.set(ylim=(height, 0), xlim=(0, 1), yticks=[], title="top and\nbottom")
    return figure


def live_picture(draw, **controls):
    """Show a picture beside the controls it depends on, and draw it anew when one of them moves.

    `controls` are ipywidgets with a value, `IntSlider` or `Dropdown`, say. `draw` takes their values by name
    and gives a Pillow image or a figure, and a caption. The picture follows as long as the kernel runs.
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
    display(widgets.HBox([view, side], layout=widgets.Layout(flex_flow="row wrap")))
    update()


def plot_curves(history, names, heading, baseline=None):
    """Plot some of a Keras history's figures over the epochs, with a labelled baseline; gives the figure.

    `names` maps a key of `history.history` to its label; `baseline` maps a label to its value.
    """
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for (key, label), style in zip(names.items(), ("-", "--", "-.", ":") * 2):
        values = history.history[key]
        axis.plot(range(1, len(values) + 1), values, style, label=label, linewidth=2)
    for label, value in (baseline or {}).items():
        axis.axhline(value, color="0.4", linestyle=":", label=f"{label}: {value:.3f}")
    axis.set(xlabel="epoch", title=heading)
    axis.grid(alpha=0.3)
    axis.legend()
    return figure
