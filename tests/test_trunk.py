"""The bundled weights and the feature cache, with every fault that a student's laptop may bring."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import h5py
import keras
import numpy as np
import pytest

import localization_utils as lu
from localization_utils import cache, features, trunk

PROJECT = Path(__file__).resolve().parent.parent


# --- the weights


@pytest.fixture(scope="module")
def model():
    return lu.build_localization_model()


def test_the_model_has_exactly_the_original_parameters(model):
    count = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert (model.count_params(), count) == (14_815_044, 100_356)
    assert model.count_params() - count == 14_714_688
    assert model.name == "Localization_Model"
    assert model.output_shape == (None, 4)


@pytest.mark.parametrize(
    ("layer", "statistics"),
    [  # mean, standard deviation, minimum, maximum of kernel and bias, as published for Keras' download
        (
            "block1_conv1",
            [
                [-0.0024379087, 0.20669945, -0.67140007, 0.6085159],
                [0.5013912, 0.32847992, -0.015828926, 2.064037],
            ],
        ),
        (
            "block5_conv3",
            [
                [-0.0010818949, 0.008478405, -0.09288482, 0.28699666],
                [0.14986369, 0.4928213, -0.50036746, 9.431553],
            ],
        ),
    ],
)
def test_the_bundled_weights_are_vgg16s(model, layer, statistics):
    for weight, expected in zip(model.get_layer(layer).get_weights(), statistics):
        found = [weight.mean(), weight.std(), weight.min(), weight.max()]
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-5)  # float16 rounds them


def test_sources_name_the_checksum():
    assert trunk.BUNDLED_SHA256 in (PROJECT / "assets" / "SOURCES.md").read_text(encoding="utf-8")


def altered(path):
    content = bytearray(trunk.BUNDLED.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: None, "is missing .25,863,227 bytes.. Restore it"),
        (lambda path: path.write_bytes(b"half"), "has 4 bytes, not 25,863,227. Restore it"),
        (altered, "was altered: SHA-256 .* Restore it"),
    ],
)
def test_damaged_weights_are_named(tmp_path, monkeypatch, damage, message):
    path = tmp_path / "weights.h5"
    damage(path)
    monkeypatch.setattr(trunk, "BUNDLED", path)
    monkeypatch.setattr(trunk, "PROJECT", tmp_path)
    with pytest.raises((FileNotFoundError, ValueError), match=message) as error:
        lu.build_localization_model()
    assert "\n" not in str(error.value) and str(path) in str(error.value)


def test_weights_by_path_none_and_imagenet(monkeypatch):
    by_path = lu.build_trunk(32, trunk.BUNDLED).get_weights()
    bundled, random = lu.build_trunk(32).get_weights(), lu.build_trunk(32, None).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(bundled, by_path))
    assert not np.array_equal(bundled[0], random[0])
    asked = []
    original = keras.applications.VGG16
    monkeypatch.setattr(
        keras.applications,
        "VGG16",
        lambda weights, **kw: asked.append(weights) or original(weights=None, **kw),
    )
    lu.build_trunk(32, "imagenet")
    assert asked == ["imagenet"]


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_a_file_that_is_no_vgg16_is_named(tmp_path):
    with h5py.File(tmp_path / "other.weights.h5", "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(ValueError, match="could not be loaded into VGG16"):
        lu.build_trunk(32, tmp_path / "other.weights.h5")


# --- the feature cache, with a small stand-in for VGG16 that counts the images it sees


class CountingTrunk:
    """Four times as quick to write as to explain: means of 32-pixel cells, in 512 channels."""

    seen = 0

    def __call__(self, x):
        type(self).seen += len(x)
        cells = x.shape[1] // 32
        means = x.reshape(len(x), cells, 32, cells, 32, 3).mean(axis=(2, 4, 5))
        return [means[..., None] * np.linspace(0, 1, 512, dtype="float32")]


@pytest.fixture
def counting(monkeypatch):
    CountingTrunk.seen = 0
    monkeypatch.setattr(features, "TOGETHER", 1)
    monkeypatch.setattr(features, "passage", lambda *arguments: CountingTrunk())
    return CountingTrunk


def sequence(**changes):
    arguments = {"batch_size": 2, "batches": 3, "scene": lu.WhiteRectangles(64), "seed": 1}
    return lu.LocalizationSequence(**arguments | changes)


def data_file(folder):
    (file,) = folder.glob("block*/features.bin")
    return file


def expected_features(seq):
    return np.concatenate([CountingTrunk()(seq[i][0])[0] for i in range(len(seq))])


def test_each_image_is_seen_once(tmp_path, counting, capsys):
    seq = sequence()
    found, targets = lu.cached_features(seq, folder=tmp_path)
    assert isinstance(found, np.memmap) and found.dtype == np.float16
    assert found.shape == (6, 2, 2, 512) and not found.flags.writeable
    assert counting.seen == 6
    again, _ = lu.cached_features(seq, folder=tmp_path)
    assert counting.seen == 6
    assert np.array_equal(found, again)
    assert np.array_equal(found, expected_features(seq).astype("float16"))
    assert np.array_equal(targets, np.concatenate([seq[i][1] for i in range(3)]))
    printed = capsys.readouterr().out
    assert "6/6" in printed and str(tmp_path) in printed and "delete" in printed


def test_more_batches_keep_those_already_there(tmp_path, counting):
    lu.cached_features(sequence(batches=2), folder=tmp_path)
    found, _ = lu.cached_features(sequence(batches=5), folder=tmp_path)
    assert counting.seen == 10
    assert np.array_equal(found, expected_features(sequence(batches=5)).astype("float16"))


@pytest.mark.parametrize(
    "change",
    [{"seed": 2}, {"batch_size": 3}, {"scene": lu.WhiteRectangles(96)}, {"tap": "block4_pool"}, {"epoch": 1}],
)
def test_a_changed_parameter_never_reads_the_wrong_file(tmp_path, counting, monkeypatch, change):
    lu.cached_features(sequence(), folder=tmp_path)
    tap = change.pop("tap", "block5_pool")
    epoch = change.pop("epoch", 0)
    if tap != "block5_pool":  # the stand-in has only one tap: give its 512 channels another name
        monkeypatch.setitem(trunk.TAPS, tap, trunk.TAPS["block5_pool"])
    seq = sequence(**change)
    seq.epoch = epoch
    seen = counting.seen
    lu.cached_features(seq, tap, folder=tmp_path)
    assert counting.seen == seen + len(seq) * seq.batch_size


def test_other_weights_never_read_the_wrong_file(tmp_path, counting):
    lu.cached_features(sequence(), folder=tmp_path)
    other = tmp_path / "other.h5"
    other.write_bytes(b"other")
    lu.cached_features(sequence(), weights=other, folder=tmp_path)
    assert counting.seen == 12


def test_a_scene_that_draws_differently_never_reads_the_wrong_file(tmp_path, counting):
    class Inverted(lu.WhiteRectangles):
        def sample(self, rng, count):
            images, boxes = super().sample(rng, count)
            return 255 - images, boxes

    Inverted.__name__ = "WhiteRectangles"
    lu.cached_features(sequence(), folder=tmp_path)
    lu.cached_features(sequence(scene=Inverted(64)), folder=tmp_path)
    assert counting.seen == 12


@pytest.mark.parametrize("fault", ["truncated", "altered", "emptied", "log lost", "log torn"])
def test_damaged_batches_are_computed_anew(tmp_path, counting, fault):
    found, _ = lu.cached_features(sequence(), folder=tmp_path)
    whole = np.array(found)
    data, log = data_file(tmp_path), data_file(tmp_path).with_name("finished-0.txt")
    batch_bytes = data.stat().st_size // 3
    if fault == "truncated":
        os.truncate(data, 2 * batch_bytes + 7)
    elif fault == "altered":
        with open(data, "r+b") as file:
            file.seek(batch_bytes + 100)
            file.write(b"\xff\x00\xff")
    elif fault == "emptied":
        os.truncate(data, 0)
    elif fault == "log lost":
        log.unlink()
    else:
        log.write_bytes(log.read_bytes()[:-4])
    again, _ = lu.cached_features(sequence(), folder=tmp_path)
    recomputed = {"truncated": 1, "altered": 1, "emptied": 3, "log lost": 3, "log torn": 1}[fault]
    assert counting.seen == 6 + 2 * recomputed
    assert np.array_equal(whole, again)
    lu.cached_features(sequence(), folder=tmp_path)
    assert counting.seen == 6 + 2 * recomputed


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import localization_utils as lu
from localization_utils import cache, features, trunk
from test_trunk import CountingTrunk, sequence

features.TOGETHER, features.passage = 1, lambda *arguments: CountingTrunk()
real_open = open

def open_and_die(path, mode="r", **kw):
    file = real_open(path, mode, **kw)
    if mode == "r+b" and CountingTrunk.seen == 6:
        write = file.write
        class Dying:
            def __enter__(self): return self
            def __exit__(self, *error): pass
            def seek(self, position): file.seek(position)
            def write(self, content):
                write(content[: len(content) // 2]); file.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        return Dying()
    return file

cache.open = open_and_die
lu.cached_features(sequence(batches=4), folder={folder!r})
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_in_the_middle_of_a_write(tmp_path, counting):
    script = textwrap.dedent(KILLED).format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert data_file(tmp_path).stat().st_size % (2 * 2 * 2 * 512 * 2)  # half a batch is there
    found, _ = lu.cached_features(sequence(batches=4), folder=tmp_path)
    assert counting.seen == 4  # batches 2 and 3; 0 and 1 were kept
    assert np.array_equal(found, expected_features(sequence(batches=4)).astype("float16"))


def test_interrupted_by_hand_it_goes_on_from_there(tmp_path, counting, monkeypatch):
    plain = CountingTrunk.__call__

    def interrupted(self, x, **_):
        if self.seen == 4:
            raise KeyboardInterrupt
        return plain(self, x)

    monkeypatch.setattr(CountingTrunk, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lu.cached_features(sequence(), folder=tmp_path)
    monkeypatch.setattr(CountingTrunk, "__call__", plain)
    lu.cached_features(sequence(), folder=tmp_path)
    assert counting.seen == 6


def test_two_notebooks_do_not_compute_the_same_features_twice(tmp_path, counting, monkeypatch, capsys):
    plain = CountingTrunk.__call__

    def slow(self, x, **_):
        time.sleep(0.3)
        return plain(self, x)

    monkeypatch.setattr(CountingTrunk, "__call__", slow)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: lu.cached_features(sequence(), folder=tmp_path)[0], range(2)))
    assert counting.seen == 6 and np.array_equal(*found)
    assert capsys.readouterr().out.count("waiting for it.\r") == 1


def test_no_room_is_said_before_the_work(tmp_path, counting, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OSError, match="needs .* MB .* Free some space, or set LOCALIZATION_CACHE"):
        lu.cached_features(sequence(), folder=tmp_path)
    assert counting.seen == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_on_the_way_keeps_what_is_there(tmp_path, counting, monkeypatch):
    lu.cached_features(sequence(batches=1), folder=tmp_path)
    real_open = open

    def full(path, mode="r", **kw):
        return real_open("/dev/full" if mode == "r+b" else path, mode, **kw)

    monkeypatch.setattr(cache, "open", full, raising=False)
    with pytest.raises(OSError, match="No space left on device at batch 1; the finished batches") as error:
        lu.cached_features(sequence(), folder=tmp_path)
    assert error.value.errno == errno.ENOSPC
    monkeypatch.undo()
    monkeypatch.setattr(features, "passage", lambda *arguments: CountingTrunk())
    seen = counting.seen
    lu.cached_features(sequence(), folder=tmp_path)
    assert counting.seen == seen + 4


def test_bad_cache_arguments(tmp_path, counting):
    with pytest.raises(ValueError, match='tap is "x"; choose one or more'):
        lu.cached_features(sequence(), "x", folder=tmp_path)
    with pytest.raises(ValueError, match='weights=None are random.*use "bundled"'):
        lu.cached_features(sequence(), weights=None, folder=tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="cannot write to .*Set|set LOCALIZATION_CACHE"):
        lu.cached_features(sequence(), folder=tmp_path / "file")
    assert counting.seen == 0


@pytest.fixture
def read_only(monkeypatch):
    """Nothing can be written, as on storage that is read-only or another user's."""

    def refuse(*arguments, **more):
        raise OSError(errno.EROFS, "Read-only file system")

    def reads(path, mode="r", **more):
        return open(path, mode, **more) if mode in ("r", "rb") else refuse()

    monkeypatch.setattr(cache, "open", reads, raising=False)
    for name in ("mkdir", "write_text", "touch"):
        monkeypatch.setattr(Path, name, refuse)
    monkeypatch.setattr(cache.FileLock, "acquire", refuse)


