"""Trials run in the answer's process: trainings with the answer, gradients through it.

A trial returns what happened, in numbers and words. It does not know what is right; the check does.
"""

import keras
import numpy as np
import tensorflow as tf


def epochs(sequence, batch_size, batches, seeds):
    """The length of sequences and, if that is `batches`, their boxes: one row for each seed."""
    made = [sequence(batch_size=batch_size, batches=batches, seed=seed) for seed in seeds]
    length = len(made[0])
    if length != batches:
        return length, None
    return length, np.array([[seq[i][1] for i in range(batches)] for seq in made])


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
    """Call `curve` with a small head of these weights: a dict of the weights before and after training."""
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
