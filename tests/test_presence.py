"""Images that show nothing: NaN boxes, masked losses, named outputs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import localization_utils as lu
from localization_utils.trunk import PROJECT
from tools.measure import SCENES, results
from tools.originals import loss_of_logits, named, original_head, original_loss, truth_of

pytestmark = pytest.mark.slow  # `make check` leaves it out

SPRITES = sorted((PROJECT / "assets" / "sprites").glob("*.png"))
TARGETS = np.array([[0.4, 0.5, 0.5, 0.6], [np.nan] * 4, [0.3, 0.3, 0.6, 0.6]], "float32")
LABELS = np.array([2, -1, 0])


def small_head(cells=4):
    taps = [
        keras.Input((2 * cells, 2 * cells, 3), name="fine"),
        keras.Input((cells, cells, 5), name="coarse"),
    ]
    x = lu.neck(taps, channels=4, cells=cells, dropout=0.1)
    outputs = {
        "box": lu.edges(x, 32, dilations=(1, 2)),
        "presence": lu.label_head(x, 1, "sigmoid", "presence"),
        "class": lu.label_head(x, 3, "softmax", "class"),
    }
    return keras.Model(taps, outputs)


def features(count, cells=4):
    rng = np.random.default_rng(1)
    return [rng.random((count, 2 * cells, 2 * cells, 3)), rng.random((count, cells, cells, 5))]


def compiled(head, presence="binary_crossentropy", **options):
    masked = {"reduction": "mean_with_sample_weight"}
    head.compile(
        keras.optimizers.Adam(1e-2),
        {
            "box": lu.EdgeLoss(32, **masked),
            "presence": presence,
            "class": keras.losses.SparseCategoricalCrossentropy(**masked),
        },
        **options,
    )
    return head


def test_an_image_that_shows_nothing_has_weight_only_for_presence():
    y, weights = lu.named_targets(TARGETS, LABELS)
    assert y["presence"].tolist() == [[1], [0], [1]] and weights["presence"].tolist() == [1, 1, 1]
    assert weights["box"].tolist() == weights["class"].tolist() == [1, 0, 1]
    assert y["class"].tolist() == [2, 0, 0] and not np.isnan(y["box"]).any()
    assert np.array_equal(y["box"][[0, 2]], TARGETS[[0, 2]])
    assert set(lu.named_targets(TARGETS)[0]) == {"box", "presence"}


def box_only(head):
    """The weights of the box head itself: those that presence and class do not depend on."""
    others = keras.Model(head.inputs, [head.output["presence"], head.output["class"]])
    shared = {w.path for w in others.trainable_variables}
    return [w.value for w in head.trainable_variables if w.path not in shared]


@pytest.mark.parametrize(("rows", "moves"), [([1, 1], False), ([0, 1], True)])
def test_empty_images_give_the_box_head_exactly_no_gradient(rows, moves):
    keras.utils.set_random_seed(2)
    head = compiled(small_head())
    y, weights = lu.named_targets(TARGETS[rows], LABELS[rows])
    x = [tf.constant(tap, tf.float32) for tap in features(2)]
    with tf.GradientTape() as tape:
        loss = head.compute_loss(x, y, head(x, training=False), weights)
    found = [np.abs(g).max() for g in tape.gradient(loss, box_only(head))]
    assert float(loss) > 0 and bool(max(found) > 0) is moves


def test_the_masked_box_loss_of_an_empty_image_moves_no_weight_at_all():
    head = small_head()
    y, weights = lu.named_targets(TARGETS[[1]])
    x = [tf.constant(tap, tf.float32) for tap in features(1)]
    with tf.GradientTape() as tape:
        loss = lu.EdgeLoss(32, reduction="mean_with_sample_weight")(
            y["box"], head(x)["box"], sample_weight=weights["box"]
        )
    found = tape.gradient(loss, [w.value for w in head.trainable_weights])
    assert all(not np.abs(g).max() for g in found if g is not None)


def test_each_image_alone_or_beside_an_empty_one_moves_the_box_head_the_same_way():
    keras.utils.set_random_seed(2)
    head = compiled(small_head())
    x = features(3)

    def gradient(rows):
        y, weights = lu.named_targets(TARGETS[rows], LABELS[rows])
        taps = [tf.constant(tap[rows], tf.float32) for tap in x]
        with tf.GradientTape() as tape:
            loss = head.compute_loss(taps, y, head(taps, training=False), weights)
        return tape.gradient(loss, box_only(head))

    for alone, beside in zip(gradient([0]), gradient([0, 1])):
        assert np.allclose(alone, beside, atol=1e-5)


def test_the_originals_mask_lets_empty_images_train_the_box():
    answers = tf.constant(np.random.default_rng(1).uniform(0.3, 0.7, (2, 5)), tf.float32)
    truth = truth_of(TARGETS[:2], LABELS[:2], part=6)
    with tf.GradientTape() as tape:
        tape.watch(answers)
        loss = tf.reduce_mean(original_loss(truth, answers))
    _, empty = np.abs(tape.gradient(loss, answers)[:, :4]).sum(axis=1)
    assert empty > 0.01


def test_features_come_with_named_targets_in_one_order():
    y, weights = lu.named_targets(np.tile(TARGETS, (4, 1)), np.tile(LABELS, 4))
    x = features(12)
    seq = lu.FeatureSequence(x, y, weights, batch_size=4, seed=3)
    for index in range(3):
        (fine, coarse), truth, weight = seq[index]
        for row in range(4):
            (i,) = np.flatnonzero((x[0] == fine[row]).all(axis=(1, 2, 3)))
            assert np.array_equal(coarse[row], x[1][i])
            assert truth["class"][row] == y["class"][i] and weight["box"][row] == weights["box"][i]
    with pytest.raises(ValueError, match=r"of \[12, 11, 12, 12"):
        lu.FeatureSequence([x[0], x[1][:11]], y, weights, batch_size=4)


def test_it_learns_what_it_is_told():
    keras.utils.set_random_seed(3)
    head = compiled(small_head())
    y, weights = lu.named_targets(np.tile(TARGETS, (11, 1))[:32], np.tile(LABELS, 11)[:32])
    history = head.fit(lu.FeatureSequence(features(32), y, weights), epochs=30, verbose=0).history
    assert history["loss"][-1] < 0.8 * history["loss"][0]


def test_a_training_built_before_is_traced_once_and_learns_the_same():
    y, weights = lu.named_targets(np.tile(TARGETS, (11, 1))[:32], np.tile(LABELS, 11)[:32])
    learned, traces = [], []

    class Counted(keras.losses.BinaryCrossentropy):
        def call(self, y_true, y_pred):
            traces[-1] += isinstance(y_pred, tf.Tensor) and not hasattr(y_pred, "numpy")
            return super().call(y_true, y_pred)

    for built in (True, False):
        traces.append(0)
        keras.utils.set_random_seed(3)
        head = compiled(small_head(), Counted(), metrics={"presence": ["accuracy"]})
        batches = lu.FeatureSequence(features(32), y, weights, batch_size=8)
        if built:
            lu.build_training(head, batches[0])
        learned.append((head.fit(batches, epochs=2, verbose=0).history, head.get_weights()))
    assert traces == [1, 2]
    with pytest.raises(ValueError, match="is not compiled; call its compile"):
        lu.build_training(small_head(), batches[0])
    (history, found), (expected_history, expected) = learned
    assert history.keys() == expected_history.keys()
    for name, values in history.items():
        assert np.allclose(values, expected_history[name], atol=1e-5)
    for one, other in zip(found, expected):
        assert np.allclose(one, other, atol=1e-5)


@pytest.fixture(scope="module")
def joined():
    return lu.load_localizer("presence")


def test_a_shipped_head_says_nothing_where_nothing_is(joined):
    images, tlhw = SCENES["presence"].sample(np.random.default_rng(9), 24)
    shown = ~np.isnan(tlhw[:, 0])
    found = lu.predict_boxes(joined, images)
    said = ~np.isnan(found[:, 0])
    assert (said == shown).mean() > 0.9 and np.isnan(found[~said]).all()
    both = said & shown
    assert lu.iou(found[both], lu.tlhw_to_xyxy(tlhw[both])).mean() > 0.9
    assert not np.isnan(lu.predict_boxes(joined, images, threshold=0)).any()
    assert np.isnan(lu.predict_boxes(joined, images, threshold=1)).mean() >= np.isnan(found).mean()


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("presence", {"box": (4, 225), "presence": (1,)}),
        ("classes", {"box": (4, 225), "presence": (1,), "class": (3,)}),
        ("anything", {"box": (4, 225), "presence": (1,)}),
    ],
)
def test_named_outputs_of_the_shipped_heads(name, shapes):
    model = lu.load_localizer(name, SCENES[name])
    assert {key: tensor.shape[1:] for key, tensor in model.output.items()} == shapes


def test_measured_figures_against_a_loop():
    answer = {
        "box": 50 * np.eye(33, dtype="float32")[[[4, 4, 20, 20], [0, 0, 9, 9], [5, 5, 15, 15]]],
        "presence": np.array([[0.9], [0.6], [0.2]]),
        "class": np.array([[0.1, 0.1, 0.8], [1, 0, 0], [0.2, 0.7, 0.1]]),
    }
    boxes = np.array([[4, 4, 16, 16], [np.nan] * 4, [5, 5, 10, 10]], "float32")
    targets = np.full((3, 4), np.nan, "float32")
    targets[[0, 2]] = lu.sigmoid_targets(boxes[[0, 2]])
    found = results(answer, targets, LABELS)
    assert found["mean IoU"] == pytest.approx(1, abs=1e-3) and found["exact"] == 1
    assert found["presence right"] == pytest.approx(1 / 3) and found["class right"] == 0.5


@pytest.mark.parametrize(
    ("part", "logits"), [(4, False), (5, False), (6, False), (7, False), (6, True), (7, True)]
)
def test_the_originals_recipes_train(part, logits):
    keras.utils.set_random_seed(1)
    head = original_head((2, 2, 3), part, logits)
    truth = truth_of(np.nan_to_num(TARGETS, nan=0.5) if part < 6 else TARGETS, LABELS, part)
    loss = loss_of_logits if logits else original_loss
    head.compile("adam", loss if part >= 6 else "binary_crossentropy")
    x = np.random.default_rng(1).random((3, 2, 2, 3))
    first, *_, last = head.fit(x, truth, epochs=5, verbose=0).history["loss"]
    assert last < first
    answer = named(head.predict(x, verbose=0), logits)
    assert list(answer) == ["box", "presence", "class"][: {6: 2, 7: 3}.get(part, 1)]
    assert all(0 <= numbers.min() and numbers.max() <= 1 for numbers in answer.values())


def test_the_originals_loss_of_logits_is_the_same_loss():
    logits = np.random.default_rng(1).normal(size=(3, 8)).astype("float32")
    sigmoids = 1 / (1 + np.exp(-logits[:, :5]))
    softmax = np.exp(logits[:, 5:]) / np.exp(logits[:, 5:]).sum(axis=1, keepdims=True)
    truth = truth_of(TARGETS, LABELS, part=7)
    expected = original_loss(truth, np.concatenate([sigmoids, softmax], axis=1))
    assert np.allclose(loss_of_logits(truth, logits), expected, atol=1e-5)
