"""Measure a shipped head on 1,024 images of a seed used for nothing else: `python -m tools.measure NAME`.

Sprites lie on photos that no head was trained on; `anything` is asked for sprites it never saw either. The
heads that know photos also look a second and a third time, closer (lesson 12).
`python -m tools.measure photographs` asks the head from cut-outs for the project's own labelled photos.
`python -m tools.measure airplanes FOLDER` compares heads on the public aeroplanes (see tools/airplanes.py).
`python -m tools.measure newness` asks it for seen and unseen stickers on seen and unseen photos.
"""

import sys
from contextlib import redirect_stdout
from io import StringIO

import numpy as np

import localization_utils as lu
from exercises.checking import assets

UNTOUCHED_SEED = 1_000
SPRITES, SEEN, UNSEEN = map(assets, ("sprites/*.png", "photos/seen/*.jpg", "photos/unseen/*.jpg"))
SCENES = {
    "localization-1": lu.WhiteRectangles(),
    "edges": lu.WhiteRectangles(),
    "sprites": lu.Sprites(SPRITES),
    "backgrounds": lu.Sprites(SPRITES, UNSEEN),
    "presence": lu.Sprites(SPRITES, UNSEEN, presence=0.5),
    "classes": lu.Sprites(SPRITES, UNSEEN, presence=0.5),
    "anything": lu.Sprites(assets("emoji/unseen/*.png"), UNSEEN, presence=0.5),
}


def features_of(sequence, taps, precision=None, folder=None):
    """The features and targets of a sequence, without a word."""
    with redirect_stdout(StringIO()):
        return lu.cached_features(sequence, taps, precision=precision, folder=folder)


def untouched(scene, images=1024):
    """Images of a scene, of the seed used for nothing else."""
    return lu.LocalizationSequence(batches=images // 32, scene=scene, seed=UNTOUCHED_SEED, fixed=True)


def results(answer, targets, labels=None):
    """What a head's answer is worth: a dict of figures, 0..1, each with the name it is reported under.

    `answer` is the head's output or its dict of named outputs, `targets` `(n, 4)` with NaN where nothing is
    shown, `labels` `(n,)` says which sprite is.
    """
    shown = ~np.isnan(targets[:, 0])
    actual = np.round(lu.to_pil_rect(targets[shown]))
    named = answer if isinstance(answer, dict) else {"box": answer}
    found = lu.decode_boxes(named["box"][shown])
    scores = lu.iou(actual, found)
    constant = lu.iou(actual, lu.to_pil_rect(targets[shown].mean(axis=0)))
    exact = (np.round(found) == actual).all(axis=1)
    figures = {
        "mean IoU": scores.mean(),
        "standard error": scores.std() / np.sqrt(len(scores)),
        "median": np.median(scores),
        "rounded": lu.iou(actual, np.round(found)).mean(),
        "exact": exact.mean(),
        "constant box": constant.mean(),
    }
    if "presence" in named:
        figures["presence right"] = ((named["presence"][:, 0] >= 0.5) == shown).mean()
    if "class" in named:
        figures["class right"] = (named["class"][shown].argmax(axis=1) == labels[shown]).mean()
    return figures


def asked(name, scene=None, images=1024):
    """A shipped head's answer on a scene, its own if none is given; gives sequence, targets and answer."""
    scene = scene or SCENES[name]
    head = lu.load_localizer(name, scene).layers[-1]
    sequence = untouched(scene, images)
    features, targets = features_of(sequence, [tensor.name for tensor in head.inputs])
    batches = lu.FeatureSequence(features, targets, batch_size=64, fixed=True)
    return sequence, targets, head.predict(batches, verbose=0)


def measured(name, scene=None, images=1024, looks=1):
    """The figures of a shipped head on a scene, also after each further look up to `looks`."""
    sequence, targets, answer = asked(name, scene, images)
    labelled = isinstance(sequence.scene, lu.Sprites)
    figures = results(answer, targets, sequence.labels() if labelled else None)
    return figures | (later_looks(name, sequence, targets, answer, looks) if looks > 1 else {})


def later_looks(name, sequence, targets, answer, looks):
    """What closer looks make of a shipped head's boxes, where something is shown."""
    shown, figures = ~np.isnan(targets[:, 0]), {}
    images = np.concatenate([sequence.draw(i)[0] for i in range(len(sequence))])[shown]
    actual, boxes = np.round(lu.to_pil_rect(targets[shown])), lu.decode_boxes(answer, threshold=0)[shown]
    model, first = lu.load_localizer(name), lu.iou(actual, boxes)
    for look in range(2, looks + 1):
        boxes = lu.look_again(model, images, boxes)
        scores = lu.iou(actual, boxes)
        figures[f"mean IoU, look {look}"] = scores.mean()
        figures[f"standard error, look {look}"] = scores.std() / np.sqrt(len(scores))
        figures[f"median, look {look}"] = np.median(scores)
        figures[f"gain, look {look}, from"], figures[f"to, look {look}"] = lu.interval(scores - first)
    return figures


def newness():
    """What is new to `anything` and what it costs: stickers and photos, seen and unseen, 256 images each."""
    for stickers in ("seen", "unseen"):
        for photos in ("seen", "unseen"):
            sprites = assets(f"emoji/{stickers}/*.png")
            grounds = UNSEEN if photos == "unseen" else SEEN + assets("photos/more/*.jpg")
            figures = measured("anything", lu.Sprites(sprites, grounds, presence=0.5), images=256)
            shown = ", ".join(
                f"{key} {figures[key]:.3f}" for key in ("mean IoU", "standard error", "presence right")
            )
            print(f"{stickers} stickers on {photos} photos: {shown}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["photographs"]:
        from tools.photographs import photographs

        sys.exit(photographs())
    if sys.argv[1:2] == ["airplanes"]:
        from tools.airplanes import airplanes

        sys.exit(airplanes(*sys.argv[2:3] or sys.exit("usage: python -m tools.measure airplanes FOLDER")))
    if sys.argv[1:] == ["newness"]:
        sys.exit(newness())
    for name in sys.argv[1:] or SCENES:
        print(f"{name}, on {SCENES[name].kind}:")
        looks = 3 if SCENES[name].kind in lu.localizer.ON_PHOTOS else 1
        for what, figure in measured(name, looks=looks).items():
            print(f"  {what:<22} {figure:.4f}")
