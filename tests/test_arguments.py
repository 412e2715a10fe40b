"""Every public name refuses what it cannot work with, in one line: the argument, its value, the way out.

The table holds, for each name, arguments that work and, for each argument, values that do not.
"""

import traceback
from pathlib import Path

import ipywidgets
import keras
import matplotlib
import numpy as np
import pytest
from PIL import Image

import localization_utils as lu
from localization_utils.trunk import PROJECT

PACKAGE = str(PROJECT / "localization_utils")
ASSETS = PROJECT / "assets"
SPRITE, PHOTO = str(ASSETS / "sprites" / "fox.png"), str(ASSETS / "photos" / "seen" / "autumn-path.jpg")
NAN, INF = float("nan"), float("inf")
BOX = [10, 20, 30, 40]
ROWS = np.array([BOX, BOX], "float32")
IMAGE = np.zeros((32, 32, 3), np.uint8)
LABELLED = lu.LabelledPhoto(Path(PHOTO), (10.0, 20.0, 30.0, 40.0))

# --- values that no argument of a kind may have

WHOLE = [0, -1, 2.0, "3", None, NAN, [3], True]
FROM_ZERO = [-1, 2.0, "3", None, NAN, [3]]
SHARE = [-0.1, 1.1, "half", None, NAN, [0.5]]
POSITIVE = [0, -1, "1", None, NAN, INF]
FLAG = [0, "yes", None, 1.0]
BOXES = ["box", None, 5, [1, 2, 3], [[1, 2], [3]], [INF, 1, 2, 3], [["a", "b", "c", "d"]], np.zeros((2, 3))]
N_BOXES = [*BOXES, BOX, np.zeros((2, 2, 4))]
RNG = [None, 1, np.random, "rng"]
SCENE = [1, "scene", lu.WhiteRectangles, object()]
PATHS = ["fox.png", None, 5, Path("fox.png"), [], ["nowhere.png"], [None], [__file__]]
TENSOR = [None, 5, "x", [1, 2], keras.Input((4,)), np.zeros((2, 2))]
MODEL = [None, "backgrounds", 5, keras.Sequential]
PICTURE = [None, "nowhere.png", 5, np.zeros(3), np.full((4, 4, 3), 2.0), np.full((4, 4, 3), NAN)]
PICTURE += [
    np.full((4, 4, 3), 300),
    np.full((4, 4, 3), -1),
    np.zeros((0, 4, 3), np.uint8),
    np.zeros((4, 4, 2)),
]


@pytest.fixture(scope="module")
def model():
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.GlobalAveragePooling2D()(inputs)
    return keras.Model(inputs, keras.layers.Dense(4, "sigmoid")(x))


def head():
    inputs = keras.Input((7, 7, 8), name="block5_pool")
    return keras.Model(inputs, lu.edge_head([inputs], 28, 4))


def compiled():
    made = head()
    made.compile("adam", lu.EdgeLoss(28))
    return made


def grid(cells=7, channels=8):
    return keras.Input((cells, cells, channels))


def sequence():
    return lu.LocalizationSequence(2, 2, lu.WhiteRectangles(32))


def rectangles():
    return lu.WhiteRectangles(32)


def sample(scene):
    return lambda rng, count: scene().sample(rng, count)


def history():
    made = keras.callbacks.History()
    made.history = {"loss": [1.0, 0.5]}
    return made


def show(draw, **controls):
    lu.live_picture(draw, **controls)


