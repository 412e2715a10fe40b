"""What each change of lesson 9 is worth, three trainings of each head: `python -m tools.ablation`.

Six heads of lesson 9 differ in one thing from one to the next: taps, dilated convolutions, dropout, and the
input of the trunk. Each is trained three times, with other images and other first weights each time. All are
tested on the same images, of photos that no training shows. Writes assets/ablation.json, which the lesson
draws: for each head and training the mean IoU of each test photo. Only the trunk uses the precision in
LOCALIZATION_PRECISION. The eighteen trainings take 25 minutes on 2 cores, and 5 GB of disk, free at the end.
"""

import json
import tempfile
from concurrent.futures import ProcessPoolExecutor

import numpy as np

import localization_utils as lu
from exercises.checking import assets
from localization_utils.trunk import PROJECT, chosen_precision
from tools.files import write_text
from tools.lessons import taught
from tools.measure import features_of, photos_of
from tools.variety import rounded

RESULT = PROJECT / "assets" / "ablation.json"
IMAGES, EPOCHS, SEEDS = 1024, 8, (11, 12, 13)
HELD_OUT_IMAGES, HELD_OUT_SEED = 512, 2
TAPS, FAR = taught("09", ("TAPS", "FAR"))
PLAIN = [tap.removeprefix("preprocessed_") for tap in TAPS]
ALL = {"dropout": 0.1, "dilations": FAR}
HEADS = {  # taps, whether they are divided by their standard deviation, and arguments of `train_head`
    "one tap": (TAPS[:1], False, {}),
    "+ three deeper taps": (TAPS, False, {}),
    "+ dilated convolutions": (TAPS, False, {"dilations": FAR}),
    "+ dropout": (TAPS, False, ALL),
    "pixels 0..1": (PLAIN, False, ALL),
    "pixels 0..1, rescaled": (PLAIN, True, ALL),
}
ABOVE = {  # which head each one is compared with
    "+ three deeper taps": "one tap",
    "+ dilated convolutions": "+ three deeper taps",
    "+ dropout": "+ dilated convolutions",
    "pixels 0..1, rescaled": "pixels 0..1",
}


def sequence_of(photos, images, seed):
    """Images of the three sprites on photos."""
    scene = lu.Sprites(assets("sprites/*.png"), photos)
    return lu.LocalizationSequence(batches=images // 32, scene=scene, seed=seed, fixed=True)


def training(name, seed, folder):
    """One training: on the held-out images the mean IoU of each photo, `(photos,)`."""
    taps, rescaled, options = HEADS[name]
    learn = sequence_of(assets("photos/seen/*.jpg"), IMAGES, seed)
    test = sequence_of(assets("photos/unseen/*.jpg"), HELD_OUT_IMAGES, HELD_OUT_SEED)
    everything = PLAIN if taps is PLAIN else TAPS  # one pass for all heads with this input
    features, targets = features_of(learn, everything, folder=folder)
    held_out_features, held_out_targets = features_of(test, everything, folder=folder)
    features, held_out_features = dict(zip(everything, features)), dict(zip(everything, held_out_features))
    train_head, logits_of = taught("09", ("train_head", "logits_of"), EPOCHS=EPOCHS)
    # Every fourth image is enough; float32, because float16 cannot hold such long sums.
    spread = {tap: np.std(np.asarray(features[tap][::4], "float32")) if rescaled else 1 for tap in taps}
    few, tested = (
        {tap: each[tap] / np.float16(spread[tap]) for tap in taps} for each in (features, held_out_features)
    )
    head = train_head(few, targets, seed=seed, **options)
    boxes, found = np.round(lu.to_pil_rect(held_out_targets)), lu.edges_to_boxes(logits_of(head, tested))
    scores, photos = lu.iou(boxes, found), photos_of(test)
    return [scores[photos == photo].mean() for photo in np.unique(photos)]


def trainings():
    """Yields for each seed and head: both, and what `training` gives.

    Each runs in a process of its own: until that ends, TensorFlow holds the features of a training.
    """
    for seed in SEEDS:
        with (
            tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder,
            ProcessPoolExecutor(1, max_tasks_per_child=1) as processes,
        ):
            for name in HEADS:
                job = processes.submit(training, name, seed, folder)
                yield seed, name, job.result()


def changes(heads):
    """What each head gains over the one above it: `heads` is name -> `(trainings, photos)`."""
    found = {}
    for name, above in ABOVE.items():
        gain = (np.array(heads[name]) - np.array(heads[above])).mean(axis=0)  # of each photo
        found[name] = {"mean": rounded(gain.mean()), "interval": rounded(lu.interval(gain))}
    return found


def main():
    (PROJECT / "build").mkdir(exist_ok=True)
    result = {
        "command": "python -m tools.ablation",
        "precision": chosen_precision(),
        "training_images": IMAGES,
        "epochs": EPOCHS,
        "held_out_images": HELD_OUT_IMAGES,
        "held_out_seed": HELD_OUT_SEED,
        "training_seeds": SEEDS,
        "heads": {name: [] for name in HEADS},
    }
    for seed, name, means in trainings():
        print(f"seed {seed}, {name}: mean IoU {np.mean(means):.4f}", flush=True)
        result["heads"][name].append(rounded(means))
    result["changes"] = changes(result["heads"])
    write_text(RESULT, json.dumps(result).replace('], "', '],\n "') + "\n")


if __name__ == "__main__":
    main()
