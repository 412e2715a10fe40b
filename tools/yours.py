"""Train on your own labelled photos: `python -m tools.yours FOLDER`.

FOLDER holds photos and their labels, one object each: Pascal VOC, COCO, YOLO or CSV. The shipped head,
trained on cut-outs, is trained further on your labels. The tool prints how good that is, cross-validated:
the box of each photo is predicted, in one look and in two, by a head that never saw the photo. Next to it
stand the constant box and the shipped head without your labels. FOLDER/localization then holds the head
trained on all labels, a picture of the best, the median and the worst photos, and boxes for the photos
without a label, in the format of your labels.
"""

import argparse
import json
import sys
import zlib
from collections import Counter
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

import localization_utils as lu
from localization_utils.annotations.files import Problems, find_annotations
from tools.files import whole

START = "photographs"  # the shipped head that is trained further
VERSIONS, EPOCHS, PEAK, FOLDS, FEW = 6, 12, 1e-3, 5, 10
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".ppm")
TARGETS = {"voc": "boxes", "yolo": "boxes", "coco": "boxes.json", "csv": "boxes.csv"}


def labels_of(source, inclusive):
    """The labelled photos of a folder, one object each, and their form; prints what was left out."""
    form, _ = find_annotations(source, Problems())
    labelled, problems = lu.read_annotations(source, inclusive=inclusive)
    labelled, several = lu.one_each(labelled)
    print(*problems, *several, sep="\n", end="\n" if problems or several else "")
    readable = [item for item in labelled if _opens(item.path)]
    if len(readable) < 2:
        raise ValueError(f"{source} has {len(readable)} photos with one labelled object; label two or more.")
    kinds = Counter(item.kind for item in readable)
    print(f"{len(readable)} photos with one labelled object each ({form.upper()}).")
    if len(kinds) > 1:
        counted = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(5))
        print(f"{len(kinds)} kinds ({counted}): one head finds all of them; it predicts where, not which.")
    if len(readable) < FEW:
        print(f"Fewer than {FEW} labels: the numbers below are rough. Label {FEW} or more.")
    return readable, form


def _opens(path):
    """Whether a photo can be opened whole; prints a line if not."""
    try:
        lu.open_photo(path)
    except ValueError as error:
        print(f"{error} Left out.")
        return False
    return True


def unlabelled(folder, labelled):
    """The photos next to the labelled ones, and in the folder itself, that have no label."""
    folders = dict.fromkeys([folder, *(item.path.parent for item in labelled)])
    known = {item.path.resolve() for item in labelled}
    found = (path for each in folders for path in sorted(each.iterdir()) if path.suffix.lower() in SUFFIXES)
    return [path for path in found if path.resolve() not in known]


def fresh_head():
    return lu.load_localizer(START).layers[-1]


def trained(head, features, targets, rows):
    """`head`, trained on these rows from the shipped weights. One head for all folds is traced once."""
    head.set_weights(fresh_head().get_weights())
    return lu.train_edges(head, [tap[rows] for tap in features], targets[rows], EPOCHS, PEAK)


def found_by(head, features, rows):
    """Boxes `(n, 4)` in the square, of these rows."""
    parts = [[np.asarray(tap[rows[i : i + 32]]) for tap in features] for i in range(0, len(rows), 32)]
    return np.concatenate([lu.edges_to_boxes(np.asarray(head(part, training=False))) for part in parts])


def looked_twice(head, photos, boxes):
    """Boxes in the square, from a second, closer look: as `predict_boxes` does with `looks=2`."""
    trunk = lu.build_trunk(taps=[tensor.name for tensor in head.inputs])
    sizes = [lu.photo_size(photo) for photo in photos]
    model = keras.Model(trunk.input, head(trunk.output))
    return lu.to_square_pixels(lu.look_again(model, photos, lu.to_photo_pixels(boxes, sizes)), sizes)


def cross_validated(sequence, features, targets, photos, keep):
    """Boxes `(2, photos, 4)`, of one look and of two, by heads that never saw the photo.

    A finished fold is kept in `keep`, a folder.
    """
    photo, row = sequence.labels(), np.arange(0, len(targets), sequence.batch_size)
    fold = lu.folds(len(sequence), min(FOLDS, len(sequence)))
    boxes, head = np.zeros((2, len(sequence), 4)), fresh_head()
    settings = ["both looks", sequence.describe(), VERSIONS, EPOCHS, PEAK, START]
    key = zlib.crc32(json.dumps(settings, sort_keys=True).encode())
    for k in tqdm(range(fold.max() + 1), "folds", file=sys.stdout):
        path, tested = keep / f"fold-{key:08x}-{k}.npy", np.flatnonzero(fold == k)
        if not path.is_file():
            trained(head, features, targets, np.flatnonzero(fold[photo] != k))
            once = found_by(head, features, row[tested])
            twice = looked_twice(head, [photos[i] for i in tested], once)
            with whole(path) as part:
                np.save(part, [once, twice])
        boxes[:, fold == k] = np.load(path)
    return boxes


