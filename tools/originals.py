"""The original's recipes for sprites, photos, presence and classes, next to the heads of lessons 8 to 11.

`python -m tools.originals [sprites ...]` trains each recipe on the images that the course's head was trained
on, and measures both on the same 1,024 untouched ones. Each image is used once, in order, as in the
original's `fit` on fresh images; so its features, computed once, replace the pass through the trunk. With
`--logits` the recipes of parts 6 and 7 get a loss whose gradient does not vanish if a sigmoid or the softmax
saturates, and nothing else changes. What is measured is also written to assets/measured/.
"""

import argparse

import keras
import numpy as np
from keras import layers, ops

import localization_utils as lu
from tools.measure import SCENES, SEEN, SPRITES, features_of, measured, photos_of, results, untouched
from tools.record import record

TAP, HIDDEN = "block5_pool", 1024
HALF_EMPTY = lu.Sprites(SPRITES, SEEN, presence=0.5, augment=True)
PARTS = {  # the course's head: the original's part, the scene and the number of images that both learn from
    "sprites": (4, lu.Sprites(SPRITES), 1536),
    "backgrounds": (5, lu.Sprites(SPRITES, SEEN), 3072),
    "presence": (6, HALF_EMPTY, 3072),
    "classes": (7, HALF_EMPTY, 3072),
}


def original_head(shape, part, logits=False):
    """Flattened features, from part 5 on a hidden layer, four sigmoids; then presence; then three classes.

    With `logits` the numbers before the sigmoids and the softmax.
    """
    sigmoid, softmax = (None, None) if logits else ("sigmoid", "softmax")
    inputs = keras.Input(shape, name=TAP)
    x = layers.Flatten()(inputs)
    x = layers.Dense(HIDDEN, activation="relu")(x) if part >= 5 else x
    outputs = [layers.Dense(4, activation=sigmoid)(x)]
    outputs += [layers.Dense(1, activation=sigmoid)(x)] if part >= 6 else []
    outputs += [layers.Dense(3, activation=softmax)(x)] if part >= 7 else []
    return keras.Model(inputs, layers.Concatenate()(outputs) if part >= 6 else outputs[0])


def original_loss(truth, answer, logits=False):
    """The loss from part 6 on: the box's binary cross-entropy is averaged first and masked after that."""
    box = ops.mean(ops.binary_crossentropy(truth[:, :4], answer[:, :4], from_logits=logits))
    shown = truth[:, 4]
    loss = box * shown + ops.binary_crossentropy(shown, answer[:, 4], from_logits=logits)
    if answer.shape[1] == 8:
        loss += ops.categorical_crossentropy(truth[:, 5:], answer[:, 5:], from_logits=logits) * shown
    return loss


def loss_of_logits(truth, answer):
    return original_loss(truth, answer, logits=True)


def named(answer, logits=False):
    """The original's row of numbers as the course's named outputs."""
    parts = {"box": answer[:, :4], "presence": answer[:, 4:5], "class": answer[:, 5:]}
    if logits:
        parts = {name: np.array(ops.sigmoid(part)) for name, part in parts.items()}  # keeps a class's rank
    return {name: part for name, part in parts.items() if part.shape[1]}


def truth_of(targets, labels, part):
    """The rows that the original's loss compares with."""
    shown = (labels >= 0).astype("float32")[:, None]
    columns = [np.nan_to_num(targets, nan=0.5), shown, np.eye(3, dtype="float32")[labels] * shown]
    return np.concatenate(columns[: {4: 1, 5: 1, 6: 2, 7: 3}[part]], axis=1)


def original(part, scene, images, test_scene, logits=False):
    """Train a part's recipe from three first weights and measure the best; some saturate its sigmoids."""
    train = lu.LocalizationSequence(batches=images // 32, scene=scene, seed=1, fixed=True)
    features, targets = features_of(train, TAP)
    batches = lu.FeatureSequence(features, truth_of(targets, train.labels(), part), fixed=True)
    test = untouched(test_scene)
    test_features, test_targets = features_of(test, TAP)
    found = []
    for seed in (1, 2, 3):
        keras.utils.set_random_seed(seed)
        head = original_head(features.shape[1:], part, logits)
        loss = (loss_of_logits if logits else original_loss) if part >= 6 else "binary_crossentropy"
        head.compile(keras.optimizers.Adam(), loss)
        head.fit(batches, shuffle=False, verbose=0)
        answer = named(head.predict(test_features, verbose=0), logits)
        found.append(results(answer, test_targets, test.labels(), photos_of(test)))
    return max(found, key=lambda figures: figures["mean IoU"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="head", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--logits", action="store_true", help="of presence and classes only the original")
    options = parser.parse_args()
    known = [name for name, (part, *_) in PARTS.items() if part >= 6 or not options.logits]
    if unknown := set(options.names) - set(known):
        parser.error(f"no recipe for {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    print("| scene | passes | | mean IoU where present | presence right | class right |\n" + "|---" * 6 + "|")
    for name in options.names or known:
        part, scene, images = PARTS[name]
        way = ", its loss from logits" if options.logits else ""
        figures = original(part, scene, images, SCENES[name], options.logits)
        rows = {f"the original's part {part}{way}": figures}
        if not options.logits:
            rows[f'this course\'s head, `"{name}"`'] = measured(name)
        for who, row in rows.items():
            cells = [row.get(key) for key in ("mean IoU", "presence right", "class right")]
            shown = " | ".join("" if cell is None else f"{cell:.3f}" for cell in cells)
            print(f"| {SCENES[name].kind} | {images:,} | {who} | {shown} |", flush=True)
        command = f"python -m tools.originals {name}" + (" --logits" if options.logits else "")
        about = {"part": part, "scene": SCENES[name].kind, "passes": images, "figures": figures}
        record(f"original-{name}" + ("-logits" if options.logits else ""), command, **about)


if __name__ == "__main__":
    main()
