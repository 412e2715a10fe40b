"""The Sprites scene, held to a slow compositor, to its promises and to its files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import localization_utils as lu
from localization_utils.localizer import SAVED_MODELS, TRAINED_ON

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SPRITES, SEEN, UNSEEN, EMOJI_SEEN, EMOJI_UNSEEN = (
    sorted(ASSETS.glob(pattern))
    for pattern in (
        "sprites/*.png",
        "photos/seen/*.jpg",
        "photos/unseen/*.jpg",
        "emoji/seen/*.png",
        "emoji/unseen/*.png",
    )
)


def rng(seed=1):
    return np.random.default_rng(seed)


def save(path, array):
    Image.fromarray(np.asarray(array, np.uint8)).save(path)
    return path


def test_assets_are_there_and_every_file_is_credited():
    assert len(SPRITES) == 3 and len(SEEN) >= 12 and len(UNSEEN) >= 12
    more = sorted(ASSETS.glob("photos/more/*.jpg"))
    names = [path.name for path in (*SEEN, *UNSEEN, *more)]
    assert len(more) > 100 and len(set(names)) == len(names)
    sources = (ASSETS / "SOURCES.md").read_text(encoding="utf-8")
    assert len(EMOJI_SEEN) + len(EMOJI_UNSEEN) >= 400
    assert not {path.name for path in EMOJI_SEEN} & {path.name for path in EMOJI_UNSEEN}
    assert "emoji/" in sources
    for path in (*SEEN, *UNSEEN, *more):
        with Image.open(path) as photo:
            assert min(photo.size) >= 224, path
        assert f"`{path.relative_to(ASSETS).as_posix()}`" in sources, path
    for path in SPRITES:
        with Image.open(path) as sprite:
            assert path.name in sources and min(sprite.size) >= 100


def test_a_sprite_on_black_fills_its_box_and_nothing_else():
    images, boxes = lu.Sprites(SPRITES).sample(rng(), 64)
    assert images.dtype == np.uint8 and images.shape == (64, 224, 224, 3)
    for image, (top, left, height, width) in zip(images, boxes.astype(int)):
        lit = image.max(axis=-1) > 0
        inside = lit[top : top + height, left : left + width]
        assert lit.sum() == inside.sum() and min(top, left) >= 0
        assert top + height <= 224 and left + width <= 224
        for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
            assert edge.any()


def test_compositing_equals_pillows(tmp_path):
    ramp = np.zeros((40, 40, 4), np.uint8)
    ramp[..., 0], ramp[..., 3] = 200, np.linspace(128, 255, 40)
    sprite = save(tmp_path / "s.png", ramp)
    photo = save(tmp_path / "p.png", rng().integers(0, 256, (64, 64, 3)))
    scene = lu.Sprites([sprite], [photo], image_size=64, scale=(1, 1), flip=0)
    (image,), ((top, left, height, width),) = scene.sample(rng(), 1)
    assert (height, width) == (40, 40)
    expected = Image.open(photo).convert("RGBA")
    expected.alpha_composite(Image.open(sprite), (int(left), int(top)))
    assert np.abs(image.astype(int) - np.asarray(expected)[..., :3]).max() <= 1


def test_scale_flip_and_presence_keep_their_promises(tmp_path):
    half = np.zeros((32, 32, 4), np.uint8)
    half[..., 3], half[:, :16, 0] = 255, 255
    sprite = save(tmp_path / "half.png", half)
    scene = lu.Sprites([sprite], image_size=64, scale=(0.5, 1.5), flip=0.25, presence=0.5)
    images, boxes = scene.sample(rng(), 400)
    shown = ~np.isnan(boxes[:, 0])
    assert 0.43 < shown.mean() < 0.57 and not images[~shown].any()
    sides = boxes[shown, 2]
    assert 16 <= sides.min() < 18 and 46 < sides.max() <= 48
    mirrored = [
        image[int(t + 1), int(x + w - 2), 0] > 128 for image, (t, x, _, w) in zip(images, boxes) if t == t
    ]
    assert 0.15 < np.mean(mirrored) < 0.35


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_drawing_depends_on_the_generator_alone(seed, count):
    scene = SCENE
    first, second = (scene.sample(rng(seed), count) for _ in range(2))
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


SCENE, SCENE_ON_BLACK = lu.Sprites(SPRITES, SEEN[:3]), lu.Sprites(SPRITES)
HALF_EMPTY = lu.Sprites(SPRITES, UNSEEN, presence=0.5)


def test_a_sequence_draws_sprites_on_photos_and_moves_on():
    seq = lu.LocalizationSequence(4, 2, scene=SCENE, seed=3)
    images, targets = seq[0]
    assert images.dtype == np.float32 and targets.shape == (4, 4) and images.max() <= 1
    boxes = lu.tlhw_to_xyxy(seq.draw(0)[1])
    assert np.abs(lu.to_pil_rect(targets) - boxes).max() < 0.01
    seq.on_epoch_end()
    assert not np.array_equal(images, seq[0][0])
    assert seq.describe()["pixels"] != lu.LocalizationSequence(4, 2, scene=HALF_EMPTY).describe()["pixels"]


def test_labels_say_which_sprite_is_shown(tmp_path):
    colours = np.zeros((3, 20, 20, 4), np.uint8)
    colours[..., 3] = 255
    for i, colour in enumerate(colours):
        colour[..., i] = 255
    paths = [save(tmp_path / f"{i}.png", colour) for i, colour in enumerate(colours)]
    seq = lu.LocalizationSequence(
        16, 4, scene=lu.Sprites(paths, image_size=64, presence=0.7), seed=5, fixed=True
    )
    labels, images = seq.labels(), np.concatenate([seq.draw(i)[0] for i in range(4)])
    assert set(labels) == {-1, 0, 1, 2}
    for label, image in zip(labels, images):
        lit = np.flatnonzero(image.max(axis=(0, 1)))
        assert lit.tolist() == ([label] if label >= 0 else [])
    with pytest.raises(ValueError, match="white rectangles have no labels"):
        lu.LocalizationSequence().labels()


def test_augmented_photos_are_various_and_leave_the_sprite_as_it_is():
    plain, varied = (
        lu.Sprites(SPRITES[:1], SEEN[:1], scale=(1, 1), flip=0, presence=p, augment=True) for p in (1, 0)
    )
    shown, boxes = plain.sample(rng(), 8)
    top, left, height, width = boxes[0].astype(int)
    fox = lu.Sprites(SPRITES[:1], scale=(1, 1), flip=0).sample(rng(), 1)
    t, x, h, w = fox[1][0].astype(int)
    alone, here = fox[0][0][t : t + h, x : x + w], shown[0][top : top + height, left : left + width]
    assert np.abs(here[60, 60].astype(int) - alone[60, 60]).max() <= 1
    empty, _ = varied.sample(rng(), 32)
    means = empty.reshape(32, -1).mean(axis=1)
    photo = np.asarray(Image.open(SEEN[0]))
    assert means.std() > 10 and empty.shape[1:] == (224, 224, 3)
    assert not any(
        np.array_equal(image[::8, ::8], photo[y : y + 224 : 8, x : x + 224 : 8])
        for image in empty[:4]
        for y in range(0, 224, 56)
        for x in range(0, 224, 56)
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"scale": (0.5, 2)},
            r"fox.png shows \d+x\d+ px, too large at scale 2 for a square of 224: make it 112",
        ),
        ({"image_size": 480, "photos": SEEN[:1]}, "alley.jpg is 672x448 px; it needs 480 px"),
        ({"photos": [ASSETS / "SOURCES.md"]}, "SOURCES.md is not a photo that can be opened"),
        ({"photos": ["nowhere.jpg"]}, "nowhere.jpg is not there"),
        ({"sprites": SEEN[:1]}, r"alley.jpg .* has no transparency \(RGB\); save it as PNG"),
    ],
)
def test_bad_input_is_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        lu.Sprites(**{"sprites": SPRITES, **arguments})


def test_an_invisible_sprite_is_named(tmp_path):
    with pytest.raises(ValueError, match="has no visible pixel"):
        lu.Sprites([save(tmp_path / "ghost.png", np.zeros((8, 8, 4)))])


@pytest.mark.parametrize(
    ("name", "scene", "message"),
    [
        (
            "edges",
            SCENE,
            '"edges" was trained on white rectangles, 224 px, not on sprites on photos, .* "anything"',
        ),
        (
            "sprites",
            lu.WhiteRectangles(256),
            'not on white rectangles, 256 px; .* "localization-1", "edges"',
        ),
        ("edges", lu.WhiteRectangles(96), "224 px, not on white rectangles, 96 px"),
        ("sprites", SCENE, 'trained on sprites on black, .* there is "backgrounds", "presence", "classes"'),
        (
            "backgrounds",
            HALF_EMPTY,
            "sprites on photos, 224 px, not on sprites on photos, or nothing, 224 px",
        ),
    ],
)
def test_a_head_for_another_scene_or_size_is_refused(name, scene, message):
    with pytest.raises(ValueError, match=message):
        lu.load_localizer(name, scene)


def test_a_head_for_this_scene_finds_its_boxes():
    images, boxes = SCENE_ON_BLACK.sample(rng(9), 8)
    found = lu.predict_boxes(lu.load_localizer("sprites", SCENE_ON_BLACK), images)
    assert lu.iou(found, lu.tlhw_to_xyxy(boxes)).mean() > 0.98


def test_every_shipped_head_says_what_it_was_trained_on():
    shipped = {path.stem for path in SAVED_MODELS.glob("*.keras") if not path.stem.startswith("my-")}
    assert shipped == set(TRAINED_ON)


def test_a_sprite_placed_by_hand_has_the_box_of_what_is_visible():
    sprite = Image.new("RGBA", (30, 20))
    sprite.paste((255, 0, 0, 255), (10, 5, 30, 15))  # 20 by 10 of it are visible
    photo = Image.new("RGB", (100, 80), "blue")
    image, box = lu.place(photo, sprite, 40, 30)
    assert box.tolist() == [40, 30, 60, 40]
    red = (image == (255, 0, 0)).all(axis=-1)
    assert red.sum() == 200 and red[30:40, 40:60].all()
    assert lu.place(photo, sprite, 40, 30, 2)[1].tolist() == [40, 30, 80, 50]
    assert lu.place(photo, sprite, -5, 75)[1].tolist() == [0, 75, 15, 80]  # cut off by the border
    for left, clear in ((100, sprite), (-20, sprite), (0, Image.new("RGBA", (9, 9)))):
        image, box = lu.place(photo, clear, left, 30)
        assert np.isnan(box).all() and (image == (0, 0, 255)).all()
    assert photo.getpixel((45, 35)) == (0, 0, 255)
