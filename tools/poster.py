"""The steps of the course in one picture, assets/ladder.png: `python -m tools.poster`.

Each step is a lesson's shipped head on its own scene: an image with its actual and its predicted box, and the
mean IoU next to that of a constant box, as `tools.measure` recorded them. The image has the median IoU of the
first 256 that were measured; for the head `photographs`, of the labelled photos that only measure.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

import localization_utils as lu
from tools.course import PROJECT
from tools.files import whole
from tools.measure import asked, features_of
from tools.photographs import labelled_photos
from tools.record import recorded

STEPS = {
    "localization-1": ("2", "a white rectangle", "four numbers"),
    "edges": ("7", "a white rectangle", "four edges"),
    "sprites": ("8", "an animal on black", "the right images"),
    "backgrounds": ("9", "an animal on a photo", "meaning and place"),
    "presence": ("10", "an animal, or nothing", "a mask"),
    "classes": ("11", "which animal, or nothing", "several heads"),
    "anything": ("12", "an object never seen", "variety"),
    "photographs": ("14", "a real photograph", "cut-outs, no label"),
}
BAR, CONSTANT = "#0072b2", "#d55e00"  # Okabe and Ito's blue and vermilion, for colour-blind readers too


def asked_photographs():
    """As `asked`, for the labelled photos that no training and no choice of a setting has seen."""
    head = lu.load_localizer("photographs").layers[-1]
    sequence = lu.PhotoSequence(lu.Photographs(labelled_photos()[1::2]), 1)
    features, targets = features_of(sequence, [tensor.name for tensor in head.inputs])
    return sequence, targets, head.predict([np.asarray(tap) for tap in features], verbose=0)


def median_image(sequence, targets, answer):
    """The image whose IoU is the median one, with both boxes drawn."""
    shown = np.flatnonzero(~np.isnan(targets[:, 0]))
    actual = np.round(lu.to_pil_rect(targets[shown]))
    found = lu.decode_boxes(answer["box"] if isinstance(answer, dict) else answer)[shown]
    middle = np.argsort(lu.iou(actual, found), kind="stable")[len(shown) // 2]
    batch, row = divmod(shown[middle], sequence.batch_size)
    return lu.draw_boxes(sequence.draw(batch)[0][row], actual[middle], found[middle])


def means_of(name):
    """The mean IoU of a head and of the constant box, as `tools.measure` recorded them."""
    if name == "photographs":
        rows = recorded(name)["rows"]
        return rows["no label"]["mean IoU"], rows["constant box"]["mean IoU"]
    figures = recorded(f"head-{name}")["figures"]
    return figures["mean IoU"], figures["constant box"]


def step(figure, name):
    """One step: a heading, a picture, a bar."""
    lesson, scene, idea = STEPS[name]
    sequence, targets, answer = asked_photographs() if name == "photographs" else asked(name, images=256)
    score, constant = means_of(name)
    picture, bar = figure.subplots(2, 1, height_ratios=(8, 1))
    picture.imshow(median_image(sequence, targets, answer))
    picture.set_axis_off()
    picture.set_title(f"lesson {lesson}: {scene}", fontsize=15)
    bar.barh(0, 1, color="0.9")
    bar.barh(0, score, color=BAR)
    bar.axvline(constant, color=CONSTANT, linestyle="--", linewidth=3)
    bar.set_title(f"{idea}: IoU {score:.3f}", fontsize=15, fontweight="bold")
    bar.set(xlim=(0, 1), ylim=(-0.4, 0.4))
    bar.set_axis_off()
    print(f"{name}: {score:.3f} (constant box {constant:.3f})", flush=True)


def legend(figure):
    """What the lines mean, in one row below all steps."""
    lines = {
        "actual box": {"color": lu.pictures.ACTUAL, "linewidth": 4},
        "predicted box": {"color": lu.pictures.PREDICTED, "linewidth": 4, "linestyle": "--"},
        "mean IoU, on images the head never saw": {"color": BAR, "linewidth": 12},
        "mean IoU of the same box for all": {"color": CONSTANT, "linewidth": 3, "linestyle": "--"},
    }
    handles = [Line2D([], [], label=label, **style) for label, style in lines.items()]
    figure.legend(handles=handles, loc="center", ncols=4, fontsize=15, frameon=False)


def main():
    figure = plt.figure(figsize=(16, 9.4), layout="constrained")
    whole_page, strip = figure.subfigures(2, 1, height_ratios=(24, 1))
    for place, name in zip(whole_page.subfigures(2, 4, hspace=0.03, wspace=0.02).flat, STEPS):
        step(place, name)
    legend(strip)
    with whole(PROJECT / "assets" / "ladder.png") as part:
        figure.savefig(part, dpi=100)


if __name__ == "__main__":
    main()
