"""Write the tables of RESULTS.md and README.md: `python -m tools.results`, or `make results`.

A table stands between two comments, `<!-- NAME -->` and `<!-- /NAME -->`. What is between them is written by
the function of that name below, from what the tools measured and kept in assets/measured/. From the lessons
come the times in the README, and the links and the order of GLOSSARY.md.
"""

import json
import re
from pathlib import Path

import nbformat

from tools.course import LESSONS, PROJECT, lessons_in
from tools.files import write_text
from tools.race import NAMES as RACERS
from tools.race import table as race_table
from tools.record import MEASURED, recorded

BLOCK = re.compile(r"(?s)(<!-- ([a-z-]+) -->\n).*?(<!-- /\2 -->)")
HEADS = ("localization-1", "edges", "sprites", "backgrounds", "presence", "classes", "anything")
TAUGHT_IN = dict(zip(HEADS, (2, 7, 8, 9, 10, 11, 12)))
LARGER = (8192, 16_384, 32_768, 65_536, 1_000_000)  # images that were not measured


def table(header, rows):
    """A Markdown table of rows of texts."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def source(*names):
    """How the files of these names were measured, in a line."""
    found = [recorded(name) for name in names]
    each = {key: list(dict.fromkeys(one[key] for one in found)) for key in ("command", "date", "machine")}
    commands = each["command"]
    if len(commands) > 2:  # the same tool for each head
        tool = commands[0].split(" ")[2]
        commands = [f"python -m {tool} NAME"]
    precisions = dict.fromkeys(one["precision"] for one in found)
    parts = [", ".join(f"`{command}`" for command in commands), " and ".join(each["date"])]
    notes = dict.fromkeys(one["note"] for one in found if "note" in one)
    words = [*parts, *each["machine"], "trunk in " + " and ".join(precisions), *notes]
    return "\n*" + "; ".join(words) + ".*\n"


def lesson_link(number):
    (name,) = [name for name in LESSONS if name.startswith(f"{number:02}")]
    return f"[{number}](notebooks/{name}.ipynb)"


def mean(figures, key="mean IoU", within="interval"):
    """A mean and its interval."""
    numbers = [figures[key], *figures.get(within, [])]
    value, *ends = (f"{number:.3f}".replace("-0.000", "0.000") for number in numbers)
    return f"{value} ({' to '.join(ends)})" if ends else value


def share(figures, key):
    return f"{100 * figures[key]:.1f} %" if key in figures else ""


def heads():
    rows = []
    for name in HEADS:
        data = recorded(f"head-{name}")
        figures = data["figures"]
        rows.append(
            [f'`"{name}"`', lesson_link(TAUGHT_IN[name]), data["scene"], mean(figures)]
            + [f"{figures['median']:.3f}", share(figures, "exact"), f"{figures['constant box']:.2f}"]
            + [share(figures, "presence right"), share(figures, "class right")]
        )
    header = ["head", "lesson", "scene", "mean IoU", "median", "exact to the pixel", "constant box"]
    return table([*header, "presence right", "class right"], rows) + source(*(f"head-{n}" for n in HEADS))


def looks():
    rows = []
    for name in HEADS:
        figures = recorded(f"head-{name}")["figures"]
        for look in (2, 3):
            if f"mean IoU, look {look}" in figures:
                gain = mean(figures, f"gain, look {look}", f"gain, interval, look {look}")
                keys = ("mean IoU", f"mean IoU, look {look}", f"median, look {look}")
                means = [f"{figures[key]:.3f}" for key in keys]
                rows.append([f'`"{name}"`', look, *means, gain])
    return table(
        ["head", "looks", "mean IoU, first look", "last look", "its median", "gain of the mean"], rows
    )


def newness():
    data = recorded("newness")
    rows = [[what, mean(each), share(each, "presence right")] for what, each in data["figures"].items()]
    first = table(['`"anything"` on', "mean IoU", "presence right"], rows)
    costs = data["differences"].items()
    costs = [[f"unseen - seen photos, {of} stickers", mean(each, "mean")] for of, each in costs]
    return first + "\n" + table(["paired difference", "mean IoU"], costs) + source("newness")


PHOTO_ROWS = {
    "constant box": "constant box: the mean of all other boxes",
    "no label": '`"photographs"`, no label used',
    "no label, two looks": "the same, two looks",
    "40 labels": "the same, trained on 40 labels as well, one look",
    "no label, kinds among the cut-outs": "no label used, kinds that are among the cut-outs",
    "no label, other kinds": "no label used, kinds that it never saw",
    "no label - constant box": "gain: no label used, over the constant box",
    "40 labels - no label": "gain: 40 labels, over no label",
}


def photographs():
    data = recorded("photographs")
    rows = [
        [words, data["rows"][key]["photos"], mean(data["rows"][key])] for key, words in PHOTO_ROWS.items()
    ]
    rows.append(["two passes of labelling, each by the other", "", f"{data['agreement']:.3f}"])
    return table(["", "photos", "mean IoU"], rows) + source("photographs")


def airplanes():
    data = recorded("airplanes")
    rows = [
        [name, f"{row['mean IoU']:.3f}", f"{100 * row['above 0.9']:.0f} %", f"{row['skill']:.2f}"]
        for name, row in data["rows"].items()
    ]
    return table(["", "mean IoU", "IoU above 0.9", "skill"], rows) + source("airplanes")


def originals():
    """For each scene the original's recipe, that with its loss from logits, and this course's head."""
    rows, files = [], []
    for name in ("sprites", "backgrounds", "presence", "classes"):
        about = recorded(f"original-{name}")
        who = f"the original's part {about['part']}"
        names = {f"original-{name}": who, f"original-{name}-logits": f"{who}, its loss from logits"}
        names[f"head-{name}"] = f'this course, `"{name}"`'
        for file in (file for file in names if (MEASURED / f"{file}.json").is_file()):
            figures = recorded(file)["figures"]
            rights = [share(figures, key) for key in ("presence right", "class right")]
            rows.append([about["scene"], f"{about['passes']:,}", names[file], mean(figures), *rights])
            files += [file] * file.startswith("original")
    header = ["scene", "passes", "", "mean IoU where present", "presence right", "class right"]
    return table(header, rows) + source(*files)


def race():
    data = recorded("race")
    return race_table(data) + "\n" + source("race")


def compared():
    """What the original does, and what is done here, where both are numbers."""
    data, drawing = recorded("race"), recorded("drawing")["milliseconds"]
    last = [point[2] for point in data["original"][-8:]]  # two epochs of 32 steps, a point every eight
    ends = [f"{data[name][-1][0]:,}" for name in RACERS]
    dense, edge = (recorded(f"head-{name}")["figures"] for name in ("localization-1", "edges"))
    slow, fast = (drawing[name] for name in ("pixel by pixel, as the original", "WhiteRectangles"))
    rows = [
        ["images sent through the trunk to train", ends[0], f"{ends[1]}; edge head {ends[2]}"],
        ["held-out mean IoU", f"{min(last):.2f} to {max(last):.2f} over its last two epochs"]
        + [f"{dense['mean IoU']:.3f} with the same head; edge head {edge['mean IoU']:.3f}"],
        ["boxes exact to the pixel", f"{share(dense, 'exact')} (the same head, trained here)"]
        + [f"{share(edge, 'exact')} with the edge head"],
        ["drawing a batch of 32 images", f"{slow:.0f} ms, pixel by pixel", f"{fast:.1f} ms, by slices"],
    ]
    return table(["", "the original", "here"], rows) + source("race", "drawing")


def precision():
    rows = []
    for name, row in recorded("precision")["rows"].items():
        full, half, change = row["iou"]
        change, low, high = (signed(number) for number in (change, *row["interval"]))
        rows.append(
            [f'`"{name}"`', row["images"], f"{full:.4f}", f"{half:.4f}", f"{change} ({low} to {high})"]
        )
    return table(["head", "images", "float32", "bfloat16", "difference"], rows) + source("precision")


def signed(number):
    """A difference with four decimals and its sign, unless it rounds to 0."""
    text = f"{number:+.4f}"
    return text if float(text) else "0"


def speed():
    data = recorded("speed")
    rows = [[f"trunk, {name}", f"{rate:.1f}"] for name, rate in data["trunk"].items()]
    rows.append(["training of lesson 12's head on cached features", f"{data['head_in_training']:.0f}"])
    return table(["", "images a second and core"], rows) + source("speed")


def duration(seconds):
    for unit, size in (("hours", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def growth():
    data = recorded("growth")
    rows = []
    for row in data["rows"]:
        times = [duration(row[key]) for key in ("seconds", "processor_seconds")]
        sizes = [f"{row[key]:,.0f} MB" for key in ("memory_mb", "disk_mb")]
        rows.append([f"{row['images']:,}", row["processes"], *times, *sizes, "measured"])
    last = max((row for row in data["rows"] if row["processes"] == 1), key=lambda row: row["images"])
    for images in LARGER:
        factor = images / last["images"]
        times = [duration(factor * last[key]) for key in ("seconds", "processor_seconds")]
        disk = f"{factor * last['disk_mb'] / 1000:,.1f} GB"
        rows.append([f"{images:,}", 1, *times, f"{last['memory_mb']:,.0f} MB", disk, "estimated"])
    header = ["images", "processes", "time", "processor time", "memory of a process, at most", "disk", ""]
    return table(header, rows) + source("growth")


def gpu():
    data = recorded("gpu")
    rows = [
        [row["precision"], row["images_per_second"], f"{row['million_minutes']:.0f} min"]
        + [f"{row['million_gb']:,.0f} GB"]
        for row in data["rows"]
    ]
    header = ["trunk in", "images a second", "a million images", "their features"]
    return table(header, rows) + source("gpu")


def variety():
    data = json.loads((PROJECT / "assets" / "variety.json").read_text(encoding="utf-8"))
    rows = []
    for count, trainings in data["objects"].items():
        means = ", ".join(f"{each['mean_iou']:.3f}" for each in trainings)
        rows.append([count, means, ", ".join(share(each, "presence_right") for each in trainings)])
    gains = [
        [f"{pair} objects", f"{each['mean']:+.3f} ({each['interval'][0]:+.3f} to {each['interval'][1]:+.3f})"]
        for pair, each in data["differences"].items()
    ]
    first = table(["objects", "mean IoU of three trainings", "presence right"], rows)
    return first + "\n" + table(["paired difference", "mean IoU"], gains)


def ablation():
    data = json.loads((PROJECT / "assets" / "ablation.json").read_text(encoding="utf-8"))
    rows = []
    for name, trainings in data["heads"].items():
        means = ", ".join(f"{sum(photos) / len(photos):.3f}" for photos in trainings)
        gain = data["changes"].get(name)
        change = "{:+.3f} ({:+.3f} to {:+.3f})".format(gain["mean"], *gain["interval"]) if gain else ""
        rows.append([name, means, change])
    return table(["head", "mean IoU of three trainings", "change from the row above"], rows)


def summary():
    """The README's numbers: what a reader gets, next to the constant box."""
    white, new = (recorded(f"head-{name}")["figures"] for name in ("edges", "anything"))
    photos = recorded("photographs")["rows"]
    box = f"{photos['constant box']['mean IoU']:.2f}"
    rows = [
        ["white rectangles", lesson_link(7), f"{white['constant box']:.2f}", mean(white)],
        ["pasted objects it never saw, on new photos", lesson_link(12)]
        + [f"{new['constant box']:.2f}", mean(new)],
        ["real photographs, no label used", lesson_link(14), box, mean(photos["no label"])],
        ["the same, and 40 labels", lesson_link(14), box, mean(photos["40 labels"])],
    ]
    return table(["images, none of them seen in training", "lesson", "constant box", "mean IoU"], rows)


