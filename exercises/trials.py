"""What must be tried where the answer lives: trainings with it, gradients through it.

A trial says what happened, in numbers and words. It knows nothing of what is right: that is the check's.
"""

import warnings

import keras
import numpy as np
import tensorflow as tf


def epoch(sequence, batch_size, batches):
    """How long a sequence says it is, and, if that is `batches`, the images in each of its batches."""
    seq = sequence(batch_size=batch_size, batches=batches)
    length = len(seq)
    return length, [len(seq[i][0]) for i in range(length)] if length == batches else []


def learning_rates(callback, epochs):
    """The learning rate in each epoch of a small training with such a callback."""
    rates = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.002))
    x = np.zeros((4, 2), "float32")
    model.fit(x, x[:, :1], epochs=epochs, verbose=0, callbacks=[callback(), Watch()])
    return rates


def fitted(sequence, batch_size, workers):
    """What becomes of a sequence that is asked for some workers; a dict that ends where it goes wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            seq = sequence(batch_size, workers=workers)
        except TypeError as error:
            return {"stops": str(error)}
        said = {"batch_size": getattr(seq, "batch_size", None)}
        if said["batch_size"] != batch_size:
            return said
        model = keras.Sequential([keras.Input((224, 224, 3)), keras.layers.Flatten(), keras.layers.Dense(4)])
        model.compile(loss="mse")
        try:
            model.fit(seq, verbose=0)
        except UserWarning as warning:
            return {**said, "warns": str(warning)}
    return {**said, "workers": seq.workers, "batch": seq[0]}


def loss_and_slope(loss, truth, answer, *more):
    """The shape of a loss, its value, and its gradient by `answer`, which is None where none arrives.

    Without value and gradient if it is not one number.
    """
    answer = tf.Variable(answer)
    with tf.GradientTape() as tape:
        value = loss(tf.constant(truth), answer, *map(tf.constant, more))
    shape = tuple(value.shape)
    if shape != ():
        return shape, None, None
    number, slope = float(value), tape.gradient(value, answer)
    return shape, number, None if slope is None else np.asarray(tf.convert_to_tensor(slope))


def curve_of_heads(curve, counts, weights):
    """What becomes of a small head with these weights: a dict of weights before and after its trainings."""
    begun, head = [], small_head()
    head.set_weights(weights)

    def train(model, count):
        begun.append(model.get_weights())
        model.set_weights([weight + count for weight in model.get_weights()])
        return model

    heads = curve(head, counts, train)
    if not isinstance(heads, (list, tuple)):
        return {"kind": type(heads).__name__, "heads": ()}
    trained = [each.get_weights() if hasattr(each, "get_weights") else type(each).__name__ for each in heads]
    same = len(heads) - len(set(map(id, heads)))
    return {
        "kind": type(heads).__name__,
        "begun": begun,
        "heads": trained,
        "same": same,
        "after": head.get_weights(),
    }


def small_head():
    keras.utils.set_random_seed(14)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])
