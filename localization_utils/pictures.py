"""Pictures: boxes on images, galleries, edge distributions, and learning curves."""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw

from .arguments import checked, kind, many, optional, real, refuse, whole
from .arrays import array
from .boxes import edges_to_boxes
from .photos import open_photo

ACTUAL, PREDICTED = "#ffd400", "#00e05a"  # the original's yellow and green
GAP = "#101010"  # between dashes, so that they show on any background


def _outline(picture, box, colour, zoom, dash=None):
    """One box on a picture enlarged `zoom` times: a line along its border, whole or in dashes.

    The line covers one pixel of the image on each side of the border, so that it shows on a white
    object and on a black background. Pillow draws the last pixel, too: hence the -1.
    """
    left, top, right, bottom = (round(float(v) * zoom) for v in box)
    layer = picture.copy()
    frame = (left - zoom, top - zoom, right + zoom - 1, bottom + zoom - 1)
    ImageDraw.Draw(layer).rectangle(frame, outline=colour, width=2 * zoom)
    y, x = np.ogrid[: picture.height, : picture.width]
    shown = np.full((picture.height, picture.width), True) if dash is None else (x + y) // dash % 2 == 0
    picture.paste(layer, mask=Image.fromarray(shown))


BOX = optional(array(4, what=", one box,"))


@checked(actual=BOX, predicted=BOX, zoom=whole(1, 32))
def draw_boxes(image, actual=None, predicted=None, zoom=2):
    """Draw the actual box, yellow and solid, and the predicted one, green with dark gaps.

    `image` is `(height, width, 3)`, uint8 0..255 or float 0..1, or what else `open_photo` takes; boxes are
    `xyxy` pixels `(4,)`, right and bottom exclusive. Gives a Pillow image `zoom` times as
    large, so that fractions of a pixel show.
    """
    image = open_photo(image)
    picture = image.resize((image.width * zoom, image.height * zoom), Image.Resampling.NEAREST)
    for box, colour, dash in (
        (predicted, GAP, None),
        (actual, ACTUAL, None),
        (predicted, PREDICTED, 8 * zoom),
    ):
        if box is not None and not np.isnan(box).any():
            _outline(picture, box, colour, zoom, dash)
    return picture


@checked(
    images=many("a list of one image or more"),
    titles=optional(many("a list of titles")),
    columns=whole(),
    inches=real(above=0),
)
def show_gallery(images, titles=None, columns=3, inches=2.2, heading=None):
    """Show images `(n, height, width, 3)`, or Pillow ones, in a grid with a title each; gives the figure."""
    for i, image in enumerate(images):
        if np.ndim(image) not in (2, 3):
            refuse(f"images[{i}]", image, "an image (height, width, 3) or a Pillow one")
    if titles is not None and len(titles) != len(images):
        refuse("titles", titles, f"one for each of {len(images)} images")
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


@checked(
    logits=array(4, "positions", what=" (logits)", nan=False),
    actual=BOX,
    figure=optional(kind(["subplots"], "a matplotlib figure or a part of one")),
)
def show_edges(image, logits, actual=None, figure=None):
    """Show an image and, along its sides, an edge head's probabilities for the four edges.

    `image` and the `actual` box as in `draw_boxes`, `logits` `(4, positions)` of that one image. The
    probabilities of the left and right edges are plotted above it, those of top and bottom to its right. The
    dashed box is decoded from them. Draws on `figure`, or on a new one, and returns it.
    """
    figure = figure or plt.figure(figsize=(4.8, 5.3), layout="constrained")
    axes = figure.subplots(2, 2, width_ratios=(4, 1), height_ratios=(1, 4))
    (above, corner), (axis, beside) = axes
    corner.set_axis_off()
    width, height = open_photo(image).size
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


def _numbers(name, value):
    """A dict of labels and numbers."""
    numbers = kind(dict, "a dict of labels and numbers")(name, value)
    return {label: real()(f"{name}[{label!r}]", number) for label, number in numbers.items()}


@checked(
    history=kind(["history"], "the history that a model's fit returns"),
    names=kind(dict, "a dict of names and labels", least=1),
    baseline=optional(_numbers),
)
def plot_curves(history, names, heading, baseline=None):
    """Plot some of a Keras history's figures over the epochs, with a labelled baseline; gives the figure.

    `names` maps a key of `history.history` to its label; `baseline` maps a label to its value.
    """
    for key in names.keys() - history.history.keys():
        refuse("names", key, f"some of {', '.join(history.history)}")
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