def constant_boxes(actual):
    """For each photo the mean box of all others `(n, 4)`, in the square."""
    return (actual.sum(axis=0) - actual) / (len(actual) - 1)


def report(actual, start, once, twice):
    """Print how good the boxes are, with an interval; gives each photo's IoU after two looks."""
    scores, before = lu.iou(actual, twice), lu.iou(actual, start)
    constant = lu.iou(actual, constant_boxes(actual))
    rows = {
        "constant box (the mean of your other boxes)": constant,
        "the head as it comes, without your labels": before,
        "trained on your labels, cross-validated": scores,
        "the same, in one look": lu.iou(actual, once),
    }
    for name, values in rows.items():
        print(f"{name:<45}mean IoU {values.mean():.3f}")
    half, nearly = ((scores > level).mean() for level in (0.5, 0.9))
    print(f"IoU above 0.5 for {half:.0%} of the photos, above 0.9 for {nearly:.0%}")
    for name, gain in {"over the constant box": scores - constant, "by your labels": scores - before}.items():
        low, high = lu.interval(gain)
        print(f"Gain {name} {gain.mean():.3f}, 95 % interval {low:.3f} to {high:.3f}")
    return scores


def picture(sequence, actual, found, scores, path):
    """Save the three best, the three about the median and the three worst photos with both boxes."""
    order = np.argsort(-scores, kind="stable")
    middle = max(0, len(order) // 2 - 1)
    chosen = [*order[:3], *order[middle : middle + 3], *order[-3:]]
    images = [lu.draw_boxes(sequence.draw(i)[0][0], actual[i], found[i]) for i in chosen]
    names = [f"IoU {scores[i]:.2f}" for i in chosen]
    figure = lu.show_gallery(images, names, inches=3, heading="Best, median and worst: yellow is your box")
    with whole(path) as part:
        figure.savefig(part)
    plt.close(figure)


def label_the_rest(model, photos, form, target):
    """Find a box in each photo and write them in the labels' own form; gives how many."""
    boxes, good = [], [path for path in photos if _opens(path)]
    for start in tqdm(range(0, len(good), 32), "photos without a label", file=sys.stdout):
        boxes += lu.predict_boxes(model, good[start : start + 32], looks=2).tolist()
    found = [lu.LabelledPhoto(path, tuple(box)) for path, box in zip(good, boxes)]
    if found:
        lu.write_annotations(found, target, form)
    return len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos and labels, or one file of labels")
    parser.add_argument("--inclusive", action="store_true", help="right and bottom are the last pixel inside")
    options = parser.parse_args()
    try:
        run(options.folder, options.inclusive)
    except (ValueError, OSError) as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "\nStopped. What was computed is kept: run the same command again to go on.\n")


def run(source, inclusive):
    folder = source if source.is_dir() else source.parent
    labelled, form = labels_of(source, inclusive)
    out = folder / "localization"
    out.mkdir(exist_ok=True)
    sequence = lu.PhotoSequence(lu.Photographs(labelled), VERSIONS)
    taps = [tensor.name for tensor in fresh_head().inputs]
    features, targets = lu.cached_features(sequence, taps)
    rows = np.arange(0, len(targets), VERSIONS)
    actual = lu.to_pil_rect(targets[rows])
    photos = [item.path for item in labelled]
    once, twice = cross_validated(sequence, features, targets, photos, out)
    start = looked_twice(fresh_head(), photos, found_by(fresh_head(), features, rows))
    scores = report(actual, start, once, twice)
    picture(sequence, actual, twice, scores, out / "best-median-worst.png")
    print("Training on all labels ...", flush=True)
    head = trained(fresh_head(), features, targets, np.arange(len(targets)))
    with whole(out / "head.keras") as part:
        head.save(part)
    model, target = lu.load_localizer(out / "head.keras"), TARGETS[form]
    count = label_the_rest(model, unlabelled(folder, labelled), form, out / target)
    for path in out.glob("fold-*.npy"):
        path.unlink()
    rest = f", {target} for {count} photos without a label" if count else ""
    print(f"{out} holds head.keras, best-median-worst.png{rest}.")
    print(f'Use it: lu.predict_boxes(lu.load_localizer("{out / "head.keras"}"), ["photo.jpg"], looks=2)')


if __name__ == "__main__":
    main()
