"""Labelled photographs and composites: boxes move with their pictures, and draws depend on the seed alone."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import localization_utils as lu
from localization_utils import cutouts, scenes

SIZE, SEA = 96, (0, 60, 255)
PLACES = {  # by name: a photo's size and the box on it
    "in the middle": ((320, 240), (100, 60, 220, 150)),
    "in a corner": ((320, 240), (0, 0, 90, 70)),
    "in the other corner": ((231, 313), (131, 203, 231, 313)),
    "all of it": ((97, 131), (0, 0, 97, 131)),
    "long": ((500, 100), (10, 20, 490, 50)),
    "large photo": ((1500, 1100), (700, 500, 1500, 1100)),
    "fractions": ((320, 240), (100.5, 60.25, 220.75, 150.5)),
}


def rng(seed=1):
    return np.random.default_rng(seed)


def save(path, array):
    Image.fromarray(np.asarray(array, np.uint8)).save(path)
    return path


def photo(size, box, seed=1):
    """Grey noise with a rectangle in the one colour that is bluer than it is red."""
    picture = rng(seed).integers(60, 200, (size[1], size[0], 1), np.uint8).repeat(3, axis=-1)
    left, top, right, bottom = np.round(box).astype(int)
    picture[top:bottom, left:right] = SEA
    return picture


def blue_box(image):
    """The `tlhw` box of the pixels that are at least half as blue as the bluest."""
    blueness = image[..., 2].astype(int) - image[..., 0]
    shown = blueness >= blueness.max() / 2
    rows, columns = (np.flatnonzero(shown.mean(axis=axis) > 0) for axis in (1, 0))
    return np.array([rows[0], columns[0], rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]])


def edges_apart(a, b):
    return np.abs(lu.tlhw_to_xyxy(a) - lu.tlhw_to_xyxy(b)).max()


def scene(**changes):
    return lu.Photographs(
        [(photo(*place, i), place[1]) for i, place in enumerate(PLACES.values())], SIZE, **changes
    )


# --- photographs


@pytest.mark.parametrize("place", PLACES)
def test_augmentation_moves_the_box_along_with_the_picture(place):
    size, box = PLACES[place]
    photographs = lu.Photographs([(photo(size, box), box)], SIZE)
    boxes, generator = [], rng(5)
    for _ in range(200):
        image, tlhw = photographs.version(0, generator)
        assert image.shape == (SIZE, SIZE, 3) and image.dtype == np.uint8
        assert edges_apart(blue_box(image), tlhw) <= 1.5
        xyxy = lu.tlhw_to_xyxy(tlhw)
        assert (xyxy >= 0).all() and (xyxy <= SIZE).all() and (tlhw[2:] > 0).all()
        boxes.append(tlhw)
    lu.sigmoid_targets(np.array(boxes), SIZE)  # refuses a box that leaves the image by a hair
    if place != "all of it":
        assert np.std(boxes, axis=0).max() > 3


def test_as_it_is_a_photo_is_only_stretched():
    photographs = scene()
    for index, (size, box) in enumerate(PLACES.values()):
        image, tlhw = photographs.version(index)
        expected = np.array(box) * SIZE / np.tile(size, 2)
        assert (
            edges_apart(tlhw, lu.xyxy_to_tlhw(expected)) < 0.01 and edges_apart(blue_box(image), tlhw) <= 1.5
        )
        assert (tlhw[:2] + tlhw[2:] <= SIZE).all()
    drawn = scene(augment=False).sample_labelled(rng(), 20)
    for image, tlhw, label in zip(*drawn):
        assert np.array_equal(image, photographs.version(label)[0])
        assert np.array_equal(tlhw, photographs.version(label)[1])


@given(st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=200, deadline=None)
def test_any_box_stays_whole_inside_and_is_never_empty(seed, data):
    size = data.draw(st.tuples(st.integers(2, 60), st.integers(2, 60)))
    low = [data.draw(st.integers(0, side - 1)) for side in size]
    high = [data.draw(st.integers(least + 1, side)) for least, side in zip(low, size)]
    photographs = lu.Photographs([(Image.new("RGB", size), (*low, *high))], 32)
    _, tlhw = photographs.version(0, rng(seed))
    assert (tlhw >= 0).all() and (tlhw[2:] > 0).all() and (tlhw[:2] + tlhw[2:] <= 32 + 1e-9).all()
    lu.sigmoid_targets(tlhw, 32)


def test_augmentation_changes_brightness_and_colour_and_mirrors_half():
    ramp = np.zeros((64, 64, 3), np.uint8)
    ramp[..., 0], ramp[..., 1] = np.arange(64) * 3, 80
    photographs, generator = lu.Photographs([(ramp, (0, 0, 64, 64))], 32), rng(3)
    images = np.array([photographs.version(0, generator)[0] for _ in range(300)]).astype(int)
    mirrored = images[:, 16, 2, 0] > images[:, 16, -3, 0]
    assert 0.42 < mirrored.mean() < 0.58
    assert images.mean(axis=(1, 2, 3)).std() > 8 and np.ptp(images[..., 1].mean(axis=(1, 2))) > 40


def test_labels_say_which_photo_an_image_is_a_version_of():
    shades = [np.full((40, 40, 3), 40 + 60 * i) for i in range(3)]
    photographs = lu.Photographs([(shade.astype(np.uint8), (5, 5, 30, 30)) for shade in shades], 32, False)
    images, boxes, labels = photographs.sample_labelled(rng(), 30)
    assert set(labels) == {0, 1, 2} and boxes.shape == (30, 4)
    assert np.array_equal(images[:, 0, 0, 0], 40 + 60 * labels)
    seq = lu.LocalizationSequence(8, 4, photographs, seed=3)
    drawn = np.concatenate([seq.draw(i)[0] for i in range(4)])
    assert np.array_equal(drawn[:, 0, 0, 0], 40 + 60 * seq.labels())
    everyone = lu.PhotoSequence(photographs, versions=2)
    assert everyone.labels().tolist() == [0, 0, 1, 1, 2, 2]


# --- sequences


def cut_out_scene(**changes):
    return lu.CutOuts([CUTOUT], [photo((120, 100), (0, 0, 1, 1))], **{"image_size": SIZE, **changes})


CUTOUT = np.dstack([np.full((40, 60, 3), 255, np.uint8), np.full((40, 60), 255, np.uint8)])
SCENES = {"photographs": scene, "cut-outs": cut_out_scene}


@pytest.mark.parametrize("kind", SCENES)
def test_draws_are_a_pure_function_of_seed_epoch_and_index(kind):
    def draws(seed=1, epoch=0, index=1, copy=lambda seq: seq):
        seq = copy(lu.LocalizationSequence(3, 4, SCENES[kind](), seed))
        seq.epoch = epoch
        return seq[index]

    expected = draws()
    seq = lu.LocalizationSequence(3, 4, SCENES[kind](), 1)
    for index in (3, 1, 0):
        found = seq[index]
        assert np.array_equal(found[0], expected[0]) == (index == 1)
    for again in (draws(), draws(copy=lambda seq: pickle.loads(pickle.dumps(seq))), seq[1]):
        assert all(np.array_equal(a, b) for a, b in zip(again, expected))
    for change in ({"seed": 2}, {"epoch": 1}, {"index": 2}):
        assert not np.array_equal(draws(**change)[0], expected[0])
    seq.on_epoch_end()
    assert np.array_equal(seq[1][0], draws(epoch=1)[0])


def test_a_sequence_of_photos_has_each_as_it_is_and_augmented():
    photographs = scene()
    seq = lu.PhotoSequence(photographs, versions=3, seed=4)
    assert len(seq) == len(PLACES)
    for index in range(len(seq)):
        images, boxes = seq.draw(index)
        assert np.array_equal(images[0], photographs.version(index)[0])
        assert not np.array_equal(images[0], images[1]) and not np.array_equal(images[1], images[2])
        assert np.array_equal(images, lu.PhotoSequence(scene(), 3, 4).draw(index)[0])
        assert max(edges_apart(blue_box(image), box) for image, box in zip(images, boxes)) <= 1.5
        x, targets = seq[index]
        assert x.dtype == np.float32 and np.array_equal(np.round(x * 255), images)
        assert np.abs(lu.to_pil_rect(targets, SIZE) - lu.tlhw_to_xyxy(boxes)).max() < 0.01
    before = seq[0][0]
    seq.on_epoch_end()
    assert np.array_equal(seq[0][0], before)
    assert not np.array_equal(lu.PhotoSequence(photographs, 3, 5)[0][0], before)
    alone = lu.PhotoSequence(photographs, versions=1)
    assert alone[2][0].shape == (1, SIZE, SIZE, 3) and np.array_equal(alone[2][0][0], seq[2][0][0])
    with pytest.raises(IndexError, match="batch 7 does not exist"):
        seq[len(PLACES)]


# --- refused in one line


@pytest.mark.parametrize(
    "box",
    [
        (-1, 0, 10, 10),
        (0, -0.5, 10, 10),
        (0, 0, 40.5, 10),
        (0, 0, 10, 31),
        (50, 50, 60, 60),
        (10, 0, 10, 10),
        (20, 0, 10, 10),
        (0, 20, 10, 10),
        (0, 0, np.nan, 10),
        (0, 0, np.inf, 10),
        (0, 0, 10),
        (0, 0, 10, 10, 10),
        ((0, 0, 10, 10),),
        np.zeros((30, 4)),
        "left",
        None,
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("given_as", ["path", "array"])
def test_a_box_that_is_none_inside_its_photo_is_one_clear_line(tmp_path, box, given_as):
    picture = np.zeros((30, 40, 3), np.uint8)
    picture = save(tmp_path / "cat.png", picture) if given_as == "path" else picture
    with pytest.raises(ValueError) as error:
        lu.Photographs([(np.zeros((9, 9)), (0, 0, 9, 9)), (picture, box)])
    line, name = str(error.value), picture if given_as == "path" else "A photo given as ndarray"
    assert line.startswith(f"the box of {name} is ") and len(line.splitlines()) == 1
    assert line.endswith("it must be left < right and top < bottom inside its 40x30 pixels.")


def test_the_largest_and_the_smallest_box_of_a_photo_are_taken():
    for box in ((0, 0, 40, 30), (39, 29, 40, 30), [0, 0, 1, 1], np.array([3.5, 2.5, 4, 3])):
        assert len(lu.Photographs([(np.zeros((30, 40, 3)), box)], 32).sample(rng(), 2)[0]) == 2
    named = lu.Photographs([(np.zeros((30, 40)), (0, 0, 9, 9), "cat")], 32)  # as read_annotations gives them
    assert len(named.photos) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cutouts": [np.zeros((9, 9, 3))]}, "A photo given as ndarray .* has no transparency"),
        ({"cutouts": [np.zeros((9, 9, 4))]}, "A photo given as ndarray has no visible pixel"),
        ({"photos": [np.zeros((9, 9, 3))]}, "A photo given as ndarray is 9x9 px; it needs 224 px a side"),
        ({"photos": ["nowhere.jpg"]}, "nowhere.jpg is not there"),
    ],
)
def test_bad_cutouts_are_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        lu.CutOuts(**{"cutouts": [CUTOUT], "photos": [np.zeros((224, 224))], **arguments})
    assert len(str(error.value).splitlines()) == 1


# --- cut-outs


def test_boxes_of_cutouts_are_the_tight_ones_of_what_is_visible(monkeypatch):
    monkeypatch.setattr(cutouts, "_finish", lambda image, rng: image)  # neither grey nor through JPEG
    monkeypatch.setattr(cutouts, "recolour", lambda image, rng, amount=0: image)
    white_on_black = lu.CutOuts([CUTOUT], [np.zeros((SIZE, SIZE, 3), np.uint8)], SIZE, (0.2, 1.5), hidden=0.5)
    images, boxes, labels = white_on_black.sample_labelled(rng(2), 300)
    assert not labels.any() and not np.isnan(boxes).any()
    for image, box in zip(images, boxes):
        rows, columns = (np.flatnonzero((image[..., 0] >= 128).any(axis=axis)) for axis in (1, 0))
        assert box.tolist() == [rows[0], columns[0], rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]]
    assert (boxes >= 0).all() and (boxes[:, :2] + boxes[:, 2:] <= SIZE).all() and (boxes[:, 2:] > 0).all()
    assert (boxes[:, :2].min() == 0) and boxes[:, 2:].max() == SIZE


def test_boxes_of_cutouts_hold_for_the_finished_picture():
    white_on_black = lu.CutOuts([CUTOUT], [np.zeros((SIZE, SIZE, 3), np.uint8)], SIZE)
    images, boxes = white_on_black.sample(rng(3), 200)
    apart = []
    for image, box in zip(images.max(axis=-1).astype(int), boxes):
        rows, columns = (np.flatnonzero((image >= image.max() / 2).any(axis=axis)) for axis in (1, 0))
        found = [rows[0], columns[0], rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]]
        apart.append(edges_apart(np.array(found), box))
    assert max(apart) <= 2 and np.mean(apart) < 0.5


@pytest.mark.parametrize("presence", [0, 0.5, 1])
def test_presence_is_the_share_of_images_with_a_cutout(presence):
    colours = [CUTOUT * np.array(colour, np.uint8) for colour in ((1, 0, 0, 1), (0, 0, 1, 1))]
    made = lu.CutOuts(colours, [np.zeros((SIZE, SIZE, 3), np.uint8)], SIZE, presence=presence)
    images, boxes, labels = made.sample_labelled(rng(4), 200)
    shown = labels >= 0
    assert abs(shown.mean() - presence) < 0.1
    assert np.array_equal(np.isnan(boxes), np.repeat(~shown[:, None], 4, axis=1))
    assert images[~shown].max(initial=0) < 8 and (images[shown].max(axis=(1, 2, 3)) > 15).all()
    assert set(labels) == {0: {-1}, 0.5: {-1, 0, 1}, 1: {0, 1}}[presence]
    coloured = images[shown].max(axis=(1, 2)).astype(int)
    certain = np.abs(coloured[:, 0] - coloured[:, 2]) > 60  # some images are grey
    assert certain.sum() >= 0.7 * shown.sum()
    assert np.array_equal((coloured[:, 2] > coloured[:, 0])[certain], labels[shown][certain] == 1)


def test_a_sequence_of_cutouts_marks_where_nothing_is_shown():
    seq = lu.LocalizationSequence(16, 2, cut_out_scene(presence=0.5), seed=6)
    labels = seq.labels().reshape(2, 16)
    for index in range(2):
        x, targets = seq[index]
        assert x.shape == (16, SIZE, SIZE, 3) and targets.dtype == np.float32
        assert np.array_equal(np.isnan(targets).all(axis=1), labels[index] < 0)
        assert np.array_equal(np.isnan(targets).any(axis=1), labels[index] < 0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 2), st.sampled_from([32, 64]))
def test_cutouts_of_any_scale_are_drawn_alike_again(seed, scale, size):
    made = [cut_out_scene(image_size=size, scale=(scale / 2, scale)).sample(rng(seed), 4) for _ in range(2)]
    assert np.array_equal(made[0][0], made[1][0]) and np.array_equal(made[0][1], made[1][1])
    assert made[0][0].shape == (4, size, size, 3) and (made[0][1][:, 2:] >= 1).all()


def test_images_drawn_do_not_depend_on_what_was_drawn_before():
    for make in (scene, cut_out_scene):
        used = make()
        used.sample(rng(8), 5)
        assert np.array_equal(used.sample(rng(9), 3)[0], make().sample(rng(9), 3)[0])


def test_both_scenes_say_that_they_are_photographs():
    assert scene().kind == cut_out_scene().kind == "photographs"
    assert scenes.Sprites([CUTOUT], scale=(0.5, 1)).kind == "sprites on black"
