"""Measure a shipped head on 1,024 images of a seed used for nothing else: `python -m tools.measure NAME`.

Without a name it measures all heads. The sprites lie on photos that no head was trained on; for `anything`
the sprites are new, too. The heads that know photos also look a second and a third time, closer (lesson 12).
An interval says where the mean lies in 95 of 100 cases if other photos are drawn; on black, other images.
`python -m tools.measure photographs` measures the head from cut-outs on the project's own labelled photos.
`python -m tools.measure airplanes FOLDER` compares heads on the public aeroplanes (see tools/airplanes.py).
`python -m tools.measure newness` measures `anything` with known and new stickers on known and new photos.
What is measured is also written to assets/measured/.
"""

import copy
import sys
from contextlib import redirect_stdout
from io import StringIO

import numpy as np

import localization_utils as lu
from exercises.checking import assets
from tools.record import record

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


def photos_of(sequence):
    """Which photo is behind each image, `(images,)` int: each photo is painted in its number, and drawn."""
    painted, count = copy.copy(sequence.scene), len(sequence) * sequence.batch_size
    if not getattr(painted, "photos", ()):
        return np.arange(count)  # no two images share a background
    painted.photos = [np.full_like(photo, i) for i, photo in enumerate(painted.photos)]
    painted.presence = 0
    options = {name: getattr(sequence, name) for name in ("batch_size", "batches", "seed", "fixed")}
    drawn = lu.LocalizationSequence(scene=painted, **options)
    return np.concatenate([drawn.draw(i)[0][:, 0, 0, 0] for i in range(len(drawn))]).astype(int)


def interval_by_photo(scores, photos, samples=2000):
    """Between which two values 95 % of the means lie if the photos are drawn again, with all their images."""
    _, photo = np.unique(photos, return_inverse=True)
    total, count = np.bincount(photo, scores), np.bincount(photo)
    drawn = np.random.default_rng(0).integers(len(count), size=(samples, len(count)))
    return np.percentile(total[drawn].sum(axis=1) / count[drawn].sum(axis=1), [2.5, 97.5])


def results(answer, targets, labels=None, photos=None):
    """What a head's answer is worth: a dict of figures, each with the name it is reported under.

    `answer` is the head's output or its dict of named outputs, `targets` `(n, 4)` with NaN where nothing is
    shown, `labels` `(n,)` which sprite each image shows, `photos` `(n,)` which photo.
    """
    shown = ~np.isnan(targets[:, 0])
    actual = np.round(lu.to_pil_rect(targets[shown]))
    named = answer if isinstance(answer, dict) else {"box": answer}
    found = lu.decode_boxes(named["box"][shown])
    scores = lu.iou(actual, found)
    constant = lu.iou(actual, lu.to_pil_rect(targets[shown].mean(axis=0)))
    exact = (np.round(found) == actual).all(axis=1)
    photos = np.arange(len(targets)) if photos is None else photos
    figures = {
        "images": len(targets),
        "with an object": len(scores),
        "mean IoU": scores.mean(),
        "interval": interval_by_photo(scores, photos[shown]),
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
    photos = photos_of(sequence)
    figures = results(answer, targets, sequence.labels() if labelled else None, photos)
    if looks > 1:
        figures |= {"photos": len(set(photos))} | later_looks(name, sequence, targets, answer, photos, looks)
    return figures


def later_looks(name, sequence, targets, answer, photos, looks):
    """What closer looks make of a shipped head's boxes, where something is shown."""
    shown, figures = ~np.isnan(targets[:, 0]), {}
    images = np.concatenate([sequence.draw(i)[0] for i in range(len(sequence))])[shown]
    actual, boxes = np.round(lu.to_pil_rect(targets[shown])), lu.decode_boxes(answer, threshold=0)[shown]
    model, first = lu.load_localizer(name), lu.iou(actual, boxes)
    for look in range(2, looks + 1):
        boxes = lu.look_again(model, images, boxes)
        scores = lu.iou(actual, boxes)
        figures[f"mean IoU, look {look}"] = scores.mean()
        figures[f"median, look {look}"] = np.median(scores)
        figures[f"gain, look {look}"] = (scores - first).mean()
        figures[f"gain, interval, look {look}"] = interval_by_photo(scores - first, photos[shown])
    return figures


def pasted(stickers, photos):
    """`anything` on stickers and photos, seen or unseen, 256 images: figures, targets, IoUs, which photo."""
    behind = UNSEEN if photos == "unseen" else SEEN + assets("photos/more/*.jpg")
    scene = lu.Sprites(assets(f"emoji/{stickers}/*.png"), behind, presence=0.5)
    sequence, targets, answer = asked("anything", scene, images=256)
    photo, shown = photos_of(sequence), ~np.isnan(targets[:, 0])
    figures = results(answer, targets, sequence.labels(), photo)
    scores = lu.iou(np.round(lu.to_pil_rect(targets[shown])), lu.decode_boxes(answer["box"][shown]))
    return figures, targets, scores, photo[shown]


def newness():
    """What is new to `anything` and what it costs: stickers and photos, seen and unseen, 256 images each.

    The same stickers lie at the same places on seen and unseen photos, so these are compared image by image.
    """
    found, differences = {}, {}
    for stickers in ("seen", "unseen"):
        for photos in ("seen", "unseen"):
            figures, targets, scores, photo = pasted(stickers, photos)
            found[f"{stickers} stickers on {photos} photos"] = figures
            low, high = figures["interval"]
            print(f"{stickers} stickers on {photos} photos: mean IoU {figures['mean IoU']:.3f}", end=" ")
            print(f"({low:.3f} to {high:.3f}), presence right {figures['presence right']:.3f}", flush=True)
            if photos == "seen":
                before, places = scores, targets
        if not np.array_equal(places, targets, equal_nan=True):
            raise RuntimeError("the stickers do not lie at the same places: nothing can be paired.")
        change, (low, high) = scores - before, interval_by_photo(scores - before, photo)
        differences[stickers] = {"mean": change.mean(), "interval": [low, high]}
        print(f"unseen - seen photos, {stickers} stickers: {change.mean():.3f} ({low:.3f} to {high:.3f})")
    record("newness", "python -m tools.measure newness", figures=found, differences=differences)


def shipped(name):
    """Measure a shipped head on its own scene, print the figures and record them."""
    print(f"{name}, on {SCENES[name].kind}:")
    looks = 3 if SCENES[name].kind in lu.localizer.ON_PHOTOS else 1
    figures = measured(name, looks=looks)
    for what, figure in figures.items():
        form = "{:,}" if isinstance(figure, int) else "{:.4f}"
        print(f"  {what:<24} {' to '.join(map(form.format, np.atleast_1d(figure)))}", flush=True)
    record(f"head-{name}", f"python -m tools.measure {name}", scene=SCENES[name].kind, figures=figures)


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
        shipped(name)
