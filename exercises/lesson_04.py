"""Checks of lesson 4: visualize."""

from functools import cache

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, choice, compared, hidden, mean_iou, on_black, pair


def check_1(answer):
    """Grey rectangles instead of white ones."""
    white, grey = _white_and_grey()
    hint = f"Not {answer!r}. The head reads the strengths of cells: what does half the light do to them?"
    choice(answer, ("higher", "lower", "about the same"), compared(grey - white), hint)
    return f"On 24 images: white {white:.2f}, grey {grey:.2f}."


@cache
def _white_and_grey():
    images, tlhw = lu.WhiteRectangles().sample(hidden(), 24)
    boxes, model = lu.tlhw_to_xyxy(tlhw), lu.load_localizer("localization-1")
    return [mean_iou(model, x, boxes) for x in (images, np.minimum(images, 128))]


def check_2(crossing):
    """The rectangle of the lesson, crossing from top to bottom."""
    tops = np.array([0, 7, 81, 164])
    images, boxes = pair(crossing(tops.copy()), "images and boxes")
    images, boxes = array(images, (4, 224, 224, 3), "images"), array(boxes, (4, 4), "boxes")
    right = np.stack([np.full(4, 70), tops, np.full(4, 140), tops + 60], axis=1)
    if np.array_equal(boxes, lu.xyxy_to_tlhw(right)):
        raise Wrong("Your boxes are tlhw, [top, left, height, width]; give xyxy, [left, top, right, bottom].")
    if np.array_equal(boxes[:, 0], tops):
        raise Wrong("It still moves from left to right.", on_black(boxes[1:3], ["top=7", "top=81"], "Yours"))
    for top, box, truth, image in zip(tops, boxes, right, images):
        if not np.array_equal(box, truth):
            figure = on_black([box], [f"top={top}"], "Yours is green, the right one yellow", [truth])
            raise Wrong(f"For top {top} the box is {truth.tolist()}, not {box.tolist()}.", figure)
        drawn = np.zeros_like(image)
        drawn[top : top + 60, 70:140] = 255
        if not np.array_equal(drawn, image):
            raise Wrong(f"For top {top} the image does not show the box.")
    return "Ask the model for its boxes: is it as good at top as at left?"


def check_3(to_xyxy):
    """Targets read in the order in which they are written."""
    _, tlhw = lu.WhiteRectangles().sample(hidden(), 100)
    got, right = array(to_xyxy(tlhw.copy()), (100, 4), "the boxes of 100 targets"), lu.tlhw_to_xyxy(tlhw)
    i = np.argmax(np.abs(tlhw[:, 0] - tlhw[:, 1]) + np.abs(tlhw[:, 2] - tlhw[:, 3]))
    top, left, height, width = tlhw[i]
    figure = on_black(
        [got[i]], [f"tlhw {tlhw[i].tolist()}"], "Yours is green, the rectangle yellow", [right[i]]
    )
    mirrored = [top, left, top + height, left + width]
    for wrong, says in (
        (mirrored, "Still read as column, row, width, height: the box is mirrored at the diagonal."),
        (
            [left, top, left + height, top + width],
            "The corner is right now, but height and width are exchanged.",
        ),
        (
            [top, left, top + width, left + height],
            "The sides are right now, but row and column are exchanged.",
        ),
        ([left, top, width, height], "The last two are still width and height: add them to the corner."),
    ):
        if np.allclose(got[i], wrong):
            raise Wrong(says, figure)
    if not np.allclose(got, right):
        raise Wrong("These are other boxes than those of the targets.", figure)
    return "100 boxes where the rectangles are."
