"""The course's ladder as one picture, assets/ladder.png: `python -m tools.poster`.

Each step is a lesson's shipped head on its own scene: an image of middling quality, the one with the median
IoU, with its actual and its predicted box, and the mean IoU over 1,024 images of a seed used for nothing
else, beside that of the best constant box.
"""

import matplotlib.pyplot as plt
import numpy as np

import localization_utils as lu
from tools.course import PROJECT
from tools.files import whole
from tools.measure import asked, results

STEPS = {
    "localization-1": ("2", "a white rectangle", "four numbers"),
    "edges": ("7", "a white rectangle", "four edges"),
    "sprites": ("8", "an animal on black", "the right images"),
    "backgrounds": ("9", "an animal on a photo", "meaning and place"),
    "presence": ("10", "an animal, or nothing", "a mask"),
    "classes": ("11", "which animal, or nothing", "several heads"),
    "anything": ("12", "a thing never seen", "variety"),
}
BAR, CONSTANT = "#0072b2", "#d55e00"  # Okabe and Ito's blue and vermilion, for colour-blind readers too


def median_image(sequence, targets, answer):
    """The image whose IoU is the median one, with both boxes drawn."""
    shown = np.flatnonzero(~np.isnan(targets[:, 0]))
    actual = np.round(lu.to_pil_rect(targets[shown]))
    found = lu.decode_boxes(answer["box"] if isinstance(answer, dict) else answer)[shown]
    middle = np.argsort(lu.iou(actual, found), kind="stable")[len(shown) // 2]
    batch, row = divmod(shown[middle], sequence.batch_size)
    return lu.draw_boxes(sequence.draw(batch)[0][row], actual[middle], found[middle])


def step(figure, name):
    """One step: a heading, a picture, a bar."""
    lesson, scene, idea = STEPS[name]
    sequence, targets, answer = asked(name)
    figures = results(answer, targets, np.zeros(len(targets), int))
    picture, bar = figure.subplots(2, 1, height_ratios=(8, 1))
    picture.imshow(median_image(sequence, targets, answer))
    picture.set_axis_off()
    picture.set_title(f"lesson {lesson}: {scene}", fontsize=15)
    bar.barh(0, 1, color="0.9")
    bar.barh(0, figures["mean IoU"], color=BAR)
    bar.axvline(figures["constant box"], color=CONSTANT, linestyle="--", linewidth=3)
    bar.set_title(f"{idea}: IoU {figures['mean IoU']:.3f}", fontsize=15, fontweight="bold")
    bar.set(xlim=(0, 1), ylim=(-0.4, 0.4))
    bar.set_axis_off()
    print(f"{name}: {figures['mean IoU']:.3f} (constant box {figures['constant box']:.3f})", flush=True)


def legend(figure):
    """What the lines mean, in the place of an eighth step."""
    ax = figure.subplots()
    ax.plot([], [], color=lu.pictures.ACTUAL, linewidth=4, label="actual box")
    ax.plot([], [], "--", color=lu.pictures.PREDICTED, linewidth=4, label="predicted box")
    ax.plot([], [], color=BAR, linewidth=12, label="mean IoU, 1,024 images\nthe head never saw")
    ax.plot([], [], "--", color=CONSTANT, linewidth=3, label="the same box for all")
    ax.legend(loc="center", fontsize=15, frameon=False, labelspacing=1.2)
    ax.set_axis_off()


def main():
    figure = plt.figure(figsize=(16, 9), layout="constrained")
    *places, last = figure.subfigures(2, 4, hspace=0.03, wspace=0.02).flat
    for place, name in zip(places, STEPS):
        step(place, name)
    legend(last)
    with whole(PROJECT / "assets" / "ladder.png") as part:
        figure.savefig(part, dpi=100)


if __name__ == "__main__":
    main()
