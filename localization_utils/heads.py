"""Heads turn the trunk's features into targets."""

from keras import layers


def dense_head(features, activation="sigmoid"):
    """The original's head: flatten the features, then four numbers of one dense layer.

    Takes a Keras tensor `(batch, height, width, channels)` and gives one `(batch, 4)`: with the
    sigmoid, targets that `to_pil_rect` decodes. `activation` is any that Keras knows.
    """
    flat = layers.Flatten(name="flatten")(features)
    return layers.Dense(4, activation=activation, name="box")(flat)
