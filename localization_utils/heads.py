"""Heads turn the trunk's features into targets."""

from keras import layers


def dense_head(features, activation="sigmoid"):
    """The original's head: flatten the features, then four numbers of one dense layer.

    Takes a Keras tensor `(batch, height, width, channels)` and gives one `(batch, 4)`: with the
    sigmoid, targets that `to_pil_rect` decodes. `activation` is any that Keras knows.
    """
    flat = layers.Flatten(name="flatten")(features)
    return layers.Dense(4, activation=activation, name="box")(flat)


def edge_head(taps, image_size=224, channels=64):
    """For each of the four edges, logits over the borders between pixels: where may it lie?

    Takes Keras tensors `(batch, height, width, channels)` of one or more taps of the trunk, the finest
    first, and gives logits `(batch, 4, image_size + 1)`, in the order left, top, right, bottom.
    `EdgeLoss` trains them, `edges_to_boxes` decodes them. Raises ValueError for taps that are no
    grids of such an image.
    """
    cells = taps[0].shape[1]
    for tap in taps:
        if tap.shape[1] != tap.shape[2] or image_size % tap.shape[1] or cells % tap.shape[1]:
            raise ValueError(
                f"a tap has shape {tap.shape[1:]}; it must be a square grid of a {image_size} px image, "
                "the finest tap first."
            )
    x = layers.Conv2D(channels, 1)(taps[0])
    for tap in taps[1:]:
        coarse = layers.UpSampling2D(cells // tap.shape[1])(layers.Conv2D(channels, 1)(tap))
        x = layers.Add()([x, coarse])
    x = layers.Conv2D(channels, 3, padding="same", activation="relu")(layers.ReLU()(x))
    left, right = _edges(x, (cells, 1), image_size)
    top, bottom = _edges(x, (1, cells), image_size)
    return layers.Concatenate(axis=1, name="edges")([left, top, right, bottom])


def _edges(x, pool, image_size):
    """A profile of `x`, pooled along one axis, and two small convolutions: logits of its two edges."""
    cells, channels = max(pool), x.shape[-1]
    profile = layers.Concatenate()([layers.AveragePooling2D(pool)(x), layers.MaxPooling2D(pool)(x)])
    profile = layers.ZeroPadding1D((0, 1))(layers.Reshape((cells, 2 * channels))(profile))
    profile = layers.Conv1D(channels, 5, padding="same", activation="relu")(profile)
    profile = layers.Conv1D(channels, 3, padding="same", activation="relu")(profile)
    step = image_size // cells  # positions a cell; the padded cell holds the last border
    for _ in range(2):
        logits = layers.Conv1D(step, 3, padding="same")(profile)
        logits = layers.Reshape(((cells + 1) * step, 1))(logits)
        logits = layers.Cropping1D((0, step - 1))(logits)
        yield layers.Reshape((1, image_size + 1))(logits)