def test_a_whole_cache_that_cannot_be_written_is_read(tmp_path, counting, request):
    found, targets = map(np.array, lu.cached_features(sequence(), folder=tmp_path))
    request.getfixturevalue("read_only")
    again, same = lu.cached_features(sequence(), folder=tmp_path)
    assert np.array_equal(again, found) and np.array_equal(same, targets) and counting.seen == 6
    with pytest.raises(OSError, match="cannot write to .*Read-only.* Set LOCALIZATION_CACHE") as error:
        lu.cached_features(sequence(batches=4), folder=tmp_path)
    assert "\n" not in str(error.value) and counting.seen == 6


def test_storage_without_locks_is_one_clear_line(tmp_path, counting, monkeypatch):
    for error in (OSError(errno.ENOLCK, "No locks available"), NotImplementedError("FileLock")):
        monkeypatch.setattr(cache.FileLock, "acquire", Mock(side_effect=error))
        with pytest.raises(OSError, match="cannot be locked: .* Set LOCALIZATION_CACHE to a folder") as said:
            lu.cached_features(sequence(), folder=tmp_path)
        assert "\n" not in str(said.value) and counting.seen == 0


def test_numbers_of_numpy_are_the_numbers_they_are(tmp_path, counting):
    lu.cached_features(sequence(), folder=tmp_path)
    numbers = {"seed": np.int64(1), "batch_size": np.int32(2), "scene": lu.WhiteRectangles(np.int16(64))}
    lu.cached_features(sequence(**numbers), folder=tmp_path)

    class Odd(lu.WhiteRectangles):
        def describe(self):
            return super().describe() | {"share": np.float32(0.5), "shown": np.bool_(True)}

    lu.cached_features(sequence(scene=Odd(64)), folder=tmp_path)
    assert counting.seen == 12