BLOCKS = (heads, looks, newness, ablation, variety, photographs, airplanes, originals, race, compared)
BLOCKS = {block.__name__: block for block in (*BLOCKS, precision, speed, growth, gpu, summary)}


def lesson_cells():
    """Path -> cells of each lesson."""
    return {path: nbformat.read(path, as_version=4).cells for path in lessons_in()}


TIME = r"\*\*Time:\*\* (half a|\d+)(?: minutes?)? on 2 cores(?: the first time, (half a|\d+))?"


def with_times(text):
    """The README with the time in each lesson's row that the lesson's first cell gives."""
    for path, cells in lesson_cells().items():
        first, later = re.search(TIME, cells[0].source).groups()
        words = f"{first} min" + (f", then {later}" if later else "")
        text = re.sub(rf"(?m)^(\| \[{path.stem}\]\(.*\|)[^|]*\|$", rf"\1 {words} |", text)
    return text


def first_lesson(word, lessons):
    """The path of the first lesson with a word: in its text or, if it is in no text, in its code."""
    pattern = rf"(?i)\b{re.escape(word)}"
    for kind in ("markdown", "code"):
        for path, cells in lessons.items():
            if any(cell.cell_type == kind and re.search(pattern, cell.source) for cell in cells):
                return path
    raise ValueError(f'GLOSSARY.md explains "{word}", which is in no lesson.')


