"""Checks of lesson 8: sprites."""

from functools import cache

import numpy as np
from PIL import Image

import localization_utils as lu

from .checking import Wrong, animals, array, assets, hidden, mean_iou, number, on_black


def check_1(answer):
    """The IoU on white silhouettes: what is left when the inside of the animals is taken away."""
    coloured, painted, opaque = _coloured_painted_and_opaque()
    hints = (
        (coloured, f"In colour they had {coloured:.2f}. So the colours and edges inside would not matter."),
        (1.0, "Nothing is inside, but the outlines still are those of animals, not of rectangles."),
    )
    number(answer, painted, 0.1, hints)
    return (
        f"In colour {coloured:.2f}, as silhouettes {painted:.2f}. But if only the pixels that are at least "
        f"half opaque turn white, {opaque:.2f}. The two differ in a rim of about a pixel only. So this "
        "does not show how much the inside counts: how the outline is cut matters as well."
    )


@cache
def _coloured_painted_and_opaque():
    scene, white = animals(), animals()
    for i, sprite in enumerate(scene.sprites):  # white on black shows how opaque each pixel is
        white.sprites[i] = Image.new("RGBA", sprite.size, "white")
        white.sprites[i].putalpha(sprite.getchannel("A"))
    (images, tlhw), (opacity, _) = (each.sample(hidden(), 48) for each in (scene, white))
    painted = np.where(images.max(axis=-1, keepdims=True) > 0, 255, 0)
    opaque = np.where(opacity >= 128, 255, 0)
    boxes, model = lu.tlhw_to_xyxy(tlhw), lu.load_localizer("edges")
    silhouettes = [np.broadcast_to(each, images.shape).astype("uint8") for each in (painted, opaque)]
    return [mean_iou(model, each, boxes) for each in (images, *silhouettes)]


def check_2(visible_part):
    """The part of a box that lies inside the image."""
    cases = {
        (20, 30, 40, 50): ("inside", (20, 30, 40, 50)),
        (-10, 30, 40, 50): ("over the top", (0, 30, 30, 50)),
        (20, -25, 40, 50): ("over the left", (20, 0, 40, 25)),
        (200, 190, 40, 50): ("over the lower right corner", (200, 190, 24, 34)),
        (-5, -5, 300, 300): ("larger than the image", (0, 0, 224, 224)),
        (230, 10, 40, 50): ("outside", None),
        (10, -60, 40, 60): ("outside, touching the left border", None),
    }
    for box, (where, right) in cases.items():
        got = np.asarray(visible_part(np.array(box, float), 224), float)
        got = array(got, (4,), f"the box {where}")
        if right is None:
            if not np.isnan(got).all():
                raise Wrong(
                    f"The box {list(box)} is {where}: nothing to see, so four NaN, not {got.tolist()}."
                )
        elif not np.allclose(got, right):
            said = lu.tlhw_to_xyxy(np.nan_to_num(got)).clip(0, 224)
            truth = lu.tlhw_to_xyxy(np.array(right, float))
            figure = on_black([said], [f"{list(box)}"], "Yours is green, the right one yellow", [truth])
            raise Wrong(
                f"Of the box {list(box)}, {where}, it gives {got.tolist()}; {list(right)} is inside.", figure
            )
    return "Inside, over each border, around everything, outside: all right."


def check_3(tight_tlhw):
    """The box of what is visible, not of the file."""
    for path in assets("sprites/*.png"):
        sprite = np.array(Image.open(path).convert("RGBA"))
        margins = hidden().integers(5, 30, (2, 2))
        sprite = np.pad(sprite, [*margins, (0, 0)])
        sprite[0, 0] = (255, 0, 0, 40)  # a pixel that hardly shows
        rows, columns = (np.flatnonzero((sprite[..., 3] >= 128).any(axis=axis)) for axis in (1, 0))
        right = [rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1]
        got = array(tight_tlhw(sprite.copy()), (4,), "the box").tolist()
        if got == list(map(int, right)):
            continue
        height, width = sprite.shape[:2]
        faint, sides = np.array(right) - [0, 0, 1, 1], f"{path.stem}: {right[2]} px high, {right[3]} wide"
        says = f"{sides}; your box is {got}, the right one {list(map(int, right))}."
        if got == [0, 0, height, width]:
            says = f"That is the whole file, {width}x{height} px. {sides} is what one sees."
        elif got == faint.tolist():
            says = "One pixel short: the last visible row and column belong to the box."
        elif got == [right[1], right[0], right[3], right[2]]:
            says = "Rows and columns are exchanged: tlhw begins with the top."
        elif got[:2] == [0, 0]:
            says = "A pixel of opacity 40 of 255 counts for you. Half of the opacity, 128, is the limit here."
        canvas = lu.draw_boxes(
            sprite[..., :3] * (sprite[..., 3:] >= 128), lu.tlhw_to_xyxy(right), lu.tlhw_to_xyxy(got)
        )
        raise Wrong(says, lu.show_gallery([canvas], ["yours is green, the tight one yellow"], 1, 4))
    faint = np.full((9, 12, 4), 100, np.uint8)
    nothing = array(tight_tlhw(faint), (4,), "the box of a sprite in which nothing is visible")
    if not np.isnan(nothing.astype(float)).all():
        raise Wrong(f"Where nothing is visible, four NaN are asked for, not {nothing.tolist()}.")
    return "Tight around the fox, the octopus and the turtle, whatever the margins of the file."
