"""The shipped head on the project's own labelled photos: `python -m tools.measure photographs`.

Photos at even places of the sorted list chose the settings, those at odd places only measure. The tool prints
how far the two passes of labelling agree, the constant box, the head without any label, with one look and
two, on kinds that were among its cut-outs and on others, and the method of `tools.yours` with 40 labels.
"""

import csv

import numpy as np

import localization_utils as lu
from localization_utils.trunk import PROJECT
from tools import yours
from tools.measure import features_of

PHOTOS, CUTOUTS = PROJECT / "assets" / "photos", PROJECT / "assets" / "cutouts"
LABELS = 40


def labelled_photos(name="boxes"):
    """The project's photos with one object; `boxes-1` and `boxes-2` are the passes, `boxes` their mean."""
    return lu.read_annotations(PHOTOS / f"{name}.csv", PHOTOS / "objects")[0]


def kinds_of_cutouts():
    with open(CUTOUTS / "cutouts.csv", encoding="utf-8") as file:
        return {row["kind"] for row in csv.DictReader(file)}


def words(scores):
    """A mean with the interval that other photos would give it."""
    low, high = lu.interval(scores)
    return f"mean IoU {scores.mean():.3f} ({low:.3f} to {high:.3f}), {len(scores)} photos"


def with_labels(sequence, features, targets, measures):
    """Boxes `(photos, 4)` by heads trained on LABELS other photos each, in folds; NaN where not measured."""
    fold, photo = lu.folds(len(sequence), 5), sequence.labels()
    rows, rng = np.arange(0, len(targets), sequence.batch_size), np.random.default_rng(1)
    boxes = np.full((len(sequence), 4), np.nan)
    for k in range(5):
        chosen = rng.choice(np.flatnonzero(fold != k), LABELS, replace=False)
        head = yours.trained(features, targets, np.flatnonzero(np.isin(photo, chosen)))
        tested = (fold == k) & measures
        boxes[tested] = yours.found_by(head, features, rows[tested])
    return boxes[measures]


def photographs():
    """Measure and print."""
    first, second, labelled = map(labelled_photos, ("boxes-1", "boxes-2", "boxes"))
    agreement = lu.iou([item.box for item in first], [item.box for item in second])
    print(f"two passes of labelling agree: mean IoU {agreement.mean():.3f}, least {agreement.min():.2f}")
    measures = np.arange(len(labelled)) % 2 == 1
    head = yours.fresh_head()
    sequence = lu.PhotoSequence(lu.Photographs(labelled), yours.VERSIONS)
    features, targets = features_of(sequence, [tensor.name for tensor in head.inputs])
    rows = np.arange(0, len(targets), yours.VERSIONS)
    actual = lu.to_pil_rect(targets[rows])
    constant = lu.iou(actual, yours.constant_boxes(actual))[measures]
    found = yours.found_by(head, features, rows)
    scores = lu.iou(actual, found)[measures]
    known = np.array([item.kind in kinds_of_cutouts() for item in labelled])[measures]
    tested = [item.path for item, measure in zip(labelled, measures) if measure]
    twice = lu.predict_boxes(lu.load_localizer(yours.START), tested, looks=2)
    again = lu.iou([item.box for item, measure in zip(labelled, measures) if measure], twice)
    print(f"constant box: {words(constant)}")
    print(f"no label used: {words(scores)}; above the constant box: {words(scores - constant)}")
    print(f"  kinds among the cut-outs: {words(scores[known])}; others: {words(scores[~known])}")
    print(f"  two looks: {words(again)}")
    labels = lu.iou(actual[measures], with_labels(sequence, features, targets, measures))
    print(f"{LABELS} labels: {words(labels)}; gained by them: {words(labels - scores)}")