def with_links(text):
    """The glossary with its words in the order of the lessons, each linked to the first that has it."""
    begin, lessons, rows = text.index("| ", text.index("|---")), lesson_cells(), []
    for word, meaning in re.findall(r"(?m)^\| (.+?) \| (.+) \| \S* ?\|$", text[begin:]):
        path = first_lesson(word, lessons)
        rows.append(f"| {word} | {meaning} | [{int(path.name[:2])}](notebooks/{path.name}) |\n")
    return text[:begin] + "".join(sorted(rows, key=lambda row: row.rsplit("(", 1)[1]))


def with_tables(text):
    """A document with its tables written again from what was measured."""
    return BLOCK.sub(lambda block: block[1] + block_of(block[2]) + block[3], text)


def block_of(name):
    """The table of a name, or a line that says which file it lacks."""
    try:
        return BLOCKS[name]()
    except FileNotFoundError as error:
        return f"*Not measured yet: there is no `assets/measured/{Path(error.filename).name}`.*\n"


DOCUMENTS = {
    "README.md": lambda text: with_times(with_tables(text)),
    "RESULTS.md": with_tables,
    "GLOSSARY.md": with_links,
}


def main():
    for name, written in DOCUMENTS.items():
        path = PROJECT / name
        write_text(path, written(path.read_text(encoding="utf-8")))
        print(f"{name} is up to date.")


if __name__ == "__main__":
    main()