# name: (function, arguments that work, {argument: values that do not})
TABLE = {
    "tlhw_to_xyxy": (lu.tlhw_to_xyxy, dict(tlhw=BOX), dict(tlhw=BOXES)),
    "xyxy_to_tlhw": (lu.xyxy_to_tlhw, dict(xyxy=BOX), dict(xyxy=BOXES)),
    "sigmoid_targets": (
        lu.sigmoid_targets,
        dict(tlhw=BOX, image_size=224),
        dict(
            tlhw=[*BOXES, [NAN] * 4, [-1, 2, 3, 4], [200, 0, 50, 10], [[0, 0, 1, 1], [0, 0, 300, 1]]],
            image_size=WHOLE,
        ),
    ),
    "reverse_sigmoid": (lu.reverse_sigmoid, dict(y=0.5), dict(y=["a", None, [[1], [1, 2]], INF])),
    "to_pil_rect": (
        lu.to_pil_rect,
        dict(y=[0.5] * 4, image_size=224),
        dict(y=[*BOXES, [0.5, NAN, 0.5, 0.5]], image_size=WHOLE),
    ),
    "edges_to_boxes": (
        lu.edges_to_boxes,
        dict(logits=np.zeros((4, 225))),
        dict(logits=["a", None, [1, 2], np.zeros((3, 225)), np.full((4, 9), NAN), np.full((4, 9), INF), 5]),
    ),
    "iou": (
        lu.iou,
        dict(a=ROWS, b=BOX),
        dict(a=[*BOXES, [30, 0, 10, 10]], b=[*BOXES, [0, 30, 10, 10], np.zeros((3, 4)), np.zeros((5, 3, 4))]),
    ),
    "open_photo": (
        lu.open_photo,
        dict(photo=PHOTO, mode="RGB", least=64),
        dict(photo=PICTURE, mode=["L", None, 3, ["RGB"]], least=[0, -1, 2.0, "3", NAN, [3]]),
    ),
    "photo_size": (lu.photo_size, dict(photo=PHOTO), dict(photo=[None, "nowhere.png", 5, np.zeros(3), b"x"])),
    "to_squares": (
        lu.to_squares,
        dict(photos=[PHOTO], image_size=32),
        dict(photos=[PHOTO, None, 5, ["nowhere.png"], [None]], image_size=WHOLE),
    ),
    "to_photo_pixels": (
        lu.to_photo_pixels,
        dict(boxes=ROWS, sizes=[[640, 480]] * 2, image_size=224),
        dict(boxes=N_BOXES, sizes=["a", None, [640, 480], [[640, 480]], [[0, 480]] * 2], image_size=WHOLE),
    ),
    "to_square_pixels": (
        lu.to_square_pixels,
        dict(boxes=ROWS, sizes=[[640, 480]] * 2, image_size=224),
        dict(boxes=N_BOXES, sizes=["a", None, [640, 480], [[640, 480]], [[-1, 480]] * 2], image_size=WHOLE),
    ),
    "read_annotations": (
        lu.read_annotations,
        dict(source=ASSETS / "photos/boxes.csv", photos=ASSETS / "photos/objects", inclusive=False),
        dict(source=[None, 5, "nowhere", ASSETS / "sprites"], photos=[5, "nowhere", PHOTO], inclusive=FLAG),
    ),
    "one_each": (lu.one_each, dict(labelled=[LABELLED]), dict(labelled=[None, 5, "a", [5], [(1, BOX)]])),
    "write_annotations": (
        lu.write_annotations,
        dict(labelled=[LABELLED], target="boxes.csv", form="csv"),
        dict(
            labelled=[None, 5, "a", [5], [LABELLED._replace(box=(30, 0, 10, 10))]],
            target=[None, 5, b"x"],
            form=["pdf", None, 5],
        ),
    ),
    "WhiteRectangles": (lu.WhiteRectangles, dict(image_size=32), dict(image_size=[*WHOLE, 2])),
    "Sprites": (
        lu.Sprites,
        dict(
            sprites=[SPRITE], photos=[PHOTO], image_size=224, scale=(1, 1), flip=0, presence=1, augment=True
        ),
        dict(
            sprites=[*PATHS, [PHOTO]],
            photos=[p for p in PATHS if p != []],
            image_size=[*WHOLE, 8],
            scale=[1, None, "ab", (0, 1), (2, 1), (1, NAN), (1, 2, 3), (1, 50)],
            flip=SHARE,
            presence=SHARE,
            augment=FLAG,
        ),
    ),
    "CutOuts": (
        lu.CutOuts,
        dict(cutouts=[SPRITE], photos=[PHOTO], image_size=64, scale=(1, 1), hidden=0, presence=1),
        dict(
            cutouts=[*PATHS, [PHOTO]],
            photos=PATHS,
            image_size=[*WHOLE, 7],
            scale=[1, None, "ab", (0, 1), (2, 1), (1, NAN), (1, 2, 3), (1, 50)],
            hidden=SHARE,
            presence=SHARE,
        ),
    ),
    "Photographs": (
        lu.Photographs,
        dict(labelled=[LABELLED], image_size=32, augment=True),
        dict(
            labelled=[
                None,
                5,
                "a",
                [],
                [5],
                [(PHOTO, [1, 2, 3])],
                [(PHOTO, [30, 0, 10, 10])],
                [("x.png", BOX)],
            ],
            image_size=WHOLE,
            augment=FLAG,
        ),
    ),
    "LabelledPhoto": (lambda: lu.LabelledPhoto(PHOTO, BOX), {}, {}),  # a tuple: its readers check it
    "place": (
        lu.place,
        dict(photo=Image.new("RGB", (9, 9)), sprite=Image.new("RGBA", (3, 3)), left=1, top=1, scale=1.0),
        dict(
            photo=[None, PHOTO],
            sprite=[None, SPRITE],
            left=[0.5, "1", NAN],
            top=[None, 10**9],
            scale=POSITIVE,
        ),
    ),
    "LocalizationSequence": (
        lu.LocalizationSequence,
        dict(batch_size=2, batches=2, scene=rectangles(), seed=0, fixed=True, workers=1),
        dict(batch_size=WHOLE, batches=WHOLE, scene=SCENE, seed=FROM_ZERO, fixed=FLAG, shuffle=[True]),
    ),
    "PhotoSequence": (
        lu.PhotoSequence,
        dict(scene=lu.Photographs([LABELLED], 32), versions=2, seed=0),
        dict(scene=[None, *SCENE, rectangles()], versions=WHOLE, seed=FROM_ZERO),
    ),
    "FeatureSequence": (
        lu.FeatureSequence,
        dict(
            features=np.zeros((4, 2)),
            targets=np.zeros((4, 4)),
            weights=np.ones(4),
            batch_size=2,
            seed=0,
            fixed=True,
        ),
        dict(
            features=[None, 5, "a", [], np.zeros((3, 2)), np.zeros((0, 2)), np.array(["a"] * 4), [[1.0]]],
            targets=[None, 5, "a", np.zeros((3, 4)), {"box": np.zeros((3, 4))}],
            weights=[5, "a", np.ones(3)],
            batch_size=[*WHOLE, 5],
            seed=FROM_ZERO,
            fixed=FLAG,
            shuffle=[True],
        ),
    ),
    "named_targets": (
        lu.named_targets,
        dict(targets=np.zeros((2, 4)), labels=[0, 1]),
        dict(
            targets=[None, "a", [0.5] * 4, np.zeros((2, 3))],
            labels=["a", 5, [0], [0.5, 1], [[0, 1]], [NAN, 1]],
        ),
    ),
    "cached_features": (
        lu.cached_features,
        dict(sequence=sequence(), taps="block1_pool", weights="bundled", precision="float32", folder="cache"),
        dict(
            sequence=[None, 5, rectangles(), "a"],
            taps=["block9", [], 5, None, ["block5_pool", "preprocessed_block5_pool"], [3]],
            weights=["nowhere.h5", 5, None],
            precision=["float64", 5, "half"],
            folder=[5, ["a"]],
        ),
    ),
    "compute_features": (
        lu.compute_features,
        dict(
            sequence=sequence(),
            taps="block1_pool",
            weights="bundled",
            precision=None,
            folder="cache",
            share=(0, 1),
        ),
        dict(
            sequence=[None, 5, rectangles(), "a"],
            taps=["block9", [], 5, None],
            share=["ab", 3, None, (1, 1), (-1, 2), (0.5, 2), (0, 0), (0, 1, 2)],
        ),
    ),
    "build_trunk": (
        lu.build_trunk,
        dict(image_size=32, weights=None, taps="block1_pool", precision=None),
        dict(
            image_size=[*WHOLE, 33, 16],
            weights=["nowhere.h5", 5, __file__],
            taps=["block9", [], 5, None],
            precision=["float64", 5, ["float32"]],
        ),
    ),
    "build_block5": (
        lu.build_block5,
        dict(image_size=32, weights=None),
        dict(image_size=[*WHOLE, 33], weights=["nowhere.h5", 5]),
    ),
    "dense_head": (
        lu.dense_head,
        dict(features=grid(), activation="sigmoid"),
        dict(features=TENSOR, activation=["sigmoidal", 5, ["relu"]]),
    ),
    "edge_head": (
        lu.edge_head,
        dict(taps=[grid()], image_size=28, channels=4),
        dict(taps=[*TENSOR, [], [grid(7), grid(5)]], image_size=[*WHOLE, 30], channels=WHOLE),
    ),
    "neck": (
        lu.neck,
        dict(taps=[grid()], channels=4, cells=7, dropout=0.1),
        dict(
            taps=[*TENSOR, [], [keras.Input((7, 5, 8))]],
            channels=WHOLE,
            cells=[0, 2.0, "7", 5],
            dropout=[1, -1, "a"],
        ),
    ),
    "look_around": (lu.look_around, dict(x=grid(), dilation=2), dict(x=TENSOR, dilation=WHOLE)),
    "edges": (
        lu.edges,
        dict(x=grid(), image_size=28, dilations=(1, 2)),
        dict(x=TENSOR, image_size=[*WHOLE, 30], dilations=[5, None, "12", [0], [1.5]]),
    ),
    "label_head": (
        lu.label_head,
        dict(x=grid(), units=2, activation="softmax", name="class"),
        dict(x=TENSOR, units=WHOLE, activation=["sigmoidal", 5], name=[None, 5, ""]),
    ),
    "build_localization_model": (
        lu.build_localization_model,
        dict(image_size=32, weights=None, activation="sigmoid"),
        dict(image_size=[*WHOLE, 33], weights=["nowhere.h5", 5], activation=["sigmoidal", 5]),
    ),
    "load_localizer": (
        lu.load_localizer,
        dict(name="localization-1", scene=lu.WhiteRectangles()),
        dict(name=["nowhere", None, 5, "", "nowhere.keras", __file__], scene=[*SCENE, rectangles()]),
    ),
    "predict_boxes": (
        lambda images, model=None, **more: lu.predict_boxes(model or made(), images, **more),
        dict(images=IMAGE[None], batch_size=2, threshold=0.5, looks=1),
        dict(
            model=["backgrounds", 5, head()],
            images=[
                None,
                5,
                "a",
                IMAGE,
                IMAGE[None] + 2.0,
                np.full((1, 32, 32, 3), NAN),
                ["nowhere.png"],
                [None],
            ],
            batch_size=WHOLE,
            threshold=SHARE,
            looks=WHOLE,
        ),
    ),
    "look_again": (
        lambda model=None, **more: lu.look_again(model or made(), **more),
        dict(images=IMAGE[None], boxes=[[2, 2, 20, 20]], batch_size=2),
        dict(
            model=["backgrounds", 5],
            images=[None, 5, "a", IMAGE, np.full((1, 32, 32, 3), NAN), ["nowhere.png"]],
            boxes=[*N_BOXES, ROWS],
            batch_size=WHOLE,
        ),
    ),
    "decode_boxes": (
        lu.decode_boxes,
        dict(
            answer={"box": np.full((2, 4), 0.5), "presence": np.ones((2, 1))}, image_size=224, threshold=0.5
        ),
        dict(
            answer=[
                None,
                5,
                "a",
                np.zeros((2, 3)),
                np.full((2, 4), NAN),
                {"box": ROWS / 100},
                {"presence": np.ones((2, 1))},
                {"box": np.full((2, 4), 0.5), "presence": np.array([[NAN], [1]])},
                {"box": np.full((2, 4), 0.5), "presence": np.ones((3, 1))},
            ],
            image_size=WHOLE,
            threshold=SHARE,
        ),
    ),
    "squares_around": (
        lu.squares_around,
        dict(boxes=ROWS, image_size=224, margin=1.5, least=80),
        dict(boxes=[*N_BOXES, [[NAN] * 4]], image_size=WHOLE, margin=POSITIVE, least=WHOLE),
    ),
    "enlarge": (
        lu.enlarge,
        dict(images=[IMAGE], squares=[[0, 0, 9, 9]], size=32),
        dict(
            images=[None, 5, "a", [], [None], [IMAGE / 10.0 - 1]],
            squares=[*N_BOXES, ROWS, [[9, 9, 0, 0]], [[NAN] * 4]],
            size=[0, -1, 2.0, "3"],
        ),
    ),
    "from_squares": (
        lu.from_squares,
        dict(boxes=ROWS, squares=ROWS, image_size=224),
        dict(boxes=N_BOXES, squares=[*N_BOXES, ROWS[:1]], image_size=WHOLE),
    ),
    "draw_boxes": (
        lu.draw_boxes,
        dict(image=IMAGE, actual=BOX, predicted=BOX, zoom=2),
        dict(
            image=PICTURE,
            actual=["a", 5, [1, 2, 3], ROWS, [INF] * 4],
            predicted=["a", 5, [1, 2, 3], ROWS, [INF] * 4],
            zoom=[*WHOLE, 1000],
        ),
    ),
    "show_gallery": (
        lu.show_gallery,
        dict(images=[IMAGE], titles=["a"], columns=1, inches=1),
        dict(
            images=[None, 5, "a", [], [5], [None], [np.zeros(3)]],
            titles=["a", 5, [], ["a", "b"]],
            columns=WHOLE,
            inches=POSITIVE,
        ),
    ),
    "show_edges": (
        lu.show_edges,
        dict(image=IMAGE, logits=np.zeros((4, 33)), actual=BOX),
        dict(
            image=PICTURE,
            logits=[None, "a", np.zeros((3, 33)), np.zeros((1, 4, 33)), np.full((4, 33), NAN)],
            actual=["a", 5, ROWS],
            figure=[5, "a"],
        ),
    ),
    "live_picture": (
        show,
        dict(draw=lambda size: (Image.new("RGB", (9, 9)), "caption"), size=ipywidgets.IntSlider()),
        dict(draw=[None, "a", 5], size=[5, None, "a"]),
    ),
    "plot_curves": (
        lu.plot_curves,
        dict(history=history(), names={"loss": "loss"}, heading="Loss", baseline={"constant": 0.5}),
        dict(
            history=[None, 5, {"loss": [1]}],
            names=[None, "loss", {}, {"iou": "IoU"}, ["loss"]],
            baseline=[5, "a", {"constant": "high"}, {"constant": NAN}],
        ),
    ),
    "BoxIoU": (lu.BoxIoU, dict(image_size=32), dict(image_size=WHOLE)),
    "EdgeLoss": (
        lu.EdgeLoss,
        dict(image_size=32, cross_entropy=1, l1=10),
        dict(image_size=WHOLE, cross_entropy=[-1, "a", NAN, None], l1=[-1, "a", NAN, None]),
    ),
    "WarmupCosine": (lu.WarmupCosine, dict(peak=1e-3, steps=100), dict(peak=POSITIVE, steps=WHOLE)),
    "build_training": (
        lu.build_training,
        dict(model=compiled(), batch=(np.zeros((2, 7, 7, 8)), np.full((2, 4), 0.5))),
        dict(model=[*MODEL, head()], batch=[None, 5, np.zeros(3)]),
    ),
    "train_edges": (
        lambda head=None, **more: lu.train_edges(head or compiled(), **more),
        dict(features=np.zeros((4, 7, 7, 8)), targets=np.full((4, 4), 0.5), epochs=1, peak=1e-3, seed=1),
        dict(
            head=["a", 5],
            features=[None, 5, "a", np.zeros((3, 7, 7, 8)), np.zeros((4, 2))],
            targets=[None, 5, "a", np.zeros((3, 4)), np.full((4, 4), NAN), np.zeros((4, 3))],
            epochs=WHOLE,
            peak=POSITIVE,
            seed=FROM_ZERO,
        ),
    ),
    "folds": (
        lu.folds,
        dict(photos=10, count=5, seed=0),
        dict(photos=[*WHOLE, 1, 4], count=[*WHOLE, 1, 11], seed=FROM_ZERO),
    ),
    "interval": (
        lu.interval,
        dict(differences=[1, 2, 3], seed=0, samples=100),
        dict(differences=[[], None, "a", 5, [[1, 2]], [NAN], [INF]], seed=FROM_ZERO, samples=WHOLE),
    ),
}
ROWS_OF_TABLE = [
    pytest.param(name, argument, value, id=f"{name}-{argument}-{i}")
    for name, (_, _, bad) in TABLE.items()
    for argument, values in bad.items()
    for i, value in enumerate(values)
]
_made = []


