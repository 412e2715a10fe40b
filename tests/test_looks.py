"""The second look: squares around boxes, enlarged, and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import localization_utils as lu

SIZE = 224


@st.composite
def boxes(draw):
    left, top = (draw(st.floats(0, SIZE - 1)) for _ in range(2))
    right, bottom = (draw(st.floats(start + 1, SIZE)) for start in (left, top))
    return np.array([[left, top, right, bottom]])


@given(boxes())
def test_squares_are_inside_the_image_and_hold_their_boxes(box):
    square = lu.squares_around(box)
    side = square[:, 2:] - square[:, :2]
    assert np.allclose(side[:, 0], side[:, 1]) and 80 - 1e-9 <= side[0, 0] <= SIZE + 1e-9
    assert (square >= -1e-9).all() and (square <= SIZE + 1e-9).all()
    assert (square[:, :2] <= box[:, :2] + 1e-9).all() and (box[:, 2:] <= square[:, 2:] + 1e-9).all()


@given(boxes())
def test_a_box_that_fills_the_enlarged_square_is_the_square(box):
    square = lu.squares_around(box)
    assert np.allclose(lu.from_squares(np.array([[0, 0, SIZE, SIZE]]), square), square)


def test_the_whole_image_stays_as_it_is():
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    assert np.array_equal(lu.enlarge(images, np.array([[0, 0, 32, 32]] * 2)), images)


def test_a_ramp_stays_a_ramp():
    ramp = np.repeat(np.arange(SIZE, dtype=np.uint8)[None, :, None], 3, axis=-1).repeat(SIZE, axis=0)
    enlarged = lu.enlarge(ramp[None], np.array([[40.5, 17.25, 140.5, 117.25]]))[0]
    centres = 40.5 + (np.arange(SIZE) + 0.5) * 100 / SIZE - 0.5  # of the new pixels, in old ones
    assert np.abs(enlarged[..., 0] - centres)[:, 3:-3].max() <= 0.51  # rounded to whole numbers


class WhitePixels:
    """A model that finds white things by looking at the pixels, and counts the images that it sees."""

    input_shape, seen = (None, SIZE, SIZE, 3), 0

    def predict(self, x, **_):
        self.seen += len(x)
        found = []
        for image in x[..., 0] > 0.5:
            rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
            found.append([rows[0], columns[0], len(rows), len(columns)])
        return lu.sigmoid_targets(np.array(found))


def test_the_second_look_comes_back_to_the_same_place():
    images, tlhw = lu.WhiteRectangles().sample(np.random.default_rng(3), 16)
    actual, model = lu.tlhw_to_xyxy(tlhw), WhitePixels()
    rough = np.clip(actual + np.random.default_rng(4).uniform(-4, 4, actual.shape), 0, SIZE)
    found = lu.look_again(model, images, rough)
    assert model.seen == 16 and np.abs(found - actual).max() < 1
    assert np.abs(found - actual).mean() < 0.3 < 1.5 < np.abs(rough - actual).mean()
    assert np.allclose(lu.predict_boxes(model, images, looks=2), found, atol=1)
    assert model.seen == 48


def test_what_was_not_found_is_not_looked_for():
    images, model = np.zeros((3, SIZE, SIZE, 3), np.uint8), WhitePixels()
    images[1, 50:90, 60:80] = 255
    boxes = np.full((3, 4), np.nan)
    assert np.isnan(lu.look_again(model, images, boxes)).all() and model.seen == 0
    boxes[1] = [58, 50, 83, 91]
    found = lu.look_again(model, images, boxes)
    assert model.seen == 1 and np.isnan(found[[0, 2]]).all() and np.isnan(boxes[0]).all()
    assert np.abs(found[1] - [60, 50, 80, 90]).max() < 0.5
