"""What the pictures must show, counted in pixels."""

import base64

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageColor

import localization_utils as lu
from localization_utils import live, pictures

matplotlib.use("agg")
BLACK = np.zeros((40, 60, 3), np.uint8)


def pixels(picture, colour):
    """Where a picture has exactly this colour."""
    return (np.asarray(picture) == ImageColor.getrgb(colour)).all(axis=-1)


@pytest.mark.parametrize("zoom", [1, 2, 3])
def test_the_actual_box_runs_along_its_border(zoom):
    picture = lu.draw_boxes(BLACK, actual=[10, 20, 30, 35], zoom=zoom)
    assert picture.size == (60 * zoom, 40 * zoom)
    yellow = pixels(picture, pictures.ACTUAL)
    rows, columns = np.flatnonzero(yellow.any(axis=1)), np.flatnonzero(yellow.any(axis=0))
    assert (rows[0], rows[-1] + 1) == (19 * zoom, 36 * zoom)
    assert (columns[0], columns[-1] + 1) == (9 * zoom, 31 * zoom)
    assert not yellow[21 * zoom : 34 * zoom, 11 * zoom : 29 * zoom].any()


def test_the_predicted_box_is_dashed_and_lets_the_actual_one_show():
    box = [10, 5, 50, 35]
    alone = pixels(lu.draw_boxes(BLACK, predicted=box), pictures.PREDICTED).sum()
    solid = pixels(lu.draw_boxes(BLACK, actual=box), pictures.ACTUAL).sum()
    both = lu.draw_boxes(BLACK, box, box)
    assert 0.35 * solid < alone < 0.65 * solid
    assert pixels(both, pictures.PREDICTED).sum() == alone
    assert pixels(both, pictures.ACTUAL).sum() == solid - alone


def test_odd_boxes_are_drawn_without_an_error():
    for box in ([0, 0, 60, 40], [30, 30, 30, 30], [59.6, 39.7, 60, 40], [-5, -5, 99, 99]):
        lu.draw_boxes(BLACK, box, box)
    untouched = lu.draw_boxes(BLACK, predicted=[np.nan] * 4)
    assert not np.asarray(untouched).any()


def test_floats_and_bytes_look_the_same():
    image = np.random.default_rng(1).integers(0, 256, (8, 8, 3)).astype("uint8")
    assert lu.draw_boxes(image) == lu.draw_boxes(image / np.float32(255)) == lu.draw_boxes(image.astype(int))


def test_a_gallery_holds_every_image_once():
    figure = lu.show_gallery([BLACK] * 4 + [Image.fromarray(BLACK)], list("abcde"), columns=3)
    shown = [axis for axis in figure.axes if axis.images]
    assert [axis.get_title() for axis in shown] == list("abcde")
    assert len(figure.axes) == 6


def test_curves_show_every_epoch_and_the_baseline():
    class History:
        history = {"iou": [0.1, 0.2, 0.3], "val_iou": [0.1, 0.15, 0.2]}

    figure = lu.plot_curves(History(), {"iou": "train", "val_iou": "held out"}, "IoU", {"constant": 0.05})
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == ["train", "held out", "constant: 0.050"]
    assert list(lines[0].get_xdata()) == [1, 2, 3]


def test_edges_stand_along_the_image_where_they_are_likely():
    logits = np.full((4, 61), -20.0)
    for edge, position in enumerate((10, 5, 50, 35)):
        logits[edge, position] = 0
    figure = lu.show_edges(np.zeros((60, 60, 3), np.uint8), logits)
    above, _, image, beside = figure.axes
    assert above.get_xlim() == image.get_xlim() == (0, 60) and beside.get_ylim() == image.get_ylim()
    extents = [fill.get_datalim(ax.transData) for ax in (above, beside) for fill in ax.collections]
    assert len(extents) == 4
    left, right = (fill.get_paths()[0].vertices for fill in above.collections)
    assert left[left[:, 1].argmax(), 0] == pytest.approx(10, abs=0.5)
    assert right[right[:, 1].argmax(), 0] == pytest.approx(50, abs=0.5)


def test_a_live_picture_follows_its_controls(monkeypatch):
    shown, asked, row = [], [], live.widgets.HBox()
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))

    def placed(children, layout):
        row.children = children
        return row

    def draw(left, which):
        asked.append((left, which))
        return lu.draw_boxes(BLACK, [left, 5, left + 9, 20]), f"{which} at {left}"

    monkeypatch.setattr(live.widgets, "HBox", placed)
    controls = {
        "left": live.widgets.IntSlider(3, 0, 40),
        "which": live.widgets.Dropdown(options=["a", "b"]),
    }
    lu.live_picture(draw, **controls)
    view, side = row.children
    first = view.value
    assert base64.b64decode(shown[0]["image/png"]) == first  # what is seen without a kernel
    assert "application/vnd.jupyter.widget-view+json" in shown[0] and "b''" in shown[0]["text/plain"]
    controls["left"].value, controls["which"].value = 20, "b"
    assert asked == [(3, "a"), (20, "a"), (20, "b")]
    assert view.value != first and side.children[-1].value == "b at 20"
    assert [control.description for control in side.children[:2]] == ["left", "which"]
