"""The feature cache is never stale: a file replaced under its old name, a moved box, another input."""

import json
import os
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

import localization_utils as lu
from localization_utils import features
from localization_utils.trunk import BUNDLED, POOLS, PROJECT, SPREADS, TAPS

SIZE, COUNT = 64, 4  # pixels a side, files of a kind


class Trunk:
    """Stands in for VGG16: means of an image's cells, in a tap's number of channels. Counts what it sees."""

    seen = 0

    def __init__(self, taps):
        self.taps = taps

    def __call__(self, x):
        type(self).seen += len(x)
        return [part(x, *TAPS[tap]) for tap in self.taps]


def part(x, stride, channels):
    cells = x.shape[1] // stride
    means = x.reshape(len(x), cells, stride, cells, stride, 3).mean(axis=(2, 4))
    return means.repeat(-(-channels // 3), axis=-1)[..., :channels]


@pytest.fixture
def trunk(monkeypatch):
    Trunk.seen = 0
    monkeypatch.setattr(features, "passage", lambda size, weights, checksum, names, precision: Trunk(names))
    return Trunk


def rng(seed):
    return np.random.default_rng(seed)


def picture(seed, channels=3, size=(32, 32)):
    made = rng(seed).integers(0, 256, (*size, channels), np.uint8)
    if channels == 4:
        made[..., 3] = 255
    return Image.fromarray(made)


def write(folder, kind, index, seed):
    """A file of a kind; always of the same size in bytes and of the same age, so that only pixels tell."""
    path = folder / f"{kind}-{index}.bmp" if kind != "sprite" else folder / f"{kind}-{index}.tif"
    image = picture(seed, 4, (24, 24)) if kind == "sprite" else picture(seed, 3, (72, 80))
    image.save(path)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


BOX = (10, 10, 60, 50)


def sprites_on_black(folder, **changes):
    return lu.Sprites(sorted(folder.glob("sprite-*")), (), **{"image_size": SIZE, **changes})


def sprites_on_photos(folder, **changes):
    files = sorted(folder.glob("sprite-*")), sorted(folder.glob("photo-*"))
    return lu.Sprites(*files, **{"image_size": SIZE, **changes})


def cutouts(folder, **changes):
    files = sorted(folder.glob("sprite-*")), sorted(folder.glob("photo-*"))
    return lu.CutOuts(*files, **{"image_size": SIZE, **changes})


def photographs(folder, boxes=None, **changes):
    photos = sorted(folder.glob("photo-*"))
    return lu.Photographs(zip(photos, boxes or [BOX] * len(photos)), **{"image_size": SIZE, **changes})


SCENES = {
    "a sprite": (sprites_on_black, "sprite"),
    "a sprite on photos": (sprites_on_photos, "sprite"),
    "a photo": (sprites_on_photos, "photo"),
    "a cut-out": (cutouts, "sprite"),
    "a cut-out's photo": (cutouts, "photo"),
    "a labelled photo": (photographs, "photo"),
}


@pytest.fixture
def folder(tmp_path):
    return fill(tmp_path / "files", 0)


def fill(folder, seed):
    folder.mkdir()
    for index in range(COUNT):
        write(folder, "sprite", index, 100 * seed + index)
        write(folder, "photo", index, 100 * seed + 50 + index)
    return folder


def sequence(scene, batches=2):
    return lu.LocalizationSequence(2, batches, scene, seed=1, fixed=True)


def cached(seq, cache, tap="block5_pool"):
    """The features of a sequence, how many images were computed, and how many rows are stale."""
    before = Trunk.seen
    found, targets = lu.cached_features(seq, tap, folder=cache)
    images = np.concatenate([seq[i][0] for i in range(len(seq))])
    stale = (found != part(images, *TAPS[tap]).astype("float16")).any(axis=(1, 2, 3))
    actual = np.concatenate([seq[i][1] for i in range(len(seq))])
    assert np.array_equal(targets, actual, equal_nan=True)
    return found, Trunk.seen - before, int(stale.sum())


# --- files replaced under their names


@pytest.mark.parametrize("what", SCENES)
def test_features_of_a_replaced_file_are_computed_again(trunk, folder, tmp_path, what):
    make, kind = SCENES[what]
    assert cached(sequence(make(folder)), tmp_path / "cache")[1:] == (4, 0)
    assert cached(sequence(make(folder)), tmp_path / "cache")[1:] == (0, 0)
    generator, stale = rng(7), 0
    for replacement in range(50):
        index = int(generator.integers(COUNT))
        old = os.stat(next(folder.glob(f"{kind}-{index}.*")))
        new = os.stat(write(folder, kind, index, 1000 + replacement))
        assert (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns)
        _, computed, wrong = cached(sequence(make(folder)), tmp_path / "cache")
        assert computed == 4
        stale += wrong
    assert stale == 0


@pytest.mark.parametrize("versions", [1, 3])
def test_features_of_every_photo_in_order_are_never_stale(trunk, folder, tmp_path, versions):
    def every():
        return lu.PhotoSequence(photographs(folder), versions)

    assert cached(every(), tmp_path / "cache")[1:] == (COUNT * versions, 0)
    for replacement in range(50):
        write(folder, "photo", replacement % COUNT, 1000 + replacement)
        assert cached(every(), tmp_path / "cache")[1:] == (COUNT * versions, 0)
    assert cached(every(), tmp_path / "cache")[1:] == (0, 0)
    assert cached(lu.PhotoSequence(photographs(folder), versions + 1), tmp_path / "cache")[1] > 0
    assert cached(sequence(photographs(folder)), tmp_path / "cache")[1] == 4  # drawn, and not in order


@pytest.mark.parametrize("what", SCENES)
def test_one_pixel_is_enough(trunk, folder, tmp_path, what):
    make, kind = SCENES[what]
    cached(sequence(make(folder)), tmp_path / "cache")
    path = next(folder.glob(f"{kind}-3.*"))
    with Image.open(path) as image:
        changed = image.copy()
    pixel = changed.getpixel((11, 12))
    changed.putpixel((11, 12), (pixel[0] ^ 1, *pixel[1:]))
    changed.save(path)
    assert cached(sequence(make(folder)), tmp_path / "cache")[1:] == (4, 0)


def test_an_edge_that_becomes_less_opaque_is_noticed(trunk, folder, tmp_path):
    cached(sequence(sprites_on_black(folder)), tmp_path / "cache")
    path = next(folder.glob("sprite-0.*"))
    with Image.open(path) as image:
        changed = image.copy()
    changed.putpixel((5, 5), (*changed.getpixel((5, 5))[:3], 200))
    changed.save(path)
    assert cached(sequence(sprites_on_black(folder)), tmp_path / "cache")[1:] == (4, 0)


# --- folders and names


@pytest.mark.parametrize("what", SCENES)
def test_two_folders_with_files_of_the_same_names_are_not_mixed_up(trunk, folder, tmp_path, what):
    make, _ = SCENES[what]
    other = fill(tmp_path / "other", 3)
    assert [path.name for path in sorted(folder.iterdir())] == [path.name for path in sorted(other.iterdir())]
    for here, computed in ((folder, 4), (other, 4), (folder, 0), (other, 0)):
        assert cached(sequence(make(here)), tmp_path / "cache")[1:] == (computed, 0)


@pytest.mark.parametrize("what", SCENES)
def test_files_of_other_names_with_the_same_content_find_their_features(trunk, folder, tmp_path, what):
    make, _ = SCENES[what]
    first = cached(sequence(make(folder)), tmp_path / "cache")[0]
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in folder.iterdir():
        kind, rest = path.name.split("-")
        shutil.copy(path, moved / f"{kind}-renamed-{rest}")
    again, computed, stale = cached(sequence(make(moved)), tmp_path / "cache")
    assert (computed, stale) == (0, 0) and np.array_equal(first, again)


@pytest.mark.parametrize("what", SCENES)
def test_another_order_of_the_files_is_noticed(trunk, folder, tmp_path, what):
    make, kind = SCENES[what]
    cached(sequence(make(folder)), tmp_path / "cache")
    first, last = sorted(folder.glob(f"{kind}-*"))[:: COUNT - 1]
    content = first.read_bytes()
    first.write_bytes(last.read_bytes())
    last.write_bytes(content)
    assert cached(sequence(make(folder)), tmp_path / "cache")[1:] == (4, 0)


def test_another_format_with_the_same_pixels_finds_its_features(trunk, folder, tmp_path):
    cached(sequence(sprites_on_photos(folder)), tmp_path / "cache")
    for path in folder.glob("photo-*.bmp"):
        with Image.open(path) as image:
            image.save(path.with_suffix(".png"))
        path.unlink()
    assert cached(sequence(sprites_on_photos(folder)), tmp_path / "cache")[1:] == (0, 0)


def test_a_sprite_that_becomes_a_photo_is_noticed(trunk, folder, tmp_path):
    files = sorted(folder.glob("sprite-*"))
    pictures = [np.asarray(lu.open_photo(path, "RGBA")) for path in files] + [
        np.asarray(picture(i, 4, (SIZE, SIZE))) for i in range(2)
    ]
    for count in (1, 2, 3):
        scene = lu.Sprites(pictures[:count], pictures[4:], SIZE)
        assert cached(sequence(scene), tmp_path / "cache")[1:] == (4, 0)


# --- boxes, arguments, taps


def test_a_changed_box_of_a_labelled_photo_is_noticed(trunk, folder, tmp_path):
    boxes = [BOX] * COUNT
    every = lu.PhotoSequence(photographs(folder, boxes))
    cached(every, tmp_path / "cache"), cached(sequence(photographs(folder, boxes)), tmp_path / "cache")
    generator = rng(3)
    for _ in range(20):
        boxes[generator.integers(COUNT)] = (*generator.integers(0, 30, 2), *generator.integers(31, 70, 2))
        assert cached(lu.PhotoSequence(photographs(folder, boxes)), tmp_path / "cache")[1:] == (4 * COUNT, 0)
        assert cached(sequence(photographs(folder, boxes)), tmp_path / "cache")[1:] == (4, 0)
    boxes[-1] = tuple(np.add(boxes[-1], (0, 0, 0, 0.01)))
    assert cached(lu.PhotoSequence(photographs(folder, boxes)), tmp_path / "cache")[1:] == (4 * COUNT, 0)


CHANGES = [
    (sprites_on_photos, {"scale": (0.5, 1.4)}),
    (sprites_on_photos, {"scale": [0.6, 1.5]}),
    (sprites_on_photos, {"flip": 0.4}),
    (sprites_on_photos, {"presence": 0.9}),
    (sprites_on_photos, {"augment": True}),
    (sprites_on_photos, {"image_size": 32, "scale": (0.5, 1)}),
    (cutouts, {"scale": (0.3, 1.2)}),
    (cutouts, {"hidden": 0.3}),
    (cutouts, {"presence": 0.99}),
    (cutouts, {"image_size": 32}),
    (photographs, {"augment": False}),
    (photographs, {"image_size": 32}),
]


def name_of(value):
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("make", "change"), CHANGES, ids=name_of)
def test_a_changed_argument_is_noticed(trunk, folder, tmp_path, make, change):
    first, changed = sequence(make(folder)), sequence(make(folder, **change))
    assert json.dumps(first.describe()) != json.dumps(changed.describe())
    for seq, computed in ((first, 4), (changed, 4), (first, 0), (changed, 0)):
        assert cached(seq, tmp_path / "cache")[1:] == (computed, 0)


def test_a_list_and_a_tuple_of_scales_are_the_same(trunk, folder, tmp_path):
    for make in (sprites_on_photos, cutouts):
        cached(sequence(make(folder, scale=(0.5, 1.5))), tmp_path / "cache")
        assert cached(sequence(make(folder, scale=[0.5, 1.5])), tmp_path / "cache")[1:] == (0, 0)


def test_the_input_is_part_of_the_key(trunk, folder, tmp_path):
    seq = sequence(photographs(folder))
    for tap in ("block5_pool", "preprocessed_block5_pool", "block4_pool", "preprocessed_block4_pool"):
        assert cached(seq, tmp_path / "cache", tap)[1:] == (4, 0)
        assert cached(seq, tmp_path / "cache", tap)[1:] == (0, 0)
    together = lu.cached_features(
        seq, ["preprocessed_block4_pool", "preprocessed_block5_pool"], folder=tmp_path / "cache"
    )
    assert [each.shape[-1] for each in together[0]] == [512, 512] and trunk.seen == 16
    abouts = [json.loads(path.read_text()) for path in (tmp_path / "cache").glob("*/about.json")]
    assert {about["tap"] for about in abouts if "tap" in about} == {
        "block5_pool",
        "preprocessed_block5_pool",
        "block4_pool",
        "preprocessed_block4_pool",
    }


def test_the_trunk_goes_no_deeper_than_what_is_missing(monkeypatch, folder, tmp_path):
    asked, seq, taps = [], sequence(photographs(folder)), ["block2_pool", "block5_pool"]
    monkeypatch.setattr(features, "passage", lambda *key: asked.append(key[3]) or Trunk(key[3]))
    lu.cached_features(seq, "block5_pool", folder=tmp_path / "cache")
    later, targets = lu.cached_features(seq, taps, folder=tmp_path / "cache")
    at_once, _ = lu.cached_features(seq, taps, folder=tmp_path / "other")
    assert asked == [("block5_pool",), ("block2_pool",), tuple(taps)]
    assert all(map(np.array_equal, later, at_once))
    shutil.rmtree(next((tmp_path / "cache").glob("targets-*")))
    again, same = lu.cached_features(seq, taps, folder=tmp_path / "cache")
    assert asked[3:] == [("block2_pool",)] and np.array_equal(same, targets)
    assert all(map(np.array_equal, again, at_once))


@pytest.mark.parametrize(
    "taps", [["block4_pool", "preprocessed_block5_pool"], ["preprocessed_block1_pool", "block1_pool"]]
)
def test_taps_of_both_inputs_together_are_one_clear_line(folder, tmp_path, taps):
    seq = sequence(photographs(folder))
    for ask in (
        lambda: lu.cached_features(seq, taps, folder=tmp_path),
        lambda: lu.compute_features(seq, taps, folder=tmp_path),
        lambda: lu.build_trunk(SIZE, None, taps),
    ):
        with pytest.raises(ValueError) as error:
            ask()
        assert (
            str(error.value) == f"taps are {', '.join(taps)}; all need the same input, preprocessed or not."
        )


# --- heads find the input they were trained with


def head(tmp_path, *taps):
    inputs = [
        keras.Input((SIZE // stride, SIZE // stride, channels), name=tap)
        for tap, (stride, channels) in ((tap, TAPS[tap]) for tap in taps)
    ]
    pooled = [keras.layers.GlobalAveragePooling2D()(each) for each in inputs]
    joined = keras.layers.Concatenate()(pooled) if len(pooled) > 1 else pooled[0]
    outputs = keras.layers.Dense(4, "sigmoid", kernel_initializer=keras.initializers.RandomNormal(seed=1))(
        joined
    )
    model = keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)
    path = tmp_path / "head.keras"
    model.save(path)
    return model, path


def by_keras(images, pools, preprocessed):
    """What VGG16 answers at these pools, with Keras' own preprocessing: the independent oracle."""
    vgg = keras.applications.VGG16(include_top=False, weights=str(BUNDLED), input_shape=(SIZE, SIZE, 3))
    x = keras.applications.vgg16.preprocess_input(images * 255.0) if preprocessed else images
    outputs = [vgg.get_layer(pool).output for pool in pools]
    found = keras.tree.flatten(keras.Model(vgg.input, outputs)(x))
    return [np.asarray(each) / (SPREADS[pool] if preprocessed else 1) for pool, each in zip(pools, found)]


@pytest.mark.usefixtures("in_float32")
@pytest.mark.parametrize("prefix", ["", "preprocessed_"])
@pytest.mark.parametrize("pools", [("block4_pool",), ("block3_pool", "block5_pool")], ids=" + ".join)
def test_a_head_is_joined_to_the_trunk_with_its_input(tmp_path, prefix, pools):
    model, path = head(tmp_path, *(prefix + pool for pool in pools))
    images = rng(1).random((2, SIZE, SIZE, 3), "float32")
    expected = by_keras(images, pools, bool(prefix))
    joined = lu.load_localizer(path)
    assert joined.input_shape == (None, SIZE, SIZE, 3)
    assert np.allclose(joined(images), model(expected if len(pools) > 1 else expected[0]), atol=1e-4)
    trunk = lu.build_trunk(SIZE, taps=[prefix + pool for pool in pools])
    for found, each in zip(keras.tree.flatten(trunk(images)), expected):
        assert np.allclose(found, each, rtol=1e-3, atol=1e-3 * np.abs(each).max())


def test_the_two_inputs_give_different_answers(tmp_path):
    images = rng(2).random((1, SIZE, SIZE, 3), "float32")
    plain, preprocessed = (by_keras(images, ("block4_pool",), p)[0] for p in (False, True))
    assert np.abs(plain - preprocessed).mean() > 0.1


def test_a_head_whose_inputs_mix_both_is_one_clear_line(tmp_path):
    _, path = head(tmp_path, "block4_pool", "preprocessed_block5_pool")
    with pytest.raises(ValueError) as error:
        lu.load_localizer(path)
    line = str(error.value)
    assert (
        line
        == "taps are block4_pool, preprocessed_block5_pool; all need the same input, preprocessed or not."
    )


def test_every_pool_has_a_preprocessed_twin():
    assert list(TAPS) == [*POOLS, *(f"preprocessed_{pool}" for pool in POOLS)] and set(SPREADS) == set(POOLS)


# --- the command that tries it at random places

UNKEYED = """
from localization_utils import features
scenes.digest = lambda images: ""
features.zlib = SimpleNamespace(crc32=lambda content: 0)
stale.FAULTS = {"replaced files": stale.replace}
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the command starts its processes by fork")
@pytest.mark.parametrize("keyed", [True, False])
def test_no_fault_gives_a_stale_row_and_one_would_be_seen(keyed):
    """In a process of its own: TensorFlow may not have run where others are forked."""
    before = "" if keyed else UNKEYED  # the key as it once was: without the files' pixels
    script = f"import sys\nfrom tools import stale\n{before}\nsys.exit(stale.main(1))"
    asked = [sys.executable, "-c", script]
    done = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert done.returncode == (0 if keyed else 1), done.stderr
    assert ("0 of 48 rows wrong" in done.stdout) == keyed
