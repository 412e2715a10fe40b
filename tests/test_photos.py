"""The one door for photos: they come in upright and in their colours, or are refused in one line."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

import localization_utils as lu


def quarters(*colours, height=24, width=40):
    """A picture whose quarters, in reading order, have these colours: no two orientations look alike."""
    picture = np.zeros((height, width, len(colours[0])), np.uint8)
    halves = [(slice(None, height // 2), slice(height // 2, None)), (slice(None, width // 2),)]
    rows, columns = halves[0], (*halves[1], slice(width // 2, None))
    for i, colour in enumerate(colours):
        picture[rows[i // 2], columns[i % 2]] = colour
    return picture


PICTURE = quarters((200, 40, 30), (30, 160, 60), (40, 60, 190), (230, 210, 120))
GREY = quarters((10,), (90,), (170,), (250,))[..., 0]
RGB, LEVELS = Image.fromarray(PICTURE), GREY / 255
SPRITE = np.dstack([PICTURE, np.full(GREY.shape, 200, np.uint8)])  # WebP would drop an opaque channel


def apart(photo, expected):
    """How far a photo's colours are from those expected, at most; infinite for another shape or mode."""
    found = np.asarray(photo).astype(int)
    expected = np.repeat(expected[..., None], 3, axis=-1) if expected.ndim == 2 else expected
    return np.abs(found - expected).max() if found.shape == expected.shape else np.inf


def refused(photo, function=lu.open_photo, **arguments):
    """The line with which a photo is refused."""
    with pytest.raises(ValueError) as error:
        function(photo, **arguments)
    line = str(error.value)
    assert len(line.splitlines()) == 1 and line.endswith((".", "!")), line
    return line


@pytest.fixture
def file(tmp_path):
    """Writes a file below tmp_path: bytes, or an image with what Pillow's `save` takes."""

    def write(name, content, **how):
        path = tmp_path / name
        path.write_bytes(content) if isinstance(content, bytes) else content.save(path, **how)
        return path

    return write


# --- orientation

STORED = {  # the camera's rows and columns, by the EXIF standard: where row 0 and column 0 of the file lie
    1: lambda up: up,  # top, left
    2: lambda up: up[:, ::-1],  # top, right
    3: lambda up: up[::-1, ::-1],  # bottom, right
    4: lambda up: up[::-1],  # bottom, left
    5: lambda up: up.swapaxes(0, 1),  # left, top
    6: lambda up: up[:, ::-1].swapaxes(0, 1),  # right, top
    7: lambda up: up[::-1, ::-1].swapaxes(0, 1),  # right, bottom
    8: lambda up: up[::-1].swapaxes(0, 1),  # left, bottom
}
SUFFIXES = {"jpg": {"quality": 95, "subsampling": 0}, "png": {}, "tif": {}, "webp": {"lossless": True}}


def turned(file, upright, orientation, suffix="jpg"):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    return file(f"{orientation}.{suffix}", stored, exif=exif, **SUFFIXES[suffix])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_comes_out_upright(file, orientation, suffix):
    path = turned(file, PICTURE, orientation, suffix)
    with Image.open(path) as raw:
        assert raw.getexif()[0x0112] == orientation
        assert lu.photo_size(raw) == (40, 24)
        assert apart(lu.open_photo(raw), PICTURE) < 8
        assert lu.photo_size(raw) == (40, 24)
    assert lu.photo_size(path) == (40, 24)
    assert apart(lu.open_photo(path), PICTURE) < 8
    assert lu.open_photo(path).getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_sprites_cutouts_and_backgrounds_come_out_upright(file, suffix):
    paths = [turned(file, SPRITE, orientation, suffix) for orientation in STORED]
    photos = [turned(file, np.kron(PICTURE, np.ones((2, 2, 1), np.uint8)), o) for o in STORED]
    scene, cutouts = lu.Sprites(paths, photos, 40, (0.5, 1)), lu.CutOuts(paths, photos, 40)
    for sprite in [*scene.sprites, *cutouts.cutouts]:
        assert sprite.mode == "RGBA" and np.array_equal(sprite, SPRITE)
    for photo in [*scene.photos, *cutouts.photos]:
        assert apart(photo[::2, ::2], PICTURE) < 12
    labelled = lu.Photographs([(photo, (40, 0, 80, 24)) for photo in photos], 40, augment=False)
    assert all(apart(np.asarray(photo)[::2, ::2], PICTURE) < 12 for photo in labelled.photos)