def made():
    """One small model for all."""
    if not _made:
        inputs = keras.Input((32, 32, 3))
        x = keras.layers.GlobalAveragePooling2D()(inputs)
        _made.append(keras.Model(inputs, keras.layers.Dense(4, "sigmoid")(x)))
    return _made[0]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """What the calls write lies in a folder of the test."""
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    yield
    matplotlib.pyplot.close("all")


def test_every_public_name_is_in_the_table():
    assert sorted([*TABLE, "PROJECT"]) == sorted(lu.__all__)
    assert len(ROWS_OF_TABLE) >= 250


@pytest.mark.parametrize("name", TABLE)
def test_the_good_arguments_work(name):
    function, good, _ = TABLE[name]
    function(**good)


@pytest.mark.parametrize(("name", "argument", "value"), ROWS_OF_TABLE)
def test_a_bad_argument_is_one_clear_line(name, argument, value):
    function, good, _ = TABLE[name]
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        function(**{**good, argument: value})
    says = str(error.value)
    assert says and "\n" not in says and len(says) < 700, says
    assert says.rstrip().endswith(".") and any(word in says for word in (";", ":", "give", "choose")), says
    inner = traceback.extract_tb(error.tb)[-1]
    assert inner.filename.startswith(PACKAGE), f"from {inner.filename}: {says}"
