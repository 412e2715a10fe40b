"""The race: the original recipe and this course's, on one machine, to the same held-out IoU.

                               python -m tools.race           the course's recipes run whole; of the
                               original's 320 steps a few are timed, and the IoU over its steps is that of the
                               last full run (assets/measured/race.json) python -m tools.race --full    the
                               original's 320 steps run as well (half an hour on 2 cores)

Prints a table, and writes assets/measured/race.json and assets/race.png.
"""

import argparse
import tempfile
import time

import keras
import matplotlib.pyplot as plt
import numpy as np

import localization_utils as lu
from localization_utils.trunk import PROJECT
from tools.benchmark import draw_pixel_by_pixel
from tools.files import whole
from tools.lessons import taught
from tools.measure import features_of, untouched
from tools.record import record, recorded

PLOT = PROJECT / "assets" / "race.png"
LEVELS = (0.25, 0.44, 0.90, 0.99)
EVERY = 8  # steps of the original between two looks at the held-out images
TIMED_STEPS = 12
NAMES = {
    "original": "the original recipe",
    "dense": "same head, images looked at once",
    "edge": "edge head, trunk ends at block 2",
}


class OriginalSequence(keras.utils.PyDataset):
    """The original's generator: fresh random rectangles at every call, filled pixel by pixel."""

    def __init__(self, batches, seed):
        super().__init__()
        self.batches, self.rng = batches, np.random.default_rng(seed)

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        top, left = self.rng.integers(1, 222, (2, 32), endpoint=True)
        width = self.rng.integers(1, 223 - left, endpoint=True)
        height = self.rng.integers(1, 223 - top, endpoint=True)
        boxes = np.stack([top, left, height, width], axis=1)
        images = draw_pixel_by_pixel(boxes) / np.float32(255)
        return images, 1 / (1 + np.exp(-(boxes / np.float32(112) - 1)))


class Looks(keras.callbacks.Callback):
    """Measures the head on the held-out features every few steps; the clock stops meanwhile."""

    def __init__(self, held_out):
        super().__init__()
        self.features, self.boxes = held_out
        self.curve, self.ends, self.looking = [], [], 0.0

    def on_train_begin(self, logs=None):
        tap = keras.Input(self.features.shape[1:])
        layers = [self.model.get_layer(name) for name in ("flatten", "box")]
        self.head = keras.Sequential([tap, *layers])
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        begin = time.perf_counter()
        self.ends.append(begin - self.start - self.looking)
        if len(self.ends) % EVERY == 0:
            score = held_out_iou(self.head, self.features, self.boxes)
            self.curve.append([32 * len(self.ends), round(self.ends[-1], 1), score])
            self.looking += time.perf_counter() - begin


def held_out_iou(head, features, boxes):
    """Mean IoU of a head's boxes, to four decimals."""
    asked = lu.FeatureSequence(features, boxes, batch_size=64, fixed=True)
    predicted = lu.decode_boxes(head.predict(asked, verbose=0))
    return round(float(lu.iou(boxes, predicted).mean()), 4)


def original(held_out, steps, epochs):
    """The original's `fit`; gives its curve `[passes, seconds, IoU]` and the seconds for a step."""
    keras.utils.set_random_seed(1)
    model = lu.build_localization_model()
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    looks = Looks(held_out)
    model.fit(OriginalSequence(steps, seed=3), epochs=epochs, callbacks=[looks], verbose=2)
    return looks.curve, float(np.median(np.diff(looks.ends)))


