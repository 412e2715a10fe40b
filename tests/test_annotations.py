"""Annotations there and back, every fault in one line, and what other readers make of our files."""

import csv
import json
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras.utils import bounding_boxes
from PIL import Image

from localization_utils.annotations import LabelledPhoto, one_each, read_annotations, write_annotations

TARGETS = {"voc": "annotations", "yolo": "labels", "coco": "boxes.json", "csv": "boxes.csv"}
FORMS = sorted(TARGETS)
WIDTH, HEIGHT = 100, 80
GOOD, OTHER = (10.0, 20.0, 60.5, 70.0), (1.0, 2.0, 30.0, 40.0)
AIRPLANES = Path(__file__).parents[2] / "shared" / "airplanes"


def photo(path, size=(WIDTH, HEIGHT), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    for name in ("good.png", "bad.png"):
        photo(tmp_path / name)
    return tmp_path


@st.composite
def boxes(draw, width=WIDTH, height=HEIGHT):
    """`xyxy` boxes inside the photo, many with fractions: thousandths of a pixel, reaching beyond 1, 1."""
    left, right = sorted(draw(st.tuples(*[st.floats(0, width) | st.integers(0, width)] * 2)))
    top, bottom = sorted(draw(st.tuples(*[st.floats(0, height) | st.integers(0, height)] * 2)))
    right, bottom = min(width, max(right, left + 0.5, 1.5)), min(height, max(bottom, top + 0.5))
    return tuple(
        round(float(v), 3) for v in (min(left, right - 0.25), min(top, bottom - 0.25), right, bottom)
    )


LETTERS = st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="/\\\0")
KINDS = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
NAMES = ["a.png", "two words.png", "ünïcode 写真.png", "comma, semicolon; 'quote'.png", "v1.2.png", "0.png"]
OBJECTS = st.tuples(st.sampled_from(NAMES), boxes(), KINDS)
ROWS = st.lists(OBJECTS, min_size=1, max_size=8, unique_by=lambda row: row[:2])


@pytest.mark.parametrize("form", FORMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ROWS)
def test_what_is_written_is_read(tmp_path, form, rows):
    paths = {name: tmp_path / name for name in NAMES}
    for path in paths.values():
        path.exists() or photo(path)
    labelled = [LabelledPhoto(paths[name], box, kind) for name, box, kind in rows]
    write_annotations(labelled, tmp_path / TARGETS[form], form)
    again, problems = read_annotations(tmp_path / TARGETS[form])
    again, labelled = sorted(again), sorted(labelled)
    assert problems == []
    assert [(item.path, item.kind) for item in again] == [(item.path, item.kind) for item in labelled]
    error = np.abs(np.array([item.box for item in again]) - [item.box for item in labelled]).max()
    assert error < 1e-9 if form == "coco" else error == 0


# Faults. Each is a function of the folder; it writes annotations with one good object, and one fault.


def voc(bad, name="bad.xml", good=True, size="", start="<annotation>", declare=""):
    def write(folder):
        box = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>60.5</xmax><ymax>70</ymax></bndbox>"
        (folder / "good.xml").write_text(f"<annotation><object>{box}</object></annotation>")
        end = "</annotation>" if start else ""
        (folder / name).write_text(f"{declare}{start}<filename>bad.png</filename>{size}{bad}{end}")
        return folder

    return write


def voc_box(*numbers, **more):
    edges = "".join(f"<{e}>{n}</{e}>" for e, n in zip(("xmin", "ymin", "xmax", "ymax"), numbers))
    return voc(f"<object><name>cat</name><bndbox>{edges}</bndbox></object>", **more)


def coco(change=None, **bad):
    def write(folder):
        images = [{"id": i, "file_name": f"{n}.png"} for i, n in enumerate(("good", "bad", "gone"))]
        bad_one = {"image_id": 1, "category_id": 7, "bbox": [1, 2, 29, 38], **bad}
        good_one = {"image_id": 0, "category_id": 7, "bbox": [10, 20, 50.5, 50]}
        data = {
            "images": images,
            "categories": [{"id": 7, "name": "cat"}],
            "annotations": [bad_one, good_one],
        }
        if change:
            change(data)
        (folder / "boxes.json").write_text(json.dumps(data))
        return folder

    return write


