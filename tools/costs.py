"""What more images cost, and what half precision changes.

python -m tools.costs growth      seconds, bytes and memory of the feature cache for 512 to 4,096 images, by
                                  one process and by two that share the work, and what more would take
python -m tools.costs speed       images a second and core through the trunk, by Keras' layers and the fast
                                  way, and through the training of lesson 12's head; set
                                  TF_ENABLE_ONEDNN_OPTS=0 to see them without oneDNN
python -m tools.costs heads       every shipped head on the same images, its features in float32 and in
                                  mixed_bfloat16: mean IoU of both, and the difference
python -m tools.costs images      lesson 2's head on 1,024, 4,096 and 16,384 images: mean IoU on images
                                  that it has learned from and on held-out ones (mixed_bfloat16)
python -m tools.costs precision   trunk in float32 and in mixed_bfloat16: images/s, and the held-out IoU of
                                  heads trained and tested on the features of either

All but the last two write what they measured to assets/measured/.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from functools import partial

import keras
import numpy as np

import localization_utils as lu
from localization_utils.engine.winograd import fast_trunk
from localization_utils.trunk import PROJECT
from tools import yours
from tools.lessons import taught
from tools.measure import SCENES, features_of
from tools.photographs import labelled_photos
from tools.race import held_out, held_out_iou, train_dense, train_edges
from tools.record import record

COUNTS, BY_TWO = (512, 1024, 4096), (4096,)
MORE_COUNTS = (1024, 4096, 16384)
TAP = "block5_pool"
PART = """
import json, resource, sys, time
import localization_utils as lu
images, tap, folder, part, parts = json.loads(sys.argv[1])
before = time.process_time()
sequence, start = lu.LocalizationSequence(batches=images // 32, seed=1), time.perf_counter()
lu.compute_features(sequence, tap, folder=folder, share=(part, parts))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([time.perf_counter() - start, time.process_time() - before, used.ru_maxrss / 1000]))
"""


def quiet_features(images, tap, folder=None, precision="float32"):
    """The features of the first images of seed 1, without a progress bar; and the seconds it took."""
    sequence, start = lu.LocalizationSequence(batches=images // 32, seed=1), time.perf_counter()
    found = features_of(sequence, tap, precision, folder)
    return *found, time.perf_counter() - start


def images_a_second(call, images):
    """How many images a call gets through in a second of one core, after a first call.

    The time is that of the processor, all threads together: other programs on the machine hardly change it.
    """
    call()
    start = time.process_time()
    call()
    return images / (time.process_time() - start)


def speed(images=64):
    """The trunk, and one epoch of lesson 12's head on its features, on images of noise."""
    x = np.random.default_rng(1).random((images, 224, 224, 3), np.float32)
    (taps,) = taught("12", ["TAPS"])
    full, half = (lu.build_trunk(taps=taps, precision=kind) for kind in ("float32", "mixed_bfloat16"))
    ways = {
        "float32, Keras' layers": partial(full.predict, verbose=0),
        "float32, Winograd's way": fast_trunk(full),
        "mixed_bfloat16, Keras' layers": partial(half.predict, verbose=0),
    }
    features, rates = [], {}
    for name, call in ways.items():
        rates[name] = images_a_second(lambda call=call: features.append(call(x)), images)
        print(f"trunk, all taps, {name}: {rates[name]:.1f} images/s", flush=True)
    print(f"chosen here: {lu.settings.chosen_precision()}")
    _, build_head = taught("12", ["look_around", "build_head"], features=features[0])
    head = build_head("head")
    head.compile(keras.optimizers.AdamW(), {"box": lu.EdgeLoss(), "presence": "binary_crossentropy"})
    batches = lu.FeatureSequence(features[0], lu.named_targets(np.full((images, 4), 0.5, "float32"))[0])
    rate = images_a_second(lambda: head.fit(batches, verbose=0), images)
    print(f"head of lesson 12, in training: {rate:.0f} images/s, each of one core")
    record("speed", "python -m tools.costs speed", trunk=rates, head_in_training=rate)