def test_an_orientation_that_does_not_exist_leaves_the_photo_as_it_is(file):
    for orientation in (0, 9, 77):
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = file("odd.png", RGB, exif=exif)
        assert lu.photo_size(path) == (40, 24) and apart(lu.open_photo(path), PICTURE) == 0


# --- colours


def png(pixels, depth=16, colour_type=2, extra=b""):
    """A PNG of 16 bits a channel, which Pillow cannot write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def of_mode(mode, values, kind):
    return Image.frombytes(mode, GREY.shape[::-1], np.ascontiguousarray(values, kind).tobytes())


def clear_below_the_middle(image, mode):
    """The lower half clear, above colours that must not be seen."""
    alpha = Image.new("L", image.size)
    alpha.paste(255, (0, 0, 40, 12))
    image = image.convert(mode[:-1])
    image.putalpha(alpha)
    assert image.mode == mode
    return image


def half_white(expected):
    expected = expected.copy()
    expected[12:] = 255
    return expected


CMYK = quarters((200, 40, 30, 10), (30, 160, 60, 0), (40, 60, 190, 90), (0, 0, 0, 200))
INKS = np.round((255 - CMYK[..., :3].astype(float)) * (255 - CMYK[..., 3:]) / 255)
PALETTE = RGB.quantize(8)
COLOURS = {  # name: the image, how it is saved, what must be seen, how far it may be off
    "rgb.jpg": (RGB, SUFFIXES["jpg"], PICTURE, 8),
    "rgb.png": (RGB, {}, PICTURE, 0),
    "rgb.bmp": (RGB, {}, PICTURE, 0),
    "rgb.ppm": (RGB, {}, PICTURE, 0),
    "rgb.gif": (RGB, {}, PICTURE, 0),
    "rgb.tif": (RGB, {"compression": "tiff_lzw"}, PICTURE, 0),
    "rgb.webp": (RGB, {"lossless": True}, PICTURE, 0),
    "rgb16.png": (png(PICTURE.astype(int) * 257), {}, PICTURE, 1),
    "grey.png": (Image.fromarray(GREY), {}, GREY, 0),
    "grey.jpg": (Image.fromarray(GREY), SUFFIXES["jpg"], GREY, 6),
    "one-bit.png": (Image.fromarray(GREY > 100), {}, 255 * (GREY > 100), 0),
    "one-bit.tif": (Image.fromarray(GREY > 100), {"compression": "group4"}, 255 * (GREY > 100), 0),
    "grey16.png": (of_mode("I;16", LEVELS * 65535, "<u2"), {}, GREY, 1),
    "grey16.tif": (of_mode("I;16", LEVELS * 65535, "<u2"), {}, GREY, 1),
    "grey16-big-endian.tif": (of_mode("I;16B", LEVELS * 65535, ">u2"), {}, GREY, 1),
    "grey32.tif": (of_mode("I", LEVELS * 65535, "<i4"), {}, GREY, 1),
    "float.tif": (of_mode("F", LEVELS, "<f4"), {}, GREY, 1),
    "float255.tif": (of_mode("F", GREY, "<f4"), {}, GREY, 1),
    "palette.png": (PALETTE, {}, PICTURE, 4),
    "palette.tif": (PALETTE, {}, PICTURE, 4),
    "cmyk.jpg": (Image.fromarray(CMYK, "CMYK"), SUFFIXES["jpg"], INKS, 10),
    "cmyk.tif": (Image.fromarray(CMYK, "CMYK"), {}, INKS, 1),
    "ycbcr.tif": (RGB.convert("YCbCr"), {}, PICTURE, 3),
    "lab.tif": (RGB.convert("LAB"), {}, PICTURE, 3),
    "animated.gif": (RGB, {"save_all": True, "append_images": [ImageOps.invert(RGB)]}, PICTURE, 0),
    "animated.webp": (
        RGB,
        {"save_all": True, "append_images": [ImageOps.invert(RGB)], "lossless": True},
        PICTURE,
        0,
    ),
    "animated.png": (RGB, {"save_all": True, "append_images": [ImageOps.invert(RGB)]}, PICTURE, 0),
    "many-pages.tif": (RGB, {"save_all": True, "append_images": [ImageOps.invert(RGB)]}, PICTURE, 0),
    "two-pictures.mpo": (
        RGB,
        {"save_all": True, "append_images": [ImageOps.invert(RGB)], **SUFFIXES["jpg"]},
        PICTURE,
        8,
    ),
    "clear.png": (clear_below_the_middle(RGB, "RGBA"), {}, half_white(PICTURE), 0),
    "clear.webp": (clear_below_the_middle(RGB, "RGBA"), {"lossless": True}, half_white(PICTURE), 0),
    "clear.tif": (clear_below_the_middle(RGB, "RGBA"), {}, half_white(PICTURE), 0),
    "clear-grey.png": (clear_below_the_middle(Image.fromarray(GREY), "LA"), {}, half_white(GREY), 0),
    "clear-palette.png": (
        PALETTE,
        {"transparency": PALETTE.getpixel((0, 0))},
        np.where(np.asarray(PALETTE)[..., None] == PALETTE.getpixel((0, 0)), 255, PICTURE),
        4,
    ),
    "clear-colour.png": (RGB, {"transparency": (200, 40, 30)}, None, 0),
    "clear-level.png": (Image.fromarray(GREY), {"transparency": 90}, np.where(GREY == 90, 255, GREY), 0),
}
COLOURS["clear-colour.png"] = (
    *COLOURS["clear-colour.png"][:2],
    np.where((PICTURE == (200, 40, 30)).all(axis=-1, keepdims=True), 255, PICTURE),
    0,
)


@pytest.mark.parametrize("name", COLOURS)
def test_photos_of_all_kinds_have_their_colours(file, name):
    image, how, expected, tolerance = COLOURS[name]
    path = file(name, image, **how)
    photo = lu.open_photo(path)
    assert photo.mode == "RGB" and apart(photo, expected) <= tolerance
    assert lu.photo_size(path) == (40, 24)
    with Image.open(path) as opened:
        assert apart(lu.open_photo(opened), expected) <= tolerance
    if "clear" in name:
        assert lu.open_photo(path, "RGBA").getchannel("A").getextrema() == (0, 255)
    else:
        assert "has no transparency" in refused(path, mode="RGBA")


def test_half_transparent_pixels_mix_with_white():
    photo = lu.open_photo(Image.new("RGBA", (4, 4), (0, 100, 200, 51)))
    assert photo.getpixel((0, 0)) == pytest.approx((204, 224, 244), abs=1)


@pytest.mark.parametrize(
    ("array", "expected", "tolerance"),
    [
        (PICTURE, PICTURE, 0),
        (PICTURE.astype(np.int64), PICTURE, 0),
        (PICTURE.astype(np.uint16) * 257, PICTURE, 0),
        (PICTURE / 255, PICTURE, 0),
        ((PICTURE / 255).astype("float32"), PICTURE, 0),
        ((PICTURE / 255).astype("float16"), PICTURE, 1),
        (GREY, GREY, 0),
        (GREY[..., None], GREY, 0),
        (GREY.tolist(), GREY, 0),
        (np.dstack([PICTURE, np.full_like(GREY, 255)]), PICTURE, 0),
        (np.dstack([PICTURE, np.zeros_like(GREY)]), np.full_like(PICTURE, 255), 0),
    ],
)
def test_arrays_have_their_colours(array, expected, tolerance):
    assert apart(lu.open_photo(array), expected) <= tolerance and lu.photo_size(array) == (40, 24)


# --- refused in one line


def test_paths_of_all_kinds_are_taken(file):
    class Elsewhere:
        def __init__(self, path):
            self.path = path

        def __fspath__(self):
            return str(self.path)

    path = file("ä photo.png", RGB)
    for given_as in (path, str(path), Elsewhere(path)):
        assert apart(lu.open_photo(given_as), PICTURE) == 0 and lu.photo_size(given_as) == (40, 24)
    assert "nowhere.png is not there" in refused(Elsewhere(path.with_name("nowhere.png")))
    sprite = file("sprite.png", Image.fromarray(SPRITE))
    for scene in (lu.Sprites((p for p in [sprite]), (p for p in [path]), 20, (0.1, 0.5)),):
        assert len(scene.sprites) == len(scene.photos) == 1
    scene = lu.CutOuts((p for p in [sprite]), (p for p in [path]), 20)
    assert len(scene.cutouts) == len(scene.photos) == 1
    assert len(lu.Photographs((pair for pair in [(path, (0, 0, 9, 9))]), 20).photos) == 1
    assert lu.to_squares(p for p in [path, path])[0].shape == (2, 224, 224, 3)


def encoded(form, image=RGB, **how):
    buffer = io.BytesIO()
    image.save(buffer, form, **how)
    return buffer.getvalue()


NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))
FILES = {  # name: the file, what the line says after its name
    "empty.jpg": (b"", "is not a photo that can be opened: save it as JPEG, PNG"),
    "text.jpg": (b"a text, and no photo\n" * 99, "is not a photo that can be opened"),
    "page.png": (b"<!DOCTYPE html><html><h1>404 Not Found</h1></html>", "is not a photo that can be opened"),
    "eps.png": (encoded("EPS"), "is not a photo that can be opened"),
    "pdf.jpg": (b"%PDF-1.7\n" + b"0" * 999, "is not a photo that can be opened"),
    "truncated.jpg": (encoded("JPEG", NOISE)[:2000], "cannot be opened as a photo: image file is truncated"),
    "truncated.png": (encoded("PNG", NOISE)[:2000], "cannot be opened as a photo: .*; save it again as JPEG"),
    "truncated.webp": (encoded("WEBP", NOISE)[:2000], "not a photo|cannot be opened as a photo: .*; save it"),
    "broken.tif": (encoded("TIFF")[:8] + b"\xff" * 200, "not a photo|cannot be opened as a photo: .*; save"),
    "no-rows.tif": (encoded("TIFF", NOISE)[:-4000], "cannot be opened as a photo: .*; save it again as JPEG"),
    "negative.tif": (encoded("TIFF", Image.new("I", (8, 8), -5)), r"values range over -5..-5; give 0..65535"),
    "float.tif": (encoded("TIFF", Image.new("F", (8, 8), 999.5)), "values range over .*; give 0..255."),
    "nan.tif": (encoded("TIFF", Image.new("F", (8, 8), float("nan"))), "values range over nan..nan; give 0"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_photos_are_one_clear_line(file, name):
    content, message = FILES[name]
    path = file(name, content)
    for photo in (path, str(path)):
        line = refused(photo)
        assert line.startswith(f"{path} ")
    pytest.raises(ValueError, lu.open_photo, path).match(message)
    assert str(path) in refused(path, lambda photo: lu.Sprites([photo]))
    assert str(path) in refused(path, lambda photo: lu.CutOuts([SPRITE], [photo]))
    assert str(path) in refused(path, lambda photo: lu.Photographs([(photo, (0, 0, 1, 1))]))
    assert str(path) in refused(path, lambda photo: lu.to_squares([PICTURE, photo]))


def test_folders_and_missing_files_are_one_clear_line(tmp_path):
    assert (
        refused(tmp_path)
        == f"{tmp_path} cannot be opened as a photo: it is a folder; give the path of a photo."
    )
    assert refused(tmp_path / "x.jpg") == f"{tmp_path / 'x.jpg'} is not there; give the path of a photo."
    assert refused("").startswith("The empty path ") and "null" in refused("a\0b")
    assert refused("a\nb.jpg") == "a b.jpg is not there; give the path of a photo."
    for function in (lu.photo_size, lu.open_photo):
        assert "is a folder" in refused(tmp_path, function)
        assert "not there" in refused(tmp_path / "x.jpg", function)


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="root may read every file")
def test_a_file_that_may_not_be_read_is_one_clear_line(file):
    path = file("secret.png", RGB)
    path.chmod(0)
    assert refused(path).startswith(f"{path} cannot be opened as a photo: [Errno 13] Permission denied")


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (None, r"A photo given as NoneType cannot be opened as a photo: shape \(\); give"),
        (5, r"A photo given as int .* shape \(\); give \(height, width\)"),
        (b"photo.jpg", r"A photo given as bytes .* shape \(\); give"),
        (object(), r"A photo given as object .* shape \(\)"),
        ({"a": 1}, r"A photo given as dict .* shape \(\)"),
        ([], r"given as list .* shape \(0,\)"),
        ([[1, 2], [3]], "given as list .* inhomogeneous"),
        (np.zeros((0, 5, 3)), r"given as ndarray .* shape \(0, 5, 3\); give \(height, width\)"),
        (np.zeros((5, 5, 2)), r"shape \(5, 5, 2\); give .* with 1, 3 or 4 channels"),
        (np.zeros((3, 5, 5)), r"shape \(3, 5, 5\)"),
        (np.zeros((2, 5, 5, 3)), r"shape \(2, 5, 5, 3\)"),
        (np.zeros((5, 5), bool), "dtype bool; give uint8, uint16 or float"),
        (np.zeros((5, 5), complex), "dtype complex128"),
        (np.array([["a", "b"]]), "dtype <U1"),
        (np.array([[None]]), "dtype object"),
        (np.full((5, 5), 256), r"values range over 256..256; give uint8 0..255"),
        (np.full((5, 5), -1), r"values range over -1..-1; give uint8 0..255"),
        (np.full((5, 5), 255.0), r"values range over 255..255; give float 0..1"),
        (np.full((5, 5), np.nan), "values range over nan..nan; give float 0..1"),
        (np.full((5, 5), np.inf, "float16"), "values range over inf..inf; give float 0..1"),
    ],
)
def test_what_is_no_photo_is_one_clear_line(photo, message):
    refused(photo, lu.photo_size)
    refused(photo)
    pytest.raises(ValueError, lu.open_photo, photo).match(message)


@pytest.mark.parametrize("most", [300, 600], ids=["error", "warning"])
def test_decompression_bombs_are_one_clear_line(file, monkeypatch, most):
    path = file(
        "bomb.png", RGB
    )  # of 960 pixels: Pillow warns from `most` on, and stops from twice as many on
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
    for function in (lu.open_photo, lu.photo_size):
        assert refused(path, function) == f"{path} is too large; save it with fewer than {most} pixels."


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "PPM", "MPO"])
def test_damaged_files_are_opened_or_refused_in_one_line(tmp_path, form):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a tree"
    small = NOISE.resize((24, 16))
    how = {"exif": exif} if form in ("JPEG", "PNG", "TIFF", "WEBP", "MPO") else {}
    how |= {"save_all": True, "append_images": [RGB]} if form == "MPO" else {}
    whole, path, rng = encoded(form, small, **how), tmp_path / "damaged", np.random.default_rng(7)
    for i in range(100):
        content = bytearray(whole)
        for _ in range(1 + i % 5):
            at = int(rng.integers(min(len(content), 300 if i % 2 else len(content))))
            content[at] = int(rng.integers(256))
        path.write_bytes(content[: rng.integers(len(content))] if i % 3 == 0 else content)
        for function in (lu.photo_size, lu.open_photo, lambda photo: lu.open_photo(photo, least=4)):
            try:
                function(path)
            except ValueError as error:
                assert str(error).startswith(f"{path} ") and len(str(error).splitlines()) == 1


def test_files_are_closed_even_those_refused(file, monkeypatch):
    opened, original = [], Image.open
    monkeypatch.setattr(Image, "open", lambda *a, **k: opened.append(original(*a, **k)) or opened[-1])
    paths = [file(name, *COLOURS[name][:1], **COLOURS[name][1]) for name in COLOURS]
    for path in [*paths, file("cut.jpg", FILES["truncated.jpg"][0]), file("nan.tif", FILES["nan.tif"][0])]:
        for function in (lu.open_photo, lu.photo_size):
            try:
                function(path)
            except ValueError:
                assert path.name in ("cut.jpg", "nan.tif")
    assert len(opened) == 2 * (len(COLOURS) + 2)
    assert all(getattr(image, "fp", None) is None or image.fp.closed for image in opened)


def test_what_is_passed_in_stays_as_it_is(file):
    for mode in ("RGB", "RGBA", "L", "P", "CMYK", "F"):
        image = RGB.convert(mode)
        image.getexif()[0x0112] = 6
        before, kept = image.tobytes(), dict(image.getexif())
        opened = lu.open_photo(image, least=8)
        opened.paste((1, 2, 3), (0, 0, *opened.size))
        lu.photo_size(image)
        assert (image.mode, image.size, image.tobytes()) == (mode, (40, 24), before)
        assert dict(image.getexif()) == kept
    for array in (PICTURE.copy(), GREY.copy(), PICTURE / 255):
        before = array.copy()
        lu.open_photo(array).paste((1, 2, 3), (0, 0, 40, 24))
        assert np.array_equal(array, before)
    path = file("large.jpg", RGB.resize((400, 240)))
    with Image.open(path) as image:
        assert lu.open_photo(image, least=24).size == (40, 24)
        assert image.size == (400, 240) and apart(image.resize((40, 24)), PICTURE) < 60


# --- large photos


def test_a_photo_of_twelve_megapixels_is_a_background_of_a_bounded_size(file, monkeypatch):
    across, down = np.meshgrid(np.linspace(0, 255, 4000), np.linspace(0, 255, 3000))
    path = file("phone.jpg", Image.fromarray(np.dstack([across, down, down]).astype(np.uint8)))
    decoded, original = [], ImageOps.exif_transpose
    monkeypatch.setattr(
        ImageOps, "exif_transpose", lambda image: decoded.append(image.size) or original(image)
    )
    scene = lu.Sprites([SPRITE], [path])
    assert decoded == [(40, 24), (2000, 1500)]  # a quarter of its pixels were decoded
    assert scene.photos[0].shape == (448, 597, 3)
    image = lu.Sprites([SPRITE], [path], presence=0).sample(np.random.default_rng(1), 1)[0][0]
    seen = image[..., :2].max(axis=(0, 1)).astype(int) - image[..., :2].min(axis=(0, 1))
    assert seen == pytest.approx([255 * 224 / 597, 255 / 2], abs=4)
    assert lu.photo_size(path) == (4000, 3000)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 120))
@settings(max_examples=60, deadline=None)
def test_least_is_the_shorter_side_and_the_shape_is_kept(width, height, least):
    reduced = lu.open_photo(Image.new("RGB", (width, height)), least=least)
    if min(width, height) <= least:
        assert reduced.size == (width, height)
    else:
        assert min(reduced.size) == least
        assert max(reduced.size) == pytest.approx(max(width, height) * least / min(width, height), abs=0.51)


# --- squares


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.sampled_from([32, 224]),
)
def test_boxes_go_to_squares_and_back(width, height, parts, size):
    boxes, sizes = np.array([parts, [0, 0, 1, 1]]) * np.tile((width, height), 2), [(width, height)] * 2
    squares = lu.to_square_pixels(boxes, sizes, size)
    assert np.allclose(lu.to_photo_pixels(squares, sizes, size), boxes)
    assert np.allclose(squares, np.array([parts, [0, 0, 1, 1]]) * size)


def white_rectangle(width, height, box):
    photo = np.zeros((height, width, 3), np.uint8)
    photo[box[1] : box[3], box[0] : box[2]] = 255
    return photo


def found_in(image):
    rows, columns = (np.flatnonzero((image[..., 0] > 127).any(axis=axis)) for axis in (1, 0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


def test_a_box_in_the_square_is_at_the_same_place_in_the_photo():
    boxes = np.array([(100, 50, 400, 300), (7, 700, 300, 1000), (10, 11, 60, 31)])
    photos = [white_rectangle(*size, box) for size, box in zip([(640, 480), (500, 1200), (64, 64)], boxes)]
    squares, sizes = lu.to_squares(photos, 96)
    assert squares.shape == (3, 96, 96, 3) and squares.dtype == np.uint8
    assert sizes.tolist() == [[640, 480], [500, 1200], [64, 64]]
    found = np.array([found_in(square) for square in squares])
    assert np.abs(found - lu.to_square_pixels(boxes, sizes, 96)).max() <= 1
    back = lu.to_photo_pixels(found, sizes, 96)
    assert (np.abs(back - boxes) <= np.tile(sizes, 2) / 96).all()


def test_no_photos_give_no_squares():
    squares, sizes = lu.to_squares([], 64)
    assert squares.shape == (0, 64, 64, 3) and squares.dtype == np.uint8 and sizes.shape == (0, 2)
    for function in (lu.to_photo_pixels, lu.to_square_pixels):
        assert function(np.zeros((0, 4)), sizes, 64).shape == (0, 4)


# --- predictions


class WhitePixels:
    """A model that finds white rectangles by looking at the pixels, and keeps what it saw."""

    def __init__(self, size=64):
        self.seen, self.size, self.input_shape = [], size, (None, size, size, 3)

    def predict(self, x, **_):
        self.seen.append(x)
        xyxy = np.array([found_in(image * 255) for image in x])
        return lu.sigmoid_targets(lu.xyxy_to_tlhw(xyxy), self.size)


PLACES = [(30, 20, 60, 50), (100, 50, 400, 300), (7, 700, 300, 1000), (10, 11, 60, 31), (64, 64, 96, 128)]
SIZES = [(80, 60), (640, 480), (500, 1200), (64, 64), (128, 128)]


@pytest.fixture
def mixed(file):
    arrays = [white_rectangle(*size, box) for size, box in zip(SIZES, PLACES)]
    first, second = Image.fromarray(arrays[0]), Image.fromarray(arrays[1])
    return [
        file("a.png", first),
        second,
        arrays[2],
        str(file("d.bmp", Image.fromarray(arrays[3]))),
        arrays[4],
    ]


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_a_list_of_photos_is_predicted_in_its_own_pixels(mixed, batch_size):
    model = WhitePixels()
    squares, sizes = lu.to_squares(mixed, 64)
    expected = lu.to_photo_pixels(lu.predict_boxes(WhitePixels(), squares), sizes, 64)
    found = lu.predict_boxes(model, mixed, batch_size)
    assert found.shape == (5, 4) and np.allclose(found, expected, atol=1e-3)
    assert np.array_equal(np.concatenate(model.seen), squares / np.float32(255))
    assert (np.abs(found - PLACES) <= np.tile(SIZES, 2) / 64 + 1e-3).all()
    assert np.array_equal(lu.predict_boxes(WhitePixels(), tuple(mixed)), found)


@pytest.mark.parametrize("orientation", STORED)
def test_boxes_of_turned_photos_are_in_the_upright_photos_pixels(file, orientation):
    path = turned(file, white_rectangle(192, 128, (21, 10, 120, 40)), orientation)
    found = lu.predict_boxes(WhitePixels(), [path])
    assert np.abs(found - [21, 10, 120, 40]).max() <= 3
    closer = lu.predict_boxes(WhitePixels(), [path], looks=2)
    assert np.abs(closer - [21, 10, 120, 40]).max() <= 3


def test_no_photos_give_no_boxes():
    found = lu.predict_boxes(WhitePixels(), [])
    assert found.shape == (0, 4) and found.dtype == np.float32
    assert lu.predict_boxes(WhitePixels(), [], looks=3).shape == (0, 4)


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_photo_that_cannot_be_opened_is_named_before_any_prediction(mixed, file, place):
    model = WhitePixels()
    for bad in (file("text.jpg", b"no photo"), Path("nowhere.jpg"), file("empty.png", b"")):
        photos = [*mixed[:place], bad, *mixed[place:]]
        assert str(bad) in refused(photos, lambda x: lu.predict_boxes(model, x, 1))
    assert not model.seen


def test_a_second_look_is_closer_in_the_photos_own_pixels():
    rng = np.random.default_rng(1)
    corners = rng.integers(0, 640, (8, 2))
    actual = np.hstack([corners, corners + rng.integers(30, 120, (8, 2))])
    photos = [white_rectangle(1000, 760, box) for box in actual]
    once, twice = (lu.predict_boxes(WhitePixels(224), photos, looks=looks) for looks in (1, 2))
    assert np.abs(twice - actual).mean() < 0.6 * np.abs(once - actual).mean()


def test_boxes_stay_inside_each_photo_however_often_the_model_looks(mixed):
    for looks in (1, 2, 3):
        found, sizes = lu.predict_boxes(Wild(looks), mixed * 20, looks=looks), np.tile(SIZES * 20, 2)
        assert (found[:, :2] < found[:, 2:]).all() and (found >= 0).all() and (found <= sizes).all()


class Wild:
    """A model that predicts anything."""

    input_shape = (None, 224, 224, 3)

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def predict(self, x, **_):
        return self.rng.random((len(x), 4)).astype("float32")