def ours(tap, counts, train, held_out):
    """Train a head on the first n images of one growing cache, for each n; times start from nothing."""
    curve, looked = [], 0.0
    with tempfile.TemporaryDirectory(dir=PROJECT / "build") as folder:
        for count in counts:
            start = time.perf_counter()
            sequence = lu.LocalizationSequence(batches=count // 32, seed=1, fixed=True)
            features, targets = features_of(sequence, tap, folder=folder)
            looked += time.perf_counter() - start
            start = time.perf_counter()
            head = train(features, targets)
            seconds = looked + time.perf_counter() - start
            curve.append([count, round(seconds, 1), held_out_iou(head, *held_out)])
            print(f"{tap}: {count} images, {seconds:.0f} s, IoU {curve[-1][2]:.3f}", flush=True)
            del features
    return curve


def train_dense(features, targets):
    """Lesson 2's head and recipe."""
    keras.utils.set_random_seed(1)
    epochs = 50
    rate = keras.optimizers.schedules.CosineDecay(1e-4, epochs * len(features) // 32)
    inputs = keras.Input(features.shape[1:])
    head = keras.Model(inputs, lu.dense_head(inputs))
    head.compile(keras.optimizers.AdamW(rate, weight_decay=30), "binary_crossentropy")
    head.fit(features, targets, batch_size=32, epochs=epochs, verbose=0)
    return head


def train_edges(features, targets):
    """Lesson 7's head and recipe; fewer images get more epochs, at least 240 steps in all."""
    names = ["edges_of_profile", "edge_head", "train_head"]
    train_head = taught("07", names, targets=targets)[-1]
    epochs = max(10, 240 * 32 // len(targets))
    return train_head(features, len(targets), epochs, lu.EdgeLoss())[0]


def held_out(tap, precision="float32"):
    """Features and boxes of 1,024 images of a seed used for nothing else."""
    features, targets = features_of(untouched(lu.WhiteRectangles()), tap, precision)
    return features, np.round(lu.to_pil_rect(targets))


def first(curve, level):
    """The first point `[passes, seconds, IoU]` of a curve at or above a level, or None."""
    return next((point for point in curve if point[2] >= level), None)


def table(race):
    """The race as a Markdown table."""
    measured = "measured" if race["original_measured"] else "320 steps extrapolated"
    heads = [NAMES["original"] + f" ({measured})", NAMES["dense"], NAMES["edge"]]
    lines = ["| mean IoU reached | " + " | ".join(heads) + " |", "|---|---|---|---|"]
    for level in (*LEVELS, None):
        points = [first(race[k], level) if level else race[k][-1] for k in NAMES]
        cells = [f"{p[0]:,} passes, {p[1]:,.0f} s" if p else "not reached" for p in points]
        if level is None:
            cells = [f"{p[2]:.3f} ({cell})" for p, cell in zip(points, cells)]
        lines.append(f"| {f'{level:.2f}' if level else 'at the end'} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(race):
    """IoU over trunk passes, one line a recipe."""
    figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
    styles = {
        "original": ("0.35", "-", ""),
        "dense": ("tab:orange", "--", "o"),
        "edge": ("tab:blue", "-", "s"),
    }
    for name, (colour, line, marker) in styles.items():
        passes, _, scores = zip(*race[name])
        axis.plot(passes, scores, line, color=colour, marker=marker, linewidth=2, label=NAMES[name])
    axis.set(xscale="log", ylim=(0, 1.02), xlabel="images sent through the trunk", ylabel="held-out mean IoU")
    axis.set_xticks([32, 100, 320, 1024, 3200, 10240], ["32", "100", "320", "1,024", "3,200", "10,240"])
    axis.minorticks_off()
    axis.set_title("The same trunk, the same rectangles: what a pass through the trunk buys")
    axis.grid(alpha=0.3)
    axis.legend(loc="center right", bbox_to_anchor=(1, 0.74))
    with whole(PLOT) as part:
        figure.savefig(part, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--full", action="store_true", help="run all of the original's 320 steps")
    full = parser.parse_args().full
    (PROJECT / "build").mkdir(exist_ok=True)
    block5, block2 = held_out("block5_pool"), held_out("block2_pool")
    if full:
        curve, step = original(block5, 32, epochs=10)
    else:
        known = recorded("race")["original"]
        _, step = original(block5, TIMED_STEPS, epochs=1)
        curve = [[passes, round(passes / 32 * step, 1), score] for passes, _, score in known]
    race = {
        "original_measured": full,
        "seconds_of_an_original_step": round(step, 2),
        "original": curve,
        "dense": ours("block5_pool", (64, 128, 256, 512, 1024), train_dense, block5),
        "edge": ours("block2_pool", (32, 64, 128, 256, 512, 1536), train_edges, block2),
    }
    record("race", "python -m tools.race" + (" --full" if full else ""), **race)
    plot(race)
    print(f"\none step of the original: {step:.2f} s\n\n{table(race)}")


if __name__ == "__main__":
    main()