def test_generators_of_paths_are_taken(tmp_path, counting):
    paths = sorted((PROJECT / "assets" / "sprites").glob("*.png"))[:2]
    scene = lu.Sprites((path for path in paths), iter([]), image_size=224)
    lu.cached_features(sequence(scene=scene), (tap for tap in ["block5_pool"]), folder=tmp_path)
    lu.cached_features(sequence(scene=lu.Sprites(paths)), ["block5_pool"], folder=tmp_path)
    assert counting.seen == 6


def test_a_tilde_is_the_users_home(tmp_path, counting, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("LOCALIZATION_CACHE", "~/features")
    lu.cached_features(sequence())
    lu.cached_features(sequence(), folder="~/features")
    assert data_file(tmp_path / "features").exists() and counting.seen == 6


def test_the_environment_variable_moves_the_cache(tmp_path, counting, monkeypatch):
    monkeypatch.setenv("LOCALIZATION_CACHE", str(tmp_path / "elsewhere"))
    lu.cached_features(sequence())
    assert data_file(tmp_path / "elsewhere").is_file()


def test_the_real_trunk_once(tmp_path):
    seq = sequence(batches=1, scene=lu.WhiteRectangles(32))
    found, _ = lu.cached_features(seq, folder=tmp_path)
    direct = lu.build_trunk(32).predict(seq[0][0], verbose=0)
    assert found.shape == (2, 1, 1, 512)
    assert np.allclose(found, direct, rtol=2e-3, atol=1e-3)


# --- the preprocessed input, and the last block alone


@pytest.mark.usefixtures("in_float32")
def test_preprocessed_taps_are_what_keras_gives_divided_by_their_spread():
    images = np.random.default_rng(1).random((2, 64, 64, 3), np.float32)
    names = ["block4_pool", "block5_pool"]
    found = lu.build_trunk(64, taps=[trunk.PREPROCESSED + name for name in names]).predict(images, verbose=0)
    vgg = keras.applications.VGG16(include_top=False, weights=str(trunk.BUNDLED), input_shape=(64, 64, 3))
    model = keras.Model(vgg.input, [vgg.get_layer(name).output for name in names])
    right = model.predict(keras.applications.vgg16.preprocess_input(255 * images), verbose=0)
    for name, own, reference in zip(names, found, right):
        assert np.allclose(own * trunk.SPREADS[name], reference, atol=1e-4 * reference.max())


def test_spreads_are_those_of_features_of_photos():
    photos = sorted((PROJECT / "assets" / "photos" / "objects").glob("*.jpg"))[:16]
    names = [trunk.PREPROCESSED + name for name in trunk.POOLS]
    images, _ = lu.to_squares(photos)
    for found in lu.build_trunk(taps=names).predict(images / np.float32(255), verbose=0):
        assert 0.7 < found.std() < 1.4


@pytest.mark.usefixtures("in_float32")
def test_block_5_between_the_taps_gives_the_trunks_own_features():
    images = np.random.default_rng(1).random((2, 64, 64, 3), np.float32)
    taps = [f"preprocessed_block{block}_pool" for block in (4, 5)]
    block4, block5 = lu.build_trunk(64, taps=taps).predict(images, verbose=0)
    model = lu.build_block5(64)
    assert len(model.trainable_weights) == 6 and model.input.name == taps[0]
    assert np.allclose(model.predict(block4, verbose=0), block5, atol=1e-4 * block5.max())


def test_train_edges_learns_and_repeats():
    rng = np.random.default_rng(1)
    features, targets = rng.random((8, 7, 7, 4)), rng.uniform(0.3, 0.6, (8, 4)).astype("float32")
    losses, weights = [], []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        tap = keras.Input((7, 7, 4), name="block5_pool")
        head = keras.Model(tap, lu.edge_head([tap], 224, 8))
        head.compile(loss=lu.EdgeLoss())
        before = head.evaluate(features, targets, verbose=0)
        assert lu.train_edges(head, features, targets, epochs=20, peak=1e-2) is head
        losses.append(head.evaluate(features, targets, verbose=0) / before)
        weights.append(head.get_weights())
    assert losses[0] < 0.8
    assert all(np.allclose(a, b, atol=1e-4) for a, b in zip(*weights))


def test_train_edges_traces_once_for_trainings_of_one_length_and_repeats_them():
    rng = np.random.default_rng(1)
    features, targets = rng.random((40, 7, 7, 4)), rng.uniform(0.3, 0.6, (40, 4)).astype("float32")
    tap = keras.Input((7, 7, 4), name="block5_pool")
    head = keras.Model(tap, lu.edges(lu.neck([tap], 8, dropout=0.25)))
    start = head.get_weights()

    def trained(rows, seed=1, **settings):
        head.set_weights(start)
        lu.train_edges(head, features[:rows], targets[:rows], **{"epochs": 3} | settings, seed=seed)
        return head.optimizer, head.get_weights()

    optimizer, first = trained(40)
    same, again = trained(40)
    _, other = trained(40, seed=2)
    fewer, _ = trained(36)
    assert same is fewer is optimizer and fewer.iterations == 6
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(first, again))
    assert not all(np.allclose(a, b, atol=1e-5) for a, b in zip(first, other))
    longer, _ = trained(40, epochs=4)
    smaller, _ = trained(40, epochs=4, peak=1e-4)
    next(layer for layer in head.layers if layer.weights).trainable = False
    frozen, _ = trained(40, epochs=4, peak=1e-4)
    assert len({id(each) for each in (optimizer, longer, smaller, frozen)}) == 4
