"""For training, in addition to Keras: the IoU metric, the edge head's loss, a schedule, a quicker start."""

import math

import keras
import numpy as np
from keras import ops

from .arguments import Words, checked, kind, pixels, real, refuse, whole
from .arrays import array
from .batches import FeatureSequence, arrays
from .boxes import edges_to_boxes, iou, to_pil_rect


@keras.saving.register_keras_serializable("localization_utils")
class BoxIoU(keras.metrics.MeanMetricWrapper):
    """Mean intersection over union of sigmoid targets `(batch, 4)` and a head's predictions.

    Predictions are sigmoid targets, too, or the edge head's logits `(batch, 4, positions)`. The best value is
    1, so callbacks that watch it need `mode="max"`.
    """

    @checked(image_size=pixels)
    def __init__(self, image_size=224, name="iou", dtype=None):
        super().__init__(self._score, name=name, dtype=dtype)
        self.image_size = image_size

    def _score(self, y_true, y_pred):
        edges = len(y_pred.shape) == 3
        boxes = edges_to_boxes(y_pred) if edges else to_pil_rect(y_pred, self.image_size)
        return iou(to_pil_rect(y_true, self.image_size), boxes)

    def get_config(self):
        return {"image_size": self.image_size, "name": self.name, "dtype": self.dtype}


@keras.saving.register_keras_serializable("localization_utils")
class EdgeLoss(keras.losses.Loss):
    """Cross-entropy against each edge's position, plus the absolute error of the expected position.

    Takes sigmoid targets `(batch, 4)` and logits `(batch, 4, image_size + 1)`. If an edge lies between two
    positions, both share it in proportion (distribution focal loss without its focal part, Li et al.
    2020, https://arxiv.org/abs/2006.04388). The absolute error is a share of the image's side, times `l1`;
    with `cross_entropy=0` it is the whole loss.
    """

    @checked(image_size=pixels, cross_entropy=real(0), l1=real(0))
    def __init__(self, image_size=224, cross_entropy=1.0, l1=10.0, name="edge_loss", **keras_loss):
        super().__init__(name=name, **keras_loss)
        self.image_size, self.cross_entropy, self.l1 = image_size, cross_entropy, l1

    def call(self, y_true, y_pred):
        edges = to_pil_rect(y_true, self.image_size)
        log_p = ops.log_softmax(y_pred, axis=-1)
        positions = ops.arange(self.image_size + 1, dtype="float32")
        share = ops.relu(1 - ops.abs(ops.expand_dims(edges, -1) - positions))
        entropy = -ops.sum(share * log_p, axis=-1)
        expected = ops.sum(ops.exp(log_p) * positions, axis=-1)
        error = ops.abs(expected - edges) / self.image_size
        return ops.mean(self.cross_entropy * entropy + self.l1 * error, axis=-1)

    def get_config(self):
        own = {name: getattr(self, name) for name in ("image_size", "cross_entropy", "l1")}
        return super().get_config() | own


@keras.saving.register_keras_serializable("localization_utils")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """The rates of Keras' `CosineDecay(peak / 10, steps, warmup_target=peak, warmup_steps=steps // 20)`.

    AdamW calls a schedule once for each variable; to trace the branch in Keras' schedule takes longer than
    training on a few images. This one is the smaller of two curves. Both count `steps` from the end of the
    warm-up, so a training of `steps` steps ends at 0.6 % of `peak`.
    """

    @checked(peak=real(above=0), steps=whole())
    def __init__(self, peak, steps):
        super().__init__()
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        warmup = self.steps // 20
        step = ops.cast(step, "float32")
        up = 0.1 + 0.9 * step / max(warmup, 1)
        down = 0.5 + 0.5 * ops.cos(math.pi * ops.clip((step - warmup) / self.steps, 0, 1))
        return self.peak * (ops.minimum(up, down) if warmup else down)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


MODEL = kind(keras.Model, "a Keras model")


@checked(model=MODEL, batch=kind((tuple, list), "what batches[0] gives: inputs, targets and perhaps weights"))
def build_training(model, batch):
    """Create the variables that training needs before `fit` does; then `fit` starts sooner.

    If the first step creates those of optimizer, losses and metrics, TensorFlow traces it twice, which takes
    seconds. `batch` is one of those that `fit` will get. Raises ValueError for a model that is not compiled.
    """
    if not model.compiled:
        raise ValueError(f'model "{model.name}" is not compiled; call its compile() first.')
    x, y, weights = keras.utils.unpack_x_y_sample_weight(batch)
    shapes = [tuple(np.shape(each)[1:]) for each in keras.tree.flatten(x)]
    takes = [tensor.shape[1:] for tensor in model.inputs]
    if shapes != takes:
        refuse("batch", Words(f"of inputs {shapes}"), f"what the model takes, {takes}")
    predicted = model(keras.tree.pack_sequence_as(model.input, keras.tree.flatten(x)))
    model.optimizer.build(model.trainable_variables)
    model.compute_loss(x, y, predicted, weights)
    model.compute_metrics(x, y, predicted, weights)
    model.reset_metrics()


def _start(head, rate, batch, seed):
    """Compile the head, or, where `rate` is what it was, let the traced step start from the beginning."""
    training = rate.get_config(), [id(variable) for variable in head.trainable_variables]
    if head.compiled and getattr(head.loss, "training", None) == training:
        for variable in head.optimizer.variables:
            variable.assign(ops.zeros_like(variable))
    else:
        head.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), EdgeLoss(head.output_shape[-1] - 1))
        head.loss.training = training
        build_training(head, batch)
    dropouts = [v for v in head.non_trainable_variables if v.path.endswith("seed_generator_state")]
    for i, state in enumerate(dropouts):
        state.assign([seed + i, 0])


@checked(
    head=MODEL,
    features=arrays,
    targets=array("n", 4, nan=False),
    epochs=whole(),
    peak=real(above=0),
    seed=whole(0),
)
def train_edges(head, features, targets, epochs, peak=2e-3, seed=1):
    """Train an edge head on features and sigmoid targets `(n, 4)`, with AdamW and `WarmupCosine`.

    `features` as in `FeatureSequence`; `seed` draws the order and what dropout drops. Returns the head. It
    is compiled again only if steps or peak differ from its last training: to trace a step takes seconds.
    """
    keras.utils.set_random_seed(seed)
    batches = FeatureSequence(features, targets, batch_size=min(32, len(targets)), seed=seed)
    rate = WarmupCosine(peak, epochs * len(batches))
    _start(head, rate, batches[0], seed)
    head.fit(batches, epochs=epochs, verbose=0)
    return head