def filled(images, processes):
    """Fill a new cache by so many processes at once.

    Gives the seconds, the processors' seconds of all together, the most memory of one (MB), and MB on disk.
    """
    with tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder:
        asked = [json.dumps([images, TAP, folder, part, processes]) for part in range(processes)]
        commands = [[sys.executable, "-c", PART, each] for each in asked]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
        found = [json.loads(each.communicate()[0].splitlines()[-1]) for each in running]
        features, _ = features_of(lu.LocalizationSequence(batches=images // 32, seed=1), TAP, folder=folder)
        size = features.nbytes / 1e6
        del features
    seconds, busy, peak = zip(*found)
    return max(seconds), sum(busy), max(peak), size


def growth():
    """Each size from nothing, in processes of its own; loading the trunk counts, importing TensorFlow not."""
    keys = ("images", "processes", "seconds", "processor_seconds", "memory_mb", "disk_mb")
    print(f"{TAP}\n\n| {' | '.join(keys)} |\n" + "|---" * len(keys) + "|")
    rows = []
    for images, processes in [*((count, 1) for count in COUNTS), *((count, 2) for count in BY_TWO)]:
        rows.append(dict(zip(keys, (images, processes, *filled(images, processes)))))
        print(f"| {' | '.join(f'{value:,.0f}' for value in rows[-1].values())} |", flush=True)
    record("growth", "python -m tools.costs growth", tap=TAP, rows=rows)


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


def images():
    """What more images give lesson 2's head: mean IoU on images that it has learned from and on others."""
    tests, tested = held_out("block5_pool", "mixed_bfloat16")
    print("| images | on 1,024 of them | on 1,024 held-out ones |\n|---|---|---|")
    for count in MORE_COUNTS:
        features, targets, _ = quiet_features(count, "block5_pool", precision="mixed_bfloat16")
        learned, boxes = features[:1024], np.round(lu.to_pil_rect(targets[:1024]))
        head = train_dense(features, targets)
        scores = f"{held_out_iou(head, learned, boxes):.2f} | {held_out_iou(head, tests, tested):.2f}"
        print(f"| {count:,} | {scores} |", flush=True)


def held_out_images():
    """For each shipped head a sequence of the lessons' held-out images, and how many rows of it to skip."""
    found = {}
    for name, scene in SCENES.items():
        batches = 8 if getattr(scene, "photos", ()) else 16
        found[name] = lu.LocalizationSequence(batches=batches, scene=scene, seed=2, fixed=True), 1
    photographs = lu.Photographs(labelled_photos())
    return found | {"photographs": (lu.PhotoSequence(photographs, yours.VERSIONS), yours.VERSIONS)}


def heads():
    """What half precision in the trunk does to the shipped heads, on images that none was trained on."""
    print("| head | images | float32 | mixed_bfloat16 | difference, 95 % interval |\n|---|---|---|---|---|")
    rows = {}
    for name, (sequence, step) in held_out_images().items():
        head, scores = lu.load_localizer(name).layers[-1], []
        for kind in ("float32", "mixed_bfloat16"):
            features, targets = features_of(sequence, [tensor.name for tensor in head.inputs], kind)
            features, targets = [tap[::step] for tap in features], targets[::step]
            shown = ~np.isnan(targets[:, 0])
            batches = lu.FeatureSequence(features, np.zeros(len(targets)), batch_size=32, fixed=True)
            boxes = lu.decode_boxes(head.predict(batches, verbose=0), threshold=0)[shown]
            scores.append(lu.iou(lu.to_pil_rect(targets[shown]), boxes))
        full, half = scores
        low, high = lu.interval(half - full)
        means = [each.mean() for each in (full, half, half - full)]
        rows[name] = {"images": shown.sum(), "iou": means, "interval": [low, high]}
        cells = "{:.4f} | {:.4f} | {:+.4f}".format(*means)
        print(f"| {name} | {shown.sum()} | {cells} ({low:+.4f} to {high:+.4f}) |", flush=True)
    record("precision", "python -m tools.costs heads", rows=rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("growth", "speed", "heads", "images", "precision"))
    globals()[parser.parse_args().what]()
