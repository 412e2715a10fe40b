"""What more images cost, and what half precision changes.

python -m tools.costs growth      seconds and bytes for 512 to 4,096 images through the short trunk, and
                                  what a million would take at that rate
python -m tools.costs speed       images a second through the trunk, by Keras' layers and the fast way, and
                                  through the training of lesson 12's head; with TF_ENABLE_ONEDNN_OPTS=0
                                  before it, what they are without oneDNN
python -m tools.costs heads       every shipped head on the same images, its features in float32 and in
                                  mixed_bfloat16: mean IoU of both, and the difference
python -m tools.costs precision   trunk in float32 and in mixed_bfloat16: images/s, and the held-out IoU of
                                  heads trained and tested on the features of either
"""

import argparse
import tempfile
import time
from functools import partial

import keras
import numpy as np

import localization_utils as lu
from localization_utils.engine.winograd import fast_trunk
from localization_utils.trunk import PROJECT
from tools.lessons import taught
from tools.measure import SCENES, features_of, untouched
from tools.photographs import labelled_photos
from tools.race import held_out, held_out_iou, train_dense, train_edges

COUNTS = (512, 1024, 2048, 4096)
MILLION = 1_000_000


def quiet_features(images, tap, folder=None, precision="float32"):
    """The features of the first images of seed 1, without a progress bar; and the seconds it took."""
    sequence, start = lu.LocalizationSequence(batches=images // 32, seed=1), time.perf_counter()
    found = features_of(sequence, tap, precision, folder)
    return *found, time.perf_counter() - start


def images_a_second(call, images):
    """How many images a call gets through in a second, the second time that it is called."""
    call()
    start = time.perf_counter()
    call()
    return images / (time.perf_counter() - start)


def speed(images=128):
    """The trunk, and one epoch of lesson 12's head on its features, on images of noise."""
    x = np.random.default_rng(1).random((images, 224, 224, 3), np.float32)
    (taps,) = taught("12", ["TAPS"])
    full, half = (lu.build_trunk(taps=taps, precision=kind) for kind in ("float32", "mixed_bfloat16"))
    ways = {
        "float32, Keras' layers": partial(full.predict, verbose=0),
        "float32, Winograd's way": fast_trunk(full),
        "mixed_bfloat16, Keras' layers": partial(half.predict, verbose=0),
    }
    features = []
    for name, call in ways.items():
        rate = images_a_second(lambda call=call: features.append(call(x)), images)
        print(f"trunk, all taps, {name}: {rate:.1f} images/s")
    print(f"chosen here: {lu.settings.chosen_precision()}")
    _, build_head = taught("12", ["look_around", "build_head"], features=features[0])
    head = build_head("head")
    head.compile(keras.optimizers.AdamW(), {"box": lu.EdgeLoss(), "presence": "binary_crossentropy"})
    batches = lu.FeatureSequence(features[0], lu.named_targets(np.full((images, 4), 0.5, "float32"))[0])
    rate = images_a_second(lambda: head.fit(batches, verbose=0), images)
    print(f"head of lesson 12, in training: {rate:.0f} images/s")


def growth(tap="block2_pool"):
    """One cache that grows; the seconds of each size count from nothing."""
    print(f"{tap}, float32\n\n| images | seconds | megabytes | seconds for 1,000 images |\n|---|---|---|---|")
    total = 0.0
    with tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder:
        for count in COUNTS:
            features, _, seconds = quiet_features(count, tap, folder)
            total, size = total + seconds, features.nbytes / 1e6
            print(f"| {count:,} | {total:.0f} | {size:,.0f} | {1000 * total / count:.0f} |", flush=True)
            del features
    factor = MILLION / count
    hours, terabytes = factor * total / 3600, factor * size / 1e6
    print(f"| a million, on paper | {hours:.0f} hours | {terabytes:.1f} terabytes | |")


def precision():
    """Both heads, trained and tested on features of both precisions; speeds on images of their own."""
    kinds = ("float32", "mixed_bfloat16")
    print("| head | trained on | tested on float32 | tested on mixed_bfloat16 |\n|---|---|---|---|")
    for tap, images, train in (("block5_pool", 1024, train_dense), ("block2_pool", 1536, train_edges)):
        tests = [held_out(tap, kind) for kind in kinds]
        for kind in kinds:
            features, targets, _ = quiet_features(images, tap, precision=kind)
            head = train(features, targets)
            scores = " | ".join(f"{held_out_iou(head, *test):.4f}" for test in tests)
            print(f"| {train.__name__} | {kind} | {scores} |", flush=True)
    print()
    for tap in ("block5_pool", "block2_pool"):
        for kind in kinds:
            with tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder:
                seconds = quiet_features(256, tap, folder, kind)[2]
            print(f"{tap} {kind}: {256 / seconds:.1f} images/s")


def heads(images=512):
    """What half precision in the trunk does to the shipped heads, on images used for nothing else."""
    sequences = {name: untouched(scene, images) for name, scene in SCENES.items()}
    sequences["photographs"] = lu.PhotoSequence(lu.Photographs(labelled_photos()), 1)
    print("| head | images | float32 | mixed_bfloat16 | difference, 95 % interval |\n|---|---|---|---|---|")
    for name, sequence in sequences.items():
        head, scores = lu.load_localizer(name).layers[-1], []
        for kind in ("float32", "mixed_bfloat16"):
            features, targets = features_of(sequence, [tensor.name for tensor in head.inputs], kind)
            shown = ~np.isnan(targets[:, 0])
            batches = lu.FeatureSequence(features, np.zeros(len(targets)), batch_size=64, fixed=True)
            boxes = lu.decode_boxes(head.predict(batches, verbose=0), threshold=0)[shown]
            scores.append(lu.iou(lu.to_pil_rect(targets[shown]), boxes))
        full, half = scores
        low, high = lu.interval(half - full)
        means = (
            f"{full.mean():.4f} | {half.mean():.4f} | {(half - full).mean():+.4f} ({low:+.4f} to {high:+.4f})"
        )
        print(f"| {name} | {shown.sum()} | {means} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("growth", "speed", "heads", "precision"))
    {"growth": growth, "speed": speed, "heads": heads, "precision": precision}[parser.parse_args().what]()
