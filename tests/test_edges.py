"""The edge head: its decoding and its loss against slow oracles, and that it learns."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import localization_utils as lu
from localization_utils import settings

LOGITS = hnp.arrays(np.float32, (3, 4, 33), elements=st.floats(-30, 30, width=32))


def spikes(xyxy, positions=225):
    """Logits that are sure of whole-pixel edges."""
    return 50 * np.eye(positions, dtype="float32")[np.asarray(xyxy)]


def test_sure_logits_decode_exactly():
    boxes = np.array([[0, 0, 224, 224], [3, 10, 5, 11], [100, 7, 180, 219]])
    assert np.allclose(lu.edges_to_boxes(spikes(boxes)), boxes, atol=1e-4)
    assert np.allclose(lu.edges_to_boxes(keras.ops.convert_to_tensor(spikes(boxes))), boxes, atol=1e-4)


def test_an_edge_between_two_borders_decodes_between_them():
    logits = np.full((1, 4, 225), -50, "float32")
    for edge, position in enumerate([10, 20, 30, 40]):
        logits[0, edge, position], logits[0, edge, position + 1] = np.log(0.75), np.log(0.25)
    assert np.allclose(lu.edges_to_boxes(logits), [[10.25, 20.25, 30.25, 40.25]], atol=1e-3)


def test_where_places_compete_the_median_counts_not_the_highest():
    logits = np.full((1, 4, 225), -50, "float32")
    for position, share in {20: 0.4, 100: 0.36, 101: 0.24}.items():
        logits[0, :2, position] = logits[0, 2:, position + 100] = np.log(share)
    for given_as in (logits, keras.ops.convert_to_tensor(logits)):
        assert np.allclose(lu.edges_to_boxes(given_as), [[100.4, 100.4, 200.4, 200.4]], atol=1e-3)


@given(LOGITS)
def test_any_logits_give_a_box_in_the_image(logits):
    left, top, right, bottom = lu.edges_to_boxes(logits).T
    assert (left >= 0).all() and (top >= 0).all() and (right <= 32).all() and (bottom <= 32).all()
    assert (left < right).all() and (top < bottom).all()


@given(LOGITS, st.floats(0, 1))
def test_the_loss_equals_a_loop_over_positions(logits, part):
    boxes = np.array([[2, 3 + part, 30, 31], [1, 1, 2, 2], [0, 5, 17.5, 32]], "float32")
    targets = lu.sigmoid_targets(lu.xyxy_to_tlhw(boxes), 32)
    expected = []
    for box, rows in zip(boxes, logits.astype("float64")):
        terms = []
        for edge, row in zip(box, rows):
            p = np.exp(row - row.max())
            p /= p.sum()
            low, share = int(edge), edge - int(edge)
            log_p = row - row.max() - np.log(np.exp(row - row.max()).sum())
            entropy = -(1 - share) * log_p[low] - (share * log_p[low + 1] if share else 0)
            terms.append(entropy + 10 * abs(p @ np.arange(33) - edge) / 32)
        expected.append(np.mean(terms))
    loss = lu.EdgeLoss(32)(targets, logits)
    assert float(loss) == pytest.approx(np.mean(expected), rel=1e-3, abs=1e-3)


def test_the_loss_survives_saving():
    loss = lu.EdgeLoss(64, cross_entropy=0.0, l1=3.0)
    again = lu.EdgeLoss.from_config(loss.get_config())
    assert (again.image_size, again.cross_entropy, again.l1) == (64, 0.0, 3.0)


def edge_model(*shapes, image_size=224):
    inputs = [keras.Input(shape, name=f"tap{i}") for i, shape in enumerate(shapes)]
    return keras.Model(inputs, lu.edge_head(inputs, image_size, channels=8))


@pytest.mark.parametrize(
    ("size", "shapes"),
    [
        (224, [(28, 28, 4)]),
        (224, [(56, 56, 4), (14, 14, 2), (7, 7, 2)]),
        (96, [(12, 12, 4), (3, 3, 2)]),
        (32, [(1, 1, 4)]),
    ],
)
def test_one_logit_for_every_border(size, shapes):
    assert edge_model(*shapes, image_size=size).output_shape == (None, 4, size + 1)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(28, 14, 4)], "must be a square grid, of 28 cells a side or a multiple or a fraction"),
        ([(28, 28, 4), (10, 10, 4)], r"shape \(10, 10, 4\); .* the finest tap first"),
        ([(30, 30, 4)], "image_size is 224; give a multiple of 30"),
    ],
)
def test_taps_that_do_not_fit_are_one_clear_line(shapes, message):
    with pytest.raises(ValueError, match=message):
        edge_model(*shapes)


def test_the_neck_folds_fine_taps_and_spreads_coarse_ones():
    taps = [keras.Input((side, side, 2)) for side in (8, 4, 2)]
    model = keras.Model(taps, lu.neck(taps, channels=3, cells=4))
    assert model.output_shape == (None, 4, 4, 3)
    model.set_weights([np.abs(each) + 0.1 for each in model.get_weights()])
    x = [np.zeros((1, side, side, 2), "float32") for side in (8, 4, 2)]
    before = model.predict(x, verbose=0)
    for tap, (row, column) in zip(range(3), [(7, 7), (3, 3), (1, 1)]):
        moved = [each.copy() for each in x]
        moved[tap][0, row, column] = 5
        far = np.abs(model.predict(moved, verbose=0) - before).sum(axis=-1)[0]
        assert far[3, 3] > 0 and far[0, 0] == 0


@pytest.mark.slow
def test_it_learns_from_few_images_and_loads_as_a_localizer(tmp_path):
    """Sixteen small rectangles, learned by heart through the real trunk, saved, joined and asked."""
    keras.utils.set_random_seed(1)
    seq = lu.LocalizationSequence(16, 1, lu.WhiteRectangles(64), seed=1, fixed=True)
    features, targets = lu.cached_features(seq, "block2_pool", folder=tmp_path)
    inputs = keras.Input(features.shape[1:], name="block2_pool")
    head = keras.Model(inputs, lu.edge_head([inputs], 64, channels=16))
    head.compile(keras.optimizers.Adam(3e-3), lu.EdgeLoss(64), metrics=[lu.BoxIoU(64)])
    batches = lu.FeatureSequence(features, targets, batch_size=8)
    history = head.fit(batches, epochs=60, verbose=0).history
    assert history["iou"][-1] > 0.8 > 0.3 > history["iou"][0]
    head.save(tmp_path / "edges.keras")
    model = lu.load_localizer(str(tmp_path / "edges.keras"))
    images, tlhw = seq.draw(0)
    assert lu.iou(lu.predict_boxes(model, images), lu.tlhw_to_xyxy(tlhw)).mean() > 0.8


# --- features for it


def small(**changes):
    arguments = {"batch_size": 4, "batches": 3, "scene": lu.WhiteRectangles(32), "seed": 1}
    return lu.LocalizationSequence(**arguments | changes)


@pytest.mark.slow
def test_several_taps_in_one_pass_equal_one_at_a_time(tmp_path):
    both, _ = lu.cached_features(small(), ["block3_pool", "block5_pool"], folder=tmp_path / "a")
    for tap, features in zip(["block3_pool", "block5_pool"], both):
        alone, _ = lu.cached_features(small(), tap, folder=tmp_path / "b")
        assert np.allclose(alone, features, rtol=2e-3, atol=1e-3)
    assert [f.shape[1:] for f in both] == [(4, 4, 256), (1, 1, 512)]


def test_shares_of_several_machines_read_as_one_cache(tmp_path):
    for part in range(2):
        lu.compute_features(small(), folder=tmp_path / "shared", share=(part, 2))
    logs = sorted(log.name for log in tmp_path.glob("shared/*/finished-*.txt"))
    assert logs == 2 * ["finished-0.txt"] + 2 * ["finished-1.txt"]  # of the features and of the targets
    before = {log: log.stat().st_mtime_ns for log in tmp_path.glob("shared/*/finished-*.txt")}
    together, _ = lu.cached_features(small(), folder=tmp_path / "shared")
    assert before == {log: log.stat().st_mtime_ns for log in before}  # nothing was computed again
    alone, _ = lu.cached_features(small(), folder=tmp_path / "alone")
    assert np.array_equal(together, alone)
    with pytest.raises(ValueError, match=r"share is \(2, 2\); give \(k, n\) with k in 0..n-1"):
        lu.compute_features(small(), folder=tmp_path, share=(2, 2))


def test_half_precision_is_close_and_kept_apart(tmp_path):
    full, _ = lu.cached_features(small(), precision="float32", folder=tmp_path)
    half, _ = lu.cached_features(small(), precision="mixed_bfloat16", folder=tmp_path)
    assert not np.array_equal(full, half)
    assert np.abs(full.astype("float32") - half).mean() < 0.05 * np.abs(full.astype("float32")).mean()
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(
    ("flags", "variables", "chosen"),
    [
        ("avx2 amx_bf16 amx_tile", {}, "mixed_bfloat16"),
        ("avx2 avx512_bf16", {}, "float32"),
        (None, {}, "float32"),  # no Linux
        ("amx_bf16", {"TF_ENABLE_ONEDNN_OPTS": "0"}, "float32"),
        ("amx_bf16", {"ONEDNN_MAX_CPU_ISA": "AVX2"}, "float32"),
        ("amx_bf16", {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_AMX"}, "mixed_bfloat16"),
        ("avx2", {"LOCALIZATION_PRECISION": "mixed_bfloat16"}, "mixed_bfloat16"),
        ("amx_bf16", {"LOCALIZATION_PRECISION": "float32"}, "float32"),
    ],
)
def test_half_precision_where_the_processor_multiplies_in_it(tmp_path, monkeypatch, flags, variables, chosen):
    for name in ("LOCALIZATION_PRECISION", "ONEDNN_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if flags:
        (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: fpu {flags}\n")
    fastest = settings.fastest_precision.__wrapped__
    monkeypatch.setattr(settings, "fastest_precision", lambda: fastest(tmp_path / "cpuinfo"))
    assert settings.chosen_precision() == chosen


def test_one_environment_variable_sets_the_precision_everywhere(tmp_path, monkeypatch):
    half, _ = lu.cached_features(small(), precision="mixed_bfloat16", folder=tmp_path)
    monkeypatch.setenv("LOCALIZATION_PRECISION", "mixed_bfloat16")
    again, _ = lu.cached_features(small(), folder=tmp_path)
    assert again.filename == half.filename
    model = lu.build_localization_model(32)
    assert model.get_layer("block1_conv1").compute_dtype == "bfloat16"
    assert model.predict(np.ones((1, 32, 32, 3)), verbose=0).dtype == np.float32
    monkeypatch.setenv("LOCALIZATION_PRECISION", "half")
    with pytest.raises(ValueError, match='precision is "half"; choose one of float32'):
        lu.cached_features(small(), folder=tmp_path)


TWO_DEVICES = """
import sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
sys.path.insert(0, {tests!r})
from localization_utils.engine import passage
from test_edges import small
import localization_utils as lu
assert passage.strategy().num_replicas_in_sync == 2
lu.cached_features(small(), folder={folder!r})
"""


@pytest.mark.slow
def test_two_devices_give_the_same_features_as_one(tmp_path):
    script = TWO_DEVICES.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "two"))
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    one, _ = lu.cached_features(small(), folder=tmp_path / "one")
    two, _ = lu.cached_features(small(), folder=tmp_path / "two")
    assert np.allclose(one, two, rtol=2e-3, atol=1e-3)


def test_feature_batches_are_shuffled_by_epoch_and_complete():
    features, targets = np.arange(10)[:, None], np.arange(10)[:, None]
    seq = lu.FeatureSequence(features, targets, batch_size=4, seed=1)
    first = np.concatenate([seq[i][0] for i in range(len(seq))]).ravel()
    assert sorted(first) == list(range(10)) and list(first) != list(range(10))
    assert all(np.array_equal(x, y) for x, y in (seq[i] for i in range(3)))
    seq.on_epoch_end()
    assert list(first) != list(np.concatenate([seq[i][0] for i in range(3)]).ravel())
    fixed = lu.FeatureSequence([features, features], targets, batch_size=4, fixed=True)
    assert list(fixed[0][0][1].ravel()) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="10 images do not fill a batch of 32; use more"):
        lu.FeatureSequence(features, targets)
    with pytest.raises(ValueError, match=r"are of \[10, 9\] images; give as many of each"):
        lu.FeatureSequence(features, targets[:9], batch_size=4)
