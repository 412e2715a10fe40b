"""Heads turn the trunk's features into targets."""

from keras import activations, layers

from .arguments import checked, kind, many, optional, pixels, real, refuse, whole


def _grid(name, value):
    """A tensor of features."""
    if len(getattr(value, "shape", ())) != 4:
        refuse(name, value, "a Keras tensor (batch, height, width, channels)")
    return value


def _taps(name, value):
    """Tensors of grids as a list; one alone is one tap."""
    return (
        [_grid(name, value)]
        if hasattr(value, "shape")
        else many("a list of tensors", each=_grid)(name, value)
    )


def activation_of(name, value):
    """An activation that Keras knows, or a function."""
    try:
        return value if callable(value) or value is None else activations.get(value) and value
    except (TypeError, ValueError):
        refuse(name, value, 'a name that Keras knows, such as "sigmoid" or "linear", or a function')


@checked(features=_grid, activation=activation_of)
def dense_head(features, activation="sigmoid"):
    """The original's head: flatten the features, then four numbers of one dense layer.

    Takes a Keras tensor `(batch, height, width, channels)` and gives one `(batch, 4)`: with the
    sigmoid, targets that `to_pil_rect` decodes. `activation` is any that Keras knows.
    """
    flat = layers.Flatten(name="flatten")(features)
    return layers.Dense(4, activation=activation, name="box")(flat)


@checked(taps=_taps, image_size=pixels, channels=whole())
def edge_head(taps, image_size=224, channels=64):
    """For each of the four edges, logits over the borders between pixels: where does it lie?

    Takes Keras tensors `(batch, height, width, channels)` of one or more taps of the trunk, the finest
    first, and gives logits `(batch, 4, image_size + 1)`, in the order left, top, right, bottom: the
    `edges` of a `neck`. `EdgeLoss` trains them, `edges_to_boxes` decodes them. Raises ValueError for taps
    that are not grids of such an image.
    """
    return edges(neck(taps, channels), image_size)


@checked(taps=_taps, channels=whole(), cells=optional(whole()), dropout=real(0, 0.99))
def neck(taps, channels=64, cells=None, dropout=0.0):
    """Several taps of a trunk as one map `(batch, cells, cells, channels)` for all heads.

    Takes Keras tensors `(batch, height, width, channels)`. Convolutions give all of them the same number of
    channels, finer taps are folded and coarser ones repeated to a grid of `cells` cells a side (those of the
    first tap, if None), and the results are added. `dropout` is the share of the taps' channels that is left
    out in each training step. Raises ValueError for taps that do not fit that grid.
    """
    cells, mixed = cells or taps[0].shape[1], []
    for tap in taps:
        small, large = sorted((cells, tap.shape[1]))
        if tap.shape[1] != tap.shape[2] or large % small:
            raise ValueError(
                f"a tap has shape {tap.shape[1:]}; it must be a square grid, of {cells} cells a side "
                "or a multiple or a fraction of that, the finest tap first."
            )
        fold = max(1, tap.shape[1] // cells)
        x = layers.SpatialDropout2D(dropout)(tap) if dropout else tap
        x = layers.Conv2D(channels, fold, strides=fold)(x)
        mixed.append(layers.UpSampling2D(cells // x.shape[1])(x) if x.shape[1] < cells else x)
    x = layers.ReLU()(layers.Add()(mixed) if len(mixed) > 1 else mixed[0])
    return layers.Conv2D(channels, 3, padding="same", activation="relu")(x)


@checked(x=_grid, dilation=whole())
def look_around(x, dilation=1):
    """A residual block of 3x3 convolutions on a neck's map, so that each cell reads its surroundings.

    Takes and gives Keras tensors `(batch, cells, cells, channels)`. `dilation` is the distance between the
    cells that a convolution reads; a larger one sees further.
    """
    channels = x.shape[-1]
    far = layers.Conv2D(channels, 3, padding="same", dilation_rate=dilation, activation="relu")(x)
    return layers.Add()([x, layers.Conv2D(channels, 1)(far)])


@checked(x=_grid, image_size=pixels, dilations=many("a list of distances", least=0, each=whole()))
def edges(x, image_size=224, dilations=()):
    """Logits of the four edges `(batch, 4, image_size + 1)`, as in `edge_head`, from a neck's map.

    `dilations` adds to the profiles one residual block for each dilation, one after the other (after Yu
    and Koltun 2015, https://arxiv.org/abs/1511.07122). Raises ValueError for a map that is not a grid of
    such an image.
    """
    cells = x.shape[1]
    if image_size % cells:
        refuse("image_size", image_size, f"a multiple of {cells}, the cells that a side of the map has")
    left, right = _edges(x, (cells, 1), image_size, dilations)
    top, bottom = _edges(x, (1, cells), image_size, dilations)
    return layers.Concatenate(axis=1, name="edges")([left, top, right, bottom])


def _edges(x, pool, image_size, dilations):
    """A profile of `x`, pooled along one axis, and small convolutions: logits of its two edges."""
    cells, channels = max(pool), x.shape[-1]
    profile = layers.Concatenate()([layers.AveragePooling2D(pool)(x), layers.MaxPooling2D(pool)(x)])
    profile = layers.ZeroPadding1D((0, 1))(layers.Reshape((cells, 2 * channels))(profile))
    profile = layers.Conv1D(channels, 5, padding="same", activation="relu")(profile)
    for rate in dilations:
        far = layers.Conv1D(channels, 3, padding="same", dilation_rate=rate, activation="relu")(profile)
        profile = layers.Add()([profile, layers.Conv1D(channels, 1)(far)])
    profile = layers.Conv1D(channels, 3, padding="same", activation="relu")(profile)
    step = image_size // cells  # positions a cell; the padded cell holds the last border
    for _ in range(2):
        logits = layers.Conv1D(step, 3, padding="same")(profile)
        logits = layers.Reshape(((cells + 1) * step, 1))(logits)
        logits = layers.Cropping1D((0, step - 1))(logits)
        yield layers.Reshape((1, image_size + 1))(logits)


@checked(x=_grid, units=whole(), activation=activation_of, name=kind(str, "a text", least=1))
def label_head(x, units, activation, name):
    """What the whole image shows, as `units` numbers `(batch, units)`, from a neck's map.

    The maximum of each channel shows whether its feature is anywhere in the image; a dense layer with this
    `activation` and `name` combines these maxima.
    """
    return layers.Dense(units, activation=activation, name=name)(layers.GlobalMaxPooling2D()(x))
