"""The public aeroplanes on the public split: `python -m tools.measure airplanes FOLDER`.

FOLDER holds the category `airplanes` of Caltech-101 (CaltechDATA, doi 10.22002/D1.20086): `images/` and
`boxes.csv` with file, left, top, right, bottom, the last two inclusive. The first 640 photos in file order
train, the last 160 test. Compared are the constant box; the recipe of a well-known tutorial (VGG16 frozen,
flattened, dense 128, 64, 32 and 4, sigmoids, mean squared error, Adam 1e-4, 25 epochs); and the heads of this
course. Skill is (IoU - constant) / (1 - constant).
"""

import keras
import numpy as np
from keras import layers

import localization_utils as lu
from tools.measure import features_of
from tools.race import train_dense
from tools.record import record

TRAIN, VERSIONS, EPOCHS = 640, 4, 16
PLAIN = "block5_pool"


def split(folder):
    """The labelled photos that train, and those that test; prints which rows are faulty."""
    labelled, problems = lu.read_annotations(folder, inclusive=True)
    print(*problems, sep="\n")
    number = [int(item.path.stem.split("_")[1]) for item in labelled]
    return [[x for x, n in zip(labelled, number) if (n <= TRAIN) == trains] for trains in (True, False)]


def tutorial(train, test):
    """The tutorial's head: corners as parts of the photo, from the flattened last tap."""
    features, targets = features_of(lu.PhotoSequence(lu.Photographs(train), 1), PLAIN)
    keras.utils.set_random_seed(1)
    inputs = keras.Input(features.shape[1:])
    x = layers.Flatten()(inputs)
    for units in (128, 64, 32):
        x = layers.Dense(units, activation="relu")(x)
    head = keras.Model(inputs, layers.Dense(4, activation="sigmoid")(x))
    head.compile(keras.optimizers.Adam(1e-4), "mse")
    corners = lu.to_pil_rect(targets) / 224
    head.fit(np.asarray(features, "float32"), corners, batch_size=32, epochs=25, verbose=0)
    return 224 * head.predict(np.asarray(features_of(test, PLAIN)[0], "float32"), verbose=0)


def dense(train, test):
    """Lesson 2's head and recipe."""
    features, targets = features_of(lu.PhotoSequence(lu.Photographs(train), 1), PLAIN)
    head = train_dense(features, targets)
    return lu.decode_boxes(head.predict(np.asarray(features_of(test, PLAIN)[0], "float32"), verbose=0))


def fresh_head(shipped):
    """The shipped head's layers with new weights."""
    keras.utils.set_random_seed(1)
    return keras.models.clone_model(shipped)


def edge(train, test, start):
    """An edge head on augmented photos, from its `start`, a function of the shipped head."""
    shipped = lu.load_localizer("photographs").layers[-1]
    taps = [tensor.name for tensor in shipped.inputs]
    head = start(shipped)
    if train:
        features, targets = features_of(lu.PhotoSequence(lu.Photographs(train), VERSIONS), taps)
        head = lu.train_edges(head, features, targets, EPOCHS)
    return lu.edges_to_boxes(head.predict(features_of(test, taps)[0], verbose=0))


def airplanes(folder):
    """Measure all on the last 160 photos and print a table."""
    train, tested = split(folder)
    test = lu.PhotoSequence(lu.Photographs(tested), 1)
    actual = lu.to_pil_rect(features_of(test, PLAIN)[1])
    sizes = [lu.photo_size(item.path) for item in train]
    mean = lu.to_square_pixels([item.box for item in train], sizes).mean(axis=0)
    rows = {
        "constant box": lambda: np.tile(mean, (len(actual), 1)),
        "the tutorial's recipe": lambda: tutorial(train, test),
        "dense head, lesson 2": lambda: dense(train, test),
        "edge head, trained on the 640": lambda: edge(train, test, fresh_head),
        "edge head from cut-outs, no label used": lambda: edge([], test, lambda shipped: shipped),
        "the same, trained on the 640 as well": lambda: edge(train, test, lambda shipped: shipped),
    }
    print("| | mean IoU | IoU above 0.9 | skill |\n|---|---|---|---|")
    constant, found = None, {}
    for name, boxes in rows.items():
        scores = lu.iou(actual, boxes())
        constant = constant or scores.mean()
        skill = (scores.mean() - constant) / (1 - constant)
        above = (scores > 0.9).mean()
        found[name] = {"mean IoU": scores.mean(), "above 0.9": above, "skill": skill}
        print(f"| {name} | {scores.mean():.3f} | {above:.0%} | {skill:.2f} |", flush=True)
    record("airplanes", "python -m tools.measure airplanes FOLDER", photos=len(tested), rows=found)