def yolo(bad, name="bad.txt"):
    def write(folder):
        (folder / "classes.txt").write_text("cat\ndog\n")
        (folder / "good.txt").write_text("0 0.3525 0.5625 0.505 0.625\n")
        (folder / name).write_text(bad)
        return folder

    return write


def table(bad, header="", good="good.png,10,20,60.5,70"):
    def write(folder):
        content = f"{header}{good}\n{bad}\n"
        (folder / "boxes.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


def raw(name, content):
    """One more file next to good annotations in VOC, or a file alone."""

    def write(folder):
        (folder / name).write_bytes(content)
        return folder / name

    return write


def then(write, change):
    """Annotations, and then a change to their folder."""

    def both(folder):
        write(folder)
        change(folder)
        return folder

    return both


def twice(file):
    text = file.read_text()
    item = text[text.index("<object>") : text.index("</annotation>")]
    file.write_text(text.replace(item, item + item))


LAUGHS = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>'
TF = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
TF_GOOD = "good.png,100,80,cat,10,20,60.5,70"
FAULTS = {  # what the line must hold
    "voc no height": (voc_box(1, 2, 30, 2), "bad.xml, object 1: no width or no height: 1, 2, 30, 2;"),
    "voc swapped": (
        voc_box(30, 2, 1, 40),
        "swapped (if these are width and height, name the columns so): 30, 2,",
    ),
    "voc clipped": (voc_box(50, 2, 130, 40), "partly outside the photo: 50, 2, 130, 40 in 100 x 80; clipped"),
    "voc outside": (voc_box(101, 2, 130, 40), "outside the photo: 101, 2, 130, 40 in 100 x 80; left out."),
    "voc word": (voc_box(1, "two", 30, 40), "not four finite numbers: '1', 'two', '30', '40'; left out."),
    "voc no edge": (voc_box(1, 2, 30), "bad.xml, object 1: not four finite numbers: '1', '2', '30', None;"),
    "voc no box": (voc("<object><name>cat</name></object>"), "bad.xml, object 1: not four finite"),
    "voc no object": (voc(""), "bad.xml: no object in it; left out."),
    "voc broken": (voc("<object>"), "bad.xml: not Pascal VOC that can be read: mismatched tag"),
    "voc empty": (then(voc_box(), lambda f: (f / "bad.xml").write_text("")), "bad.xml: not Pascal VOC that"),
    "voc other root": (voc("", start="", declare="<svg>"), "bad.xml: not Pascal VOC that can be read"),
    "voc laughs": (voc_box(1, 2, 30, 40, declare=LAUGHS), "not Pascal VOC that can be read: it declares"),
    "voc other size": (
        voc_box(1, 2, 30, 40, size="<size><width>80</width><height>100</height></size>"),
        "bad.xml: states a size that is not the photo's: 80 x 100, not 100 x 80; the photo's is taken",
    ),
    "voc no photo": (
        then(voc_box(1, 2, 30, 40), lambda f: (f / "bad.png").unlink()),
        "bad.xml: photo not found",
        "'bad.png'",
    ),
    "voc bad photo": (
        then(voc_box(1, 2, 30, 40), lambda f: (f / "bad.png").write_text("no")),
        "bad.xml: photo cannot",
        "bad.png",
    ),
    "voc twice": (
        then(voc_box(1, 2, 30, 40), lambda f: twice(f / "bad.xml")),
        "bad.xml, object 2: the same box in the same photo again: 1, 2, 30, 40; left out.",
    ),
    "coco no width": (coco(bbox=[1, 2, 0, 5]), "annotation 1, bad.png: no width or no height: 1, 2, 0, 5;"),
    "coco negative": (coco(bbox=[1, 2, -3, 5]), "no width or no height: 1, 2, -3, 5; left out."),
    "coco nan": (coco(bbox=[1, 2, float("nan"), 5]), "boxes.json, annotation 1,", "1, 2, nan, 5; left out."),
    "coco huge": (coco(bbox=[1, 2, 10**400, 5]), "boxes.json, annotation 1, bad.png: not four finite"),
    "coco null": (coco(bbox=None), "boxes.json, annotation 1, bad.png: not four finite numbers: None;"),
    "coco three": (coco(bbox=[1, 2, 3]), "not four finite numbers: 1, 2, 3; left out."),
    "coco text": (coco(bbox="1234"), "not four finite numbers: '1234'; left out."),
    "coco image id": (coco(image_id=99), "boxes.json, annotation 1: image_id that does not exist: 99;"),
    "coco list id": (coco(image_id=[]), "boxes.json, annotation 1: image_id that does not exist: [];"),
    "coco category": (coco(category_id=8), "annotation 1: category_id that does not exist: 8; left out."),
    "coco crowd": (coco(iscrowd=1), "boxes.json, annotation 1: a crowd, not one object: iscrowd 1;"),
    "coco no photo": (coco(image_id=2), "boxes.json, annotation 1, gone.png: photo not found", "'gone.png'"),
    "coco a word": (coco(lambda d: d["annotations"].append("word")), "annotation 3: not an annotation:"),
    "coco id twice": (coco(lambda d: d["images"].append({"id": 0})), "boxes.json, images: an entry without"),
    "coco no name": (coco(lambda d: d["images"][1].pop("file_name")), "annotation 1, None: photo not found"),
    "coco other size": (coco(lambda d: d["images"][1].update(width=50, height=40)), "boxes.json, annotation"),
    "yolo class": (yolo("2 0.5 0.5 0.5 0.5"), "bad.txt, row 1: class that does not exist: '2'; left out."),
    "yolo word": (yolo("cat 0.5 0.5 0.5 0.5"), "bad.txt, row 1: class that does not exist: 'cat'; left out."),
    "yolo pixels": (yolo("0 50 40 20 10"), "bad.txt, row 1: outside the photo"),
    "yolo short": (yolo("0 0.5 0.5 0.5"), "bad.txt, row 1: not four finite numbers: '0.5', '0.5', '0.5';"),
    "yolo polygon": (yolo("0 0.1 0.1 0.2 0.2 0.1 0.2"), "bad.txt, row 1: not four finite numbers: '0.1',"),
    "yolo inf": (yolo("0 0.5 0.5 inf 0.5"), "bad.txt, row 1: not four finite numbers: '0.5', '0.5', 'inf',"),
    "yolo no width": (yolo("0 0.5 0.5 0 0.5"), "bad.txt, row 1: no width or no height: 0.5, 0.5, 0, 0.5;"),
    "yolo empty": (yolo(""), "bad.txt: no object in it; left out."),
    "yolo no photo": (yolo("Read me\nand me\n", name="README.txt"), "README.txt: photo not", "'README'"),
    "csv no width": (table("bad.png,30,2,30,40"), "boxes.csv, row 2, bad.png: no width or no height: 30, 2,"),
    "csv word": (table("bad.png,1,2,,40"), "boxes.csv, row 2, bad.png: not four finite numbers: '1', '2',"),
    "csv short": (table("bad.png,1,2,30"), "boxes.csv, row 2: too few columns: 'bad.png,1,2,30'; left out."),
    "csv quote": (table('"bad.png,1,2,30,40'), "boxes.csv, row 2: too few columns", "bad.png"),
    "csv relative": (table("bad.png,0.1,0.2,0.5,0.6"), "row 2, bad.png: parts of the photo", "0.1, 0.2, 0.5"),
    "csv no photo": (table("gone.png,1,2,30,40\ngone.png,1,2,30,41"), "boxes.csv, row 2, gone.png: photo"),
    "csv twice": (table("good.png,10,20,60.5,70,dog"), "boxes.csv, row 2, good.png: the same box in the"),
    "csv null byte": (table("b\0d.png,1,2,30,40"), "boxes.csv, row 2, b", "photo not found", r"'b\x00d.png'"),
    "csv long": (table("bad.png" + 1000 * "g" + ",1,2,30,40"), "boxes.csv, row 2, bad", "photo not found"),
    "csv other size": (
        table("bad.png,50,40,cat,1,2,30,40\nbad.png,50,40,cat,1,2,31,40", TF, TF_GOOD),
        "boxes.csv, row 3, bad.png: states a size that is not the photo's: 50 x 40, not 100 x 80;",
    ),
    "csv sideways": (
        then(table("bad.png,100,80,cat,1,2,30,40", TF, TF_GOOD), lambda f: photo(f / "bad.png", (80, 100))),
        "row 3, bad.png: states a size that is not the photo's: 100 x 80, not 80 x 100;",
    ),
}


REST = {
    fault: [OTHER]
    for fault in FAULTS
    if fault.endswith((" swapped", " size", "sideways", "a word", "id twice"))
}
REST |= {"voc clipped": [(50.0, 2.0, 100.0, 40.0)], "voc twice": [OTHER]}
REST |= {"csv other size": [OTHER, (1.0, 2.0, 31.0, 40.0)]}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_and_the_rest_is_kept(folder, fault):
    write, *named = FAULTS[fault]
    labelled, problems = read_annotations(write(folder))
    assert len(problems) == 1 and all(words in problems[0] for words in named), problems
    assert problems[0].isprintable() and len(problems[0]) < 500
    assert [item.box for item in labelled if item.path.name == "good.png"] == [GOOD]
    assert [item.box for item in labelled if item.path.name == "bad.png"] == REST.get(fault, [])


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("a.json", b"", "a.json: not COCO that can be read: Expecting value"),
        ("a.json", b"{", "a.json: not COCO that can be read: Expecting property name"),
        ("a.json", b"null", "a.json: not COCO that can be read: it has no lists named images"),
        ("a.json", b'{"shapes": []}', "a.json: not COCO that can be read: it has no lists"),
        ("a.json", b'{"images": [], "annotations": []}', "a.json: no object in it"),
        ("a.json", b"\xff\xfe\xff", "a.json: not COCO that can be read: 'utf-16"),
        ("a.json", 100_000 * b"[", "a.json: not COCO that can be read"),
        ("a.csv", b"", "a.csv: no object in it"),
        ("a.csv", b"file,left,top,right,bottom\n", "a.csv: no object in it"),
        ("a.csv", b"file,left,top,right\na.jpg,1,2,3\n", "a.csv: its header lacks columns: bottom"),
        ("a.csv", b"left,top,right,bottom\n1,2,3,4\n", "a.csv: its header lacks columns: file"),
        ("a.csv", b'"' + 200_000 * b"x", "a.csv, row 1: too few columns"),
        (
            "a.xml",
            LAUGHS.encode("utf-16"),
            "a.xml: not Pascal VOC that can be read: it declares the entity 'l'",
        ),
        ("a.xml", b"<a>" * 100_000, "a.xml: not Pascal VOC that can be read"),
        (
            "a.xml",
            b'<?xml version="1.0" encoding="no"?><annotation/>',
            "a.xml: not Pascal VOC that can be read",
        ),
        ("a.xml", b"<svg/>", "a.xml: not Pascal VOC that can be read: its root is <svg>, not <annotation>"),
    ],
)
def test_a_file_without_sense_is_one_line(tmp_path, name, content, words):
    labelled, problems = read_annotations(raw(name, content)(tmp_path))
    assert labelled == [] and len(problems) == 1 and words in problems[0], problems
    assert problems[0].isprintable() and len(problems[0]) < 300


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfgood.png,10,20,60.5,70",
        "good.png,10,20,60.5,70".encode("utf-16"),
        b"file;left;top;right;bottom\r\ngood.png;10;20;60,5;70\r\n",
        b"image_path\tx1\ty1\tx2\ty2\ngood.png\t10\t20\t60.5\t70",
        b"label,x,y,w,h,filename\nobject,10,20,50.5,50,good.png",
        b"filename,width,height,class,xmin,ymin,xmax,ymax\ngood.png,100.0, 80,object,10,20,60.5,70",
        b"# file, left, top, right, bottom\n\ngood.png, 10, 20, 60.5, 70\n\n",
        b"C:\\photos\\good.png,10,20,60.5,70,",
        b"/home/me/good.png,1e1,2e1,60.5,70,object,more",
    ],
)
def test_tables_of_every_sort_are_read(folder, content):
    (folder / "boxes.csv").write_bytes(content)
    assert read_annotations(folder) == ([LabelledPhoto(folder / "good.png", GOOD)], [])


