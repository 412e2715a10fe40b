"""What variety does: 3, 30 or all objects in the same number of images: `python -m tools.variety`.

Lesson 12's head is trained on each three times, with another choice of objects, other images and other first
weights each time. All heads are tested on the same images, of objects and photos that no training shows.
Writes assets/variety.json, which the lesson draws: the mean IoU of each training, and the differences, paired
by image, with their 95 % intervals. Trunk and training use the precision in LOCALIZATION_PRECISION. In
mixed_bfloat16 the nine trainings take 40 minutes on 2 cores, and 8 GB of disk, free again at the end.
"""

import json
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

import keras
import numpy as np

import localization_utils as lu
from exercises.checking import assets
from localization_utils.trunk import PROJECT, chosen_precision
from tools.files import write_text
from tools.lessons import taught
from tools.measure import features_of

RESULT = PROJECT / "assets" / "variety.json"
IMAGES, EPOCHS, SEEDS = 4096, 5, (11, 12, 13)
HELD_OUT_IMAGES, HELD_OUT_SEED = 1024, 2
OBJECTS, NEW_OBJECTS = (assets(f"emoji/{part}/*.png") for part in ("seen", "unseen"))
NEW_PHOTOS = assets("photos/unseen/*.jpg")
PHOTOS = assets("photos/seen/*.jpg") + assets("photos/more/*.jpg")
COUNTS = (3, 30, len(OBJECTS))
TAUGHT = ("TAPS", "PRESENCE", "look_around", "build_head", "train_head", "measure")


def sequence_of(objects, images, seed, presence):
    """The training images of these objects."""
    scene = lu.Sprites(objects, PHOTOS, presence=presence, augment=True)
    return lu.LocalizationSequence(batches=images // 32, scene=scene, seed=seed, fixed=True)


def chosen(count, seed):
    """Some of the objects, others for each seed."""
    return [OBJECTS[i] for i in sorted(np.random.default_rng(seed).permutation(len(OBJECTS))[:count])]


def held_out(taps, images, folder):
    """The names that lesson 12's `measure` needs: features, targets, boxes of images never trained on."""
    scene = lu.Sprites(NEW_OBJECTS, NEW_PHOTOS, presence=0.5)
    sequence = lu.LocalizationSequence(batches=images // 32, scene=scene, seed=HELD_OUT_SEED, fixed=True)
    features, targets = features_of(sequence, taps, folder=folder)
    shown = ~np.isnan(targets[:, 0])
    boxes = np.round(lu.to_pil_rect(targets[shown]))
    found = {"held_out_features": features, "held_out_targets": targets, "held_out_boxes": boxes}
    return found | {"shown": shown, "features": features}  # the head is built for features of these shapes


def training(count, seed, images, epochs, held_out_images, kept):
    """One training: how many objects it showed, and on the held-out images IoU `(n,)` and presence right."""
    taps, presence = taught("12", TAUGHT[:2])
    *_, build_head, train_head, measure = taught("12", TAUGHT, **held_out(taps, held_out_images, kept))
    sequence = sequence_of(chosen(count, seed), images, seed, presence)
    with tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder:
        features, targets = features_of(sequence, taps, folder=folder)
        keras.config.set_dtype_policy(chosen_precision())
        trained = train_head(features, targets, epochs, seed)
    keras.config.set_dtype_policy("float32")
    head = build_head("head")
    head.set_weights(trained.get_weights())
    _, scores, right = measure(head)
    return len(set(sequence.labels()) - {-1}), scores, right


def trainings():
    """Yields for each seed and count of objects: both, and what `training` gives.

    Each runs in a process of its own: until that ends, TensorFlow holds the features of a training.
    """
    with (
        tempfile.TemporaryDirectory(dir=PROJECT / "build") as kept,
        ProcessPoolExecutor(1, max_tasks_per_child=1) as processes,
    ):
        for seed, count in ((seed, count) for seed in SEEDS for count in COUNTS):
            job = processes.submit(training, count, seed, IMAGES, EPOCHS, HELD_OUT_IMAGES, kept)
            yield seed, count, *job.result()


def differences(scores):
    """How far each count of objects is ahead of the one before: `scores` is count -> `(seeds, images)`.

    Gives for each pair the mean, its 95 % interval over images (each image's difference is its mean over
    the seeds), and the difference of each seed.
    """
    found, counts = {}, sorted(scores)
    for fewer, more in zip(counts, counts[1:]):
        paired = np.asarray(scores[more]) - np.asarray(scores[fewer])
        found[f"{more} - {fewer}"] = {
            "mean": rounded(paired.mean()),
            "interval": rounded(lu.interval(paired.mean(axis=0))),
            "each_seed": rounded(paired.mean(axis=1)),
        }
    return found


def rounded(values):
    """Numbers for the JSON file, four decimals."""
    return np.round(np.asarray(values, float), 4).tolist()


def about():
    """How it was measured."""
    return {
        "command": "python -m tools.variety",
        "precision": chosen_precision(),
        "taps": taught("12", TAUGHT[:1])[0],
        "training_images": IMAGES,
        "epochs": EPOCHS,
        "held_out_images": HELD_OUT_IMAGES,
        "held_out_seed": HELD_OUT_SEED,
    }


def main():
    (PROJECT / "build").mkdir(exist_ok=True)
    result, start = about() | {"objects": {str(count): [] for count in COUNTS}}, time.perf_counter()
    scores = {count: [] for count in COUNTS}
    for seed, count, shown, each, right in trainings():
        scores[count].append(each)
        row = {"seed": seed, "objects_shown": shown, "mean_iou": rounded(each.mean())}
        row |= {"interval": rounded(lu.interval(each)), "median_iou": rounded(np.median(each))}
        result["objects"][str(count)].append(row | {"presence_right": rounded(right)})
        print(f"{time.perf_counter() - start:5.0f} s: {count} objects: {row}", flush=True)
        if count == COUNTS[-1]:  # a seed is done
            result["held_out_with_an_object"] = len(each)
            result["differences"] = differences(scores)
            write_text(RESULT, json.dumps(result, indent=1) + "\n")
    print(json.dumps(result["differences"], indent=1))


if __name__ == "__main__":
    main()
