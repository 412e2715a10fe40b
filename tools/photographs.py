"""The shipped head on the project's own labelled photos: `python -m tools.measure photographs`.

Photos at even places of the sorted list chose the settings; those at odd places only measure. The tool prints
how well the two passes of labelling agree, and the mean IoU of the constant box, of the head without any
label (in one look and in two, on kinds that were among its cut-outs and on others), and of the method of
`tools.yours` with 40 labels.
"""

import csv

import numpy as np

import localization_utils as lu
from localization_utils.trunk import PROJECT
from tools import yours
from tools.measure import features_of
from tools.record import record

PHOTOS, CUTOUTS = PROJECT / "assets" / "photos", PROJECT / "assets" / "cutouts"
LABELS = 40


def labelled_photos(name="boxes"):
    """The course's photos with one object; `boxes-1` and `boxes-2` are the two passes, `boxes` their mean."""
    return lu.read_annotations(PHOTOS / f"{name}.csv", PHOTOS / "objects")[0]


def kinds_of_cutouts():
    with open(CUTOUTS / "cutouts.csv", encoding="utf-8") as file:
        return {row["kind"] for row in csv.DictReader(file)}


def worth(what, scores):
    """Print a mean with the interval that other photos would give it; gives both as a dict."""
    low, high = lu.interval(scores)
    print(f"{what}: mean IoU {scores.mean():.3f} ({low:.3f} to {high:.3f}), {len(scores)} photos", flush=True)
    return {"photos": len(scores), "mean IoU": scores.mean(), "interval": [low, high]}


def with_labels(sequence, features, targets, measures):
    """Boxes `(photos, 4)` by heads trained on LABELS other photos each, in folds; NaN where not measured."""
    fold, photo = lu.folds(len(sequence), 5), sequence.labels()
    rows, rng = np.arange(0, len(targets), sequence.batch_size), np.random.default_rng(1)
    boxes, head = np.full((len(sequence), 4), np.nan), yours.fresh_head()
    for k in range(5):
        chosen = rng.choice(np.flatnonzero(fold != k), LABELS, replace=False)
        yours.trained(head, features, targets, np.flatnonzero(np.isin(photo, chosen)))
        tested = (fold == k) & measures
        boxes[tested] = yours.found_by(head, features, rows[tested])
    return boxes[measures]


def scores_by_answer(sequence, labelled, measures):
    """IoU of each measured photo: of the constant box, and of the head with one look, two, and labels."""
    head = yours.fresh_head()
    features, targets = features_of(sequence, [tensor.name for tensor in head.inputs])
    rows = np.arange(0, len(targets), yours.VERSIONS)
    actual = lu.to_pil_rect(targets[rows])
    tested = [item for item, measure in zip(labelled, measures) if measure]
    twice = lu.predict_boxes(lu.load_localizer(yours.START), [item.path for item in tested], looks=2)
    return {
        "constant box": lu.iou(actual, yours.constant_boxes(actual))[measures],
        "no label": lu.iou(actual, yours.found_by(head, features, rows))[measures],
        "no label, two looks": lu.iou([item.box for item in tested], twice),
        f"{LABELS} labels": lu.iou(actual[measures], with_labels(sequence, features, targets, measures)),
    }


def photographs():
    """Measure, print and record."""
    first, second, labelled = map(labelled_photos, ("boxes-1", "boxes-2", "boxes"))
    agreement = lu.iou([item.box for item in first], [item.box for item in second])
    print(f"two passes of labelling agree: mean IoU {agreement.mean():.3f}, least {agreement.min():.2f}")
    measures = np.arange(len(labelled)) % 2 == 1
    sequence = lu.PhotoSequence(lu.Photographs(labelled), yours.VERSIONS)
    scores = scores_by_answer(sequence, labelled, measures)
    known = np.array([item.kind in kinds_of_cutouts() for item in labelled])[measures]
    rows = {what: worth(what, each) for what, each in scores.items()}
    rows["no label, kinds among the cut-outs"] = worth("kinds among the cut-outs", scores["no label"][known])
    rows["no label, other kinds"] = worth("other kinds", scores["no label"][~known])
    gains = {"no label - constant box": scores["no label"] - scores["constant box"]}
    gains[f"{LABELS} labels - no label"] = scores[f"{LABELS} labels"] - scores["no label"]
    rows |= {what: worth(what, each) for what, each in gains.items()}
    record("photographs", "python -m tools.measure photographs", agreement=agreement.mean(), rows=rows)