def test_a_table_not_in_utf8_is_read_and_said(tmp_path):
    photo(tmp_path / "é.png")
    (tmp_path / "boxes.csv").write_bytes("é.png,10,20,60.5,70".encode("cp1252"))
    labelled, problems = read_annotations(tmp_path)
    assert [item.path.name for item in labelled] == ["é.png"]
    assert problems == ["boxes.csv: not UTF-8: byte 0xe9 at 0; read as Windows-1252: save it as UTF-8."]


@pytest.mark.parametrize(
    "names",
    [
        "names: [cat, 'a dog']",
        "names:\n- cat\n- a dog\nnc: 2",
        'train: x\nnames:\n  0: cat\n  1: "a dog"\n\nnc: 2',
        "nc: 2\nnames: {0: cat, 1: a dog}",
        "names: [\n  'cat',\n  'a dog'\n]\nnc: 2",
        "names: # of things\n  - cat\n  - a dog # barks\n",
    ],
)
def test_class_names_of_a_data_yaml(tmp_path, names):
    photo(tmp_path / "train" / "images" / "a.jpg")
    (tmp_path / "train" / "labels").mkdir()
    (tmp_path / "train" / "labels" / "a.txt").write_text("1 0.5 0.5 0.5 0.5 0.9\n0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "data.yaml").write_text(names)
    labelled, problems = read_annotations(tmp_path / "train")
    assert problems == [] and [item.kind for item in labelled] == ["a dog", "cat"]


def test_photos_are_found_where_they_usually_lie(tmp_path):
    row = LabelledPhoto(photo(tmp_path / "set" / "images" / "train" / "a.JPG"), GOOD)
    write_annotations([row], tmp_path / "set" / "labels" / "train", "yolo")
    assert read_annotations(tmp_path / "set" / "labels" / "train") == ([row], [])
    row = LabelledPhoto(photo(tmp_path / "voc" / "JPEGImages" / "a.jpg"), GOOD)
    write_annotations([row], tmp_path / "voc" / "Annotations", "voc")
    assert read_annotations(tmp_path / "voc") == ([row], [])
    write_annotations([row], tmp_path / "far" / "boxes.csv", "csv")
    assert read_annotations(tmp_path / "far", photos=tmp_path / "voc" / "JPEGImages") == ([row], [])
    write_annotations([row], tmp_path / "voc" / "boxes.json", "coco")
    assert (
        json.loads((tmp_path / "voc" / "boxes.json").read_text())["images"][0]["file_name"]
        == "JPEGImages/a.jpg"
    )
    labelled, problems = read_annotations(tmp_path / "voc")
    assert labelled == [row] and "Annotations" in problems[0] and len(problems) == 1


def test_upright_photos_count(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = photo(tmp_path / "a.jpg", (WIDTH, HEIGHT), exif=exif)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.5 0.5")
    assert read_annotations(tmp_path)[0] == [LabelledPhoto(path, (20.0, 25.0, 60.0, 75.0), "0")]


def test_inclusive_adds_the_last_pixel(folder):
    (folder / "a.csv").write_text("good.png,10,20,59,69\nbad.png,0,0,99,79")
    labelled, problems = read_annotations(folder, inclusive=True)
    assert [item.box for item in labelled] == [(10, 20, 60, 70), (0, 0, 100, 80)] and problems == []


@pytest.mark.parametrize("prepare, words", [
    (lambda f: f / "gone", "gone does not exist: pass a folder of Pascal VOC .xml or YOLO .txt files"),
    (lambda f: f, "has no annotations: pass a folder of"),
    (lambda f: f / "good.png", "good.png has no annotations"),
    (lambda f: raw("README.txt", b"Photos of cats")(f).parent, "has no annotations"),
    (lambda f: [raw(n, b"{}")(f).parent for n in ("b.json", "a.json")][0], "(a.json, b.json)"),
])  # fmt: skip
def test_a_source_without_annotations_raises(folder, prepare, words):
    with pytest.raises(ValueError) as error:
        read_annotations(prepare(folder))
    assert words in str(error.value) and "\n" not in str(error.value)


def test_a_folder_of_photos_that_is_none_raises(folder):
    with pytest.raises(ValueError, match="photos='.*nowhere' is not a folder: pass the one with the photos"):
        read_annotations(table("bad.png,1,2,3,4")(folder), photos=folder / "nowhere")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_million_rows(folder, form):
    number = 1_000_000
    if form == "csv":
        rows = (f"good.png,{i % 50},{i % 40},{60 + i / 5e4},{50 + i % 30}\n" for i in range(number))
        (folder / "boxes.csv").write_text("".join(rows) + number // 4 * "good.png,1,2,x,4\n")
    else:
        one = '{"image_id": 1, "bbox": [%d, %d, 20, 0]}'
        rows = ", ".join(one % (i % 50, i % 40) for i in range(number))
        text = f'{{"images": [{{"id": 1, "file_name": "good.png"}}], "annotations": [{rows}]}}'
        (folder / "boxes.json").write_text(text)
    start = time.perf_counter()
    labelled, problems = read_annotations(folder)
    seconds = time.perf_counter() - start
    assert len(labelled) == (number if form == "csv" else 0) and len(problems) == 21
    more = number // 4 - 20 if form == "csv" else number - 20
    assert f"And {more:,} more like it: no" in problems[20]
    assert seconds < 60, f"{seconds:.1f} s"  # some 5 on a laptop; a busy machine may take long


@pytest.mark.skipif(not (AIRPLANES / "boxes.csv").exists(), reason="the set of aeroplanes is not here")
def test_the_aeroplanes_have_one_fault():
    labelled, problems = read_annotations(AIRPLANES, inclusive=True)
    assert len(labelled) == 799 and labelled[0].box == (49, 30, 350, 138)
    assert len(problems) == 1 and "image_0118.jpg: no width or no height: 104, 38, 126, 38" in problems[0]


def test_one_each_keeps_photos_with_one_object():
    labelled = [LabelledPhoto(Path(name), (0, i, 9, 9)) for i, name in enumerate("abacada")]
    kept, problems = one_each(labelled)
    assert [item.path.name for item in kept] == ["b", "c", "d"]
    assert problems == ["a: more than one object: 4; left out."]


@pytest.mark.parametrize("name", ["a.xml", "a.json", "a.csv", "good.txt"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_no_content_raises(folder, name, data):
    """Good annotations with a piece replaced by whatever it may be."""
    row = [LabelledPhoto(folder / "good.png", GOOD)]
    form = {"a.xml": "voc", "a.json": "coco", "a.csv": "csv"}.get(name, "yolo")
    write_annotations(row, folder / "whole" / name, form)
    files = [folder / "whole" / name, *(folder / "whole" / name).glob("good.*")]
    content = files[-1].read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    (folder / name).write_bytes(content[:start] + data.draw(st.binary(max_size=12)) + content[end:])
    labelled, problems = read_annotations(folder / name)
    assert all(line.isprintable() for line in problems)
    assert all(0 <= b[0] < b[2] <= WIDTH and 0 <= b[1] < b[3] <= HEIGHT for _, b, _ in labelled)


# Writing


@pytest.mark.parametrize("form", FORMS)
def test_written_whole_or_not_at_all(folder, form):
    old, target = [LabelledPhoto(folder / "good.png", GOOD)], folder / TARGETS[form]
    write_annotations([*old, LabelledPhoto(folder / "bad.png", GOOD)], target, form)
    write_annotations(old, target, form)
    (folder / "broken.png").write_bytes(b"")
    before = sorted(folder.rglob("*"))
    for path, box in (
        (folder / "broken.png", OTHER),
        (folder / "bad.png", (3, 2, 1, 4)),
        (Path("\n"), OTHER),
    ):
        if form != "csv" or path.name != "broken.png":  # the one form that does not need the photo's size
            with pytest.raises(ValueError) as error:
                write_annotations([*old, LabelledPhoto(path, box)], target, form)
            assert "\n" not in str(error.value)
    assert sorted(folder.rglob("*")) == before and read_annotations(target) == (old, [])


def test_what_cannot_be_written_is_named(folder):
    rows = [LabelledPhoto(folder / "good.png", GOOD)]
    with pytest.raises(ValueError, match="form is 'xml'; give 'voc' or 'coco' or 'yolo' or 'csv'"):
        write_annotations(rows, folder / "a", "xml")
    with pytest.raises(ValueError, match="holds other files .*give a folder of its own for voc"):
        write_annotations(rows, folder, "voc")
    with pytest.raises(ValueError, match="give a file of its own for csv"):
        write_annotations(rows, folder, "csv")
    twins = [*rows, LabelledPhoto(photo(folder / "good.jpg"), GOOD)]
    with pytest.raises(ValueError, match="a second file good would be written"):
        write_annotations(twins, folder / "a", "yolo")
    far = [LabelledPhoto(Path("/one/a.png"), GOOD), LabelledPhoto(Path("/two/a.png"), GOOD)]
    with pytest.raises(ValueError, match="would both be named a.png"):
        write_annotations(far, folder / "a.csv", "csv")
    assert not (folder / "a").exists() and not (folder / "a.csv").exists()


# Oracles


def by_hand(target, form):
    """Boxes in the form's own numbers, read by a few lines that know nothing of ours, with a Keras format."""
    if form == "voc":
        objects = [
            o for f in sorted(target.glob("*.xml")) for o in ElementTree.parse(f).getroot().iter("object")
        ]
        edges = ("xmin", "ymin", "xmax", "ymax")
        return [[float(o.find("bndbox").find(e).text) for e in edges] for o in objects], "xyxy"
    if form == "coco":
        return [row["bbox"] for row in json.loads(target.read_text("utf-8"))["annotations"]], "xywh"
    if form == "yolo":
        texts = [f.read_text("utf-8") for f in sorted(target.glob("*.txt")) if f.name != "classes.txt"]
        rows = np.array(
            [[float(n) for n in line.split()[1:]] for text in texts for line in text.splitlines()]
        )
        return rows * [WIDTH, HEIGHT, WIDTH, HEIGHT], "center_xywh"
    with open(target, newline="", encoding="utf-8") as rows:
        return [
            [float(row[e]) for e in ("left", "top", "right", "bottom")] for row in csv.DictReader(rows)
        ], "xyxy"


@pytest.mark.parametrize("form", FORMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(boxes(), min_size=1, max_size=5, unique=True))
def test_readers_by_hand_find_the_boxes(folder, form, rows):
    write_annotations([LabelledPhoto(folder / "good.png", box) for box in rows], folder / TARGETS[form], form)
    numbers, layout = by_hand(folder / TARGETS[form], form)
    converted = bounding_boxes.convert_format(np.array(numbers, "float32"), layout, "xyxy", dtype="float32")
    assert np.abs(np.asarray(converted) - rows).max() < 1e-4


@pytest.mark.filterwarnings("ignore")  # that it runs without OpenCV
def test_supervision_reads_what_we_write_and_we_what_it_writes(folder):
    """Its VOC counts pixels from 1, as the devkit of 2007 does: there left and top differ by one pixel."""
    sv = pytest.importorskip("supervision")
    rows = [
        LabelledPhoto(folder / f"{n}.png", b, k) for n, b, k in (("bad", OTHER, "cat"), ("good", GOOD, "dog"))
    ]
    rows.append(LabelledPhoto(folder / "good.png", (0.0, 0.0, 100.0, 80.0), "cat"))
    for form, target in TARGETS.items():
        if form != "csv":
            write_annotations(rows, folder / target, form)
    (folder / "data.yaml").write_text("names: [cat, dog]")
    photos, voc_dir, yolo_dir = str(folder), str(folder / "annotations"), str(folder / "labels")
    sets = {
        "voc": sv.DetectionDataset.from_pascal_voc(photos, voc_dir),
        "yolo": sv.DetectionDataset.from_yolo(photos, yolo_dir, str(folder / "data.yaml")),
        "coco": sv.DetectionDataset.from_coco(photos, str(folder / "boxes.json")),
    }
    for form, dataset in sets.items():
        found = {
            Path(p).name: (d.xyxy, [dataset.classes[i] for i in d.class_id])
            for p, d in dataset.annotations.items()
        }
        shift = [1, 1, 0, 0] if form == "voc" else 0
        for name in ("bad.png", "good.png"):
            ours = [item for item in rows if item.path.name == name]
            assert np.abs(found[name][0] + shift - [item.box for item in ours]).max() < 1e-4, form
            assert found[name][1] == [item.kind for item in ours]
    out = folder / "out"
    sets["coco"].as_pascal_voc(annotations_directory_path=str(out / "voc"))
    sets["coco"].as_yolo(
        annotations_directory_path=str(out / "yolo"), data_yaml_path=str(out / "yolo" / "data.yaml")
    )
    sets["coco"].as_coco(annotations_path=str(out / "coco.json"))
    for form, target, tolerance in (("voc", "voc", 1.5), ("yolo", "yolo", 1e-2), ("coco", "coco.json", 1e-4)):
        again, problems = read_annotations(out / target, photos=folder)
        assert problems == [] and len(again) == 3, problems
        for ours, theirs in zip(sorted(rows), sorted(again)):
            assert (ours.path, ours.kind) == (theirs.path, theirs.kind)
            assert np.abs(np.subtract(ours.box, theirs.box)).max() < tolerance, form
