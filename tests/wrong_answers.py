"""Answers that students typically give, and a piece of what they must be told: exercise, answer, hint."""

import keras
import numpy as np
from keras import ops

import localization_utils as lu
from tools.exercises import solved

lesson_01, lesson_02, lesson_03 = map(solved, ("01", "02", "03"))
lesson_04, lesson_05, lesson_06, lesson_07 = map(solved, ("04", "05", "06", "07"))
lesson_08, lesson_09, lesson_10, lesson_12 = map(solved, ("08", "09", "10", "12"))
lesson_13, lesson_14 = map(solved, ("13", "14"))


# --- 1: generate
def too_short(rng, count, smallest):
    return lu.WhiteRectangles().sample(rng, count)


def leaving_the_image(rng, count, smallest):
    images, tlhw = lu.WhiteRectangles().sample(rng, count)
    tlhw[:, 2:] = np.maximum(tlhw[:, 2:], smallest)
    return images, tlhw


def only_boxes(rng, count, smallest):
    return lu.WhiteRectangles().sample(rng, count)[1]


def corners_in_the_first_half(rng, count, smallest):
    corner = rng.integers(1, 12, (count, 2))
    extent = rng.integers(smallest, 223 - corner, endpoint=True)
    images = np.zeros((count, 224, 224, 3), np.uint8)
    for image, (top, left), (height, width) in zip(images, corner, extent):
        image[top : top + height, left : left + width] = 255
    return images, np.concatenate([corner, extent], axis=1)


class NumberOfImages(lesson_01.OriginalSequence):
    def __len__(self):
        return self.batches * self.batch_size


class StillTheBatchSize(lesson_01.OriginalSequence):
    def __len__(self):
        return self.batch_size


class SeedAndIndexAdded(lesson_01.OriginalSequence):
    def __len__(self):
        return self.batches


class WithoutTheSeed(SeedAndIndexAdded):
    def __getitem__(self, index):
        return lu.WhiteRectangles().sample(np.random.default_rng(index), self.batch_size)


class WithoutTheIndex(SeedAndIndexAdded):
    def __getitem__(self, index):
        return lu.WhiteRectangles().sample(np.random.default_rng([self.seed, 0]), self.batch_size)


class OtherImagesEachTime(SeedAndIndexAdded):
    def __getitem__(self, index):
        return lu.WhiteRectangles().sample(np.random.default_rng(), self.batch_size)


# --- 2: train
def not_divided(a, b):
    hull = (np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2])).prod(axis=1)
    return lu.iou(a, b) - (lu.iou(a, b) - lesson_02.giou(a, b)) * hull


def union_without_the_shared_part(a, b):
    hull = (np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2])).prod(axis=1)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    return lu.iou(a, b) - np.maximum(hull - areas, 0) / hull


def nearly_right(target):
    return target + 0.01


# --- 3: predict
def exchanged_places(boxes, scores, cells=4):
    return lesson_03.by_place(boxes, scores, cells).T


def zero_where_nothing_is(boxes, scores, cells=4):
    return np.nan_to_num(lesson_03.by_place(boxes, scores, cells))


def by_the_corner(boxes, scores, cells=4):
    corner = np.concatenate([boxes[:, :2], boxes[:, :2]], axis=1)
    return lesson_03.by_place(corner, scores, cells)


def beyond_the_last_cell(boxes, scores, cells=4):
    inside = (boxes[:, :2] + boxes[:, 2:]).max(axis=1) < 448
    return lesson_03.by_place(boxes[inside], scores[inside], cells)


def without_a_least_side(y):
    top, left, height, width = ((lu.reverse_sigmoid(y) + 1) * 112).T
    return np.clip(np.stack([left, top, left + width, top + height], axis=-1), 0, 224)


def never_at_the_border(y):
    left, top, right, bottom = np.clip(lesson_03.fixed_decoding(y), 1, 223).T
    return np.stack([np.minimum(left, 222), np.minimum(top, 222), right, bottom], axis=-1) + [0, 0, 0.5, 0.5]


# --- 4: visualize
def rows_for_columns(actual, predicted):
    return lesson_04.paint(actual, predicted).T


def painted_over_the_other(actual, predicted):
    areas = lesson_04.paint(actual, predicted)
    return np.where(areas == 3, 2, areas)


def ends_included(actual, predicted):
    return lesson_04.paint(actual + [0, 0, 1, 1], predicted + [0, 0, 1, 1])


def cut_off(actual, predicted):
    return lesson_04.paint(np.floor(actual), np.floor(predicted))


def frame_cut_off(image, box):
    return lesson_04.fixed_drawing(image, np.floor(box))


def frame_inside(image, box):
    return lesson_04.fixed_drawing(image, np.round(box) + [1, 1, -1, -1])


def ends_too_far(image, box):
    return lesson_04.fixed_drawing(image, np.round(box) + [0, 0, 1, 1])


def filled_frame(image, box):
    left, top, right, bottom = np.round(box).astype(int)
    image[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = [255, 255, 0]
    return image


# --- 5: activations
def in_place(x):
    x *= 255
    x[...] = x[..., ::-1].copy()
    x -= np.array([103.939, 116.779, 123.68], "float32")
    return x


MEANS = np.array([103.939, 116.779, 123.68], "float32")


# --- 6: learning rate
class NeverSet(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.learning_rate = 0.001


class FromTheBeginning(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 * 0.98**epoch


class Once(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 * (0.98 if epoch >= 10 else 1)


class CountedFromZero(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 if epoch < 10 else 0.002 * 0.98**epoch


def sums_of(means):
    return means * np.arange(1, len(means) + 1)


# --- 7: edges
def overflowing(logits):
    with np.errstate(all="ignore"):
        return lesson_07.heaviest_five(np.log(np.exp(logits)))


def probabilities(logits):
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def plain_mean(logits):
    return probabilities(logits) @ np.arange(225)


def around(start):
    """Decodes with the five positions that begin at `start(p)`."""

    def decode(logits):
        p = probabilities(logits)
        positions = np.clip(start(p), 0, 220)[..., None] + np.arange(5)
        five = np.take_along_axis(p, positions, axis=-1)
        return (five * positions).sum(axis=-1) / five.sum(axis=-1)

    return decode


def the_rest_at_the_border(edges):
    target = lesson_07.bell_target(edges)
    target[..., 0] += np.where(edges < 112, 1 - target.sum(axis=-1), 0)
    target[..., -1] += 1 - target.sum(axis=-1)
    return target


def of_all_edges_together(edges):
    return lesson_07.bell_target(edges) / lesson_07.bell_target(edges).sum()


# --- 8: sprites
def clipped_corner_only(tlhw, image_size):
    return np.concatenate([np.clip(tlhw[:2], 0, image_size), tlhw[2:]])


def negative_sides(tlhw, image_size):
    start, end = np.maximum(tlhw[:2], 0), np.minimum(tlhw[:2] + tlhw[2:], image_size)
    return np.concatenate([start, end - start])


def sure_that_something_shows(sprite):
    visible = sprite[..., 3] >= 128
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    return [rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1]


def empty_where_nothing_shows(sprite):
    return lesson_08.tight_tlhw(sprite) if (sprite[..., 3] >= 128).any() else [0, 0, 0, 0]


def of_any_opacity(sprite):
    visible = sprite[..., 3] > 0
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    return [rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1]


def a_pixel_short(sprite):
    return list(np.array(lesson_08.tight_tlhw(sprite)) - [0, 0, 1, 1])


def columns_first(sprite):
    top, left, height, width = lesson_08.tight_tlhw(sprite)
    return [left, top, width, height]


# --- 9: backgrounds
def painted_over(image, patch):
    covered, copy = [], image.copy()
    for row in range(0, image.shape[0], patch):
        for column in range(0, image.shape[1], patch):
            copy[row : row + patch, column : column + patch] = 128
            covered.append(copy.copy())
    return np.stack(covered)


def painted_on_the_original(image, patch):
    image[:patch, :patch] = 128
    return np.stack([image] * 6)


def one_image(image, patch):
    return image


def always_the_last(photo_of_image, rng):
    photos, images = np.unique(photo_of_image, return_counts=True)
    return np.isin(photo_of_image, photos[np.cumsum(images) - images < len(photo_of_image) / 4])


def other_luck_each_time(photo_of_image, rng):
    return lesson_09.held_out(photo_of_image, np.random.default_rng())


def no_photo(photo_of_image, rng):
    return np.zeros(len(photo_of_image), bool)


def half_of_them(photo_of_image, rng):
    photos = np.unique(photo_of_image)
    return np.isin(photo_of_image, rng.choice(photos, len(photos) // 2, replace=False))


def a_quarter_of_the_photos(photo_of_image, rng):
    photos = np.unique(photo_of_image)
    return np.isin(photo_of_image, rng.choice(photos, len(photos) // 4, replace=False))


# --- 10: presence
def highest(probabilities, shown, precision):
    candidates = np.unique(probabilities)
    return max(t for t in candidates if shown[probabilities >= t].mean() >= precision)


def by_recall(probabilities, shown, precision):
    return max(t for t in np.unique(probabilities) if (probabilities >= t)[shown].mean() >= precision)


def averaged_first(truth, answer, shown):
    return ops.mean(ops.mean(ops.binary_crossentropy(truth, answer)) * shown)


def nan_where_nothing(truth, answer, shown):
    losses = ops.mean(ops.binary_crossentropy(truth, answer), axis=-1)
    return ops.sum(losses * shown) / ops.sum(shown)


def every_image_against_every_mask(truth, answer, shown):
    losses = ops.mean(ops.binary_crossentropy(truth, answer), axis=-1)
    return ops.mean(losses * shown[:, None])


def a_loss_for_each(truth, answer, shown):
    return ops.mean(ops.binary_crossentropy(truth, answer), axis=-1) * shown


# --- 11: classes
def empty_as_a_class(labels):
    classes, which, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return (len(labels) / (len(classes) * counts))[which]


def three_classes_always(labels):
    counts = np.bincount(labels[labels >= 0], minlength=3)
    return np.where(labels >= 0, counts.sum() / (3 * np.maximum(counts, 1))[labels], 0)


def clipped_sigmoid(truth, logits):
    return ops.mean(ops.binary_crossentropy(truth, ops.clip(ops.sigmoid(logits[:, :1]), 1e-4, 1 - 1e-4)))


def all_columns(truth, logits):
    return ops.mean(ops.binary_crossentropy(ops.tile(truth, (1, 4)), logits, from_logits=True))


def squared(truth, logits):
    return ops.mean((truth - ops.sigmoid(logits[:, :1])) ** 2)


def by_numpy(truth, logits):
    p = 1 / (1 + np.exp(-logits.numpy()[:, :1]))
    return ops.convert_to_tensor(-np.mean(truth.numpy() * np.log(p) + (1 - truth.numpy()) * np.log(1 - p)))


# --- 12: anything
def of_the_images(scores, rng):
    return np.percentile(scores, [2.5, 97.5])


def without_replacement(scores, rng):
    return np.percentile([np.median(rng.permutation(scores)) for _ in range(100)], [2.5, 97.5])


def of_the_mean(scores, rng):
    return np.percentile(rng.choice(scores, (1000, len(scores))).mean(axis=1), [2.5, 97.5])


def of_ten_images(scores, rng):
    return np.percentile(np.median(rng.choice(scores, (1000, 10)), axis=1), [2.5, 97.5])


def with_own_luck(scores, rng):
    samples = np.random.default_rng().choice(scores, (1000, len(scores)))
    return np.percentile(np.median(samples, axis=1), [2.5, 97.5])


def opaque(image, sprite, top, left):
    image = image.copy()
    image[top : top + sprite.shape[0], left : left + sprite.shape[1]] = sprite[..., :3]
    return image


def all_or_nothing(image, sprite, top, left):
    image = image.copy()
    region = image[top : top + sprite.shape[0], left : left + sprite.shape[1]]
    region[:] = np.where(sprite[..., 3:] >= 128, sprite[..., :3], region)
    return image


def on_the_photo_itself(image, sprite, top, left):
    image[:] = lesson_12.composite(image, sprite, top, left)
    return image


# --- 13: photographs
def cropped(box, piece, size, least=0.5, clip=True, move=True, scale=(1, 1), drop=True):
    box, piece = np.array(box, float), np.array(piece, float)
    part = np.concatenate([np.maximum(box[:2], piece[:2]), np.minimum(box[2:], piece[2:])])
    if drop and np.maximum(part[2:] - part[:2], 0).prod() < least * (box[2:] - box[:2]).prod():
        return None
    kept = part if clip else box
    return (kept - np.tile(piece[:2], 2) * move) * np.tile(np.array(scale), 2)


def reaching_out(box, piece, size, least=0.5):
    extent = np.subtract(piece[2:], piece[:2])
    return cropped(box, piece, size, least, clip=False, scale=size / extent)


def never_dropped(box, piece, size, least=0.5):
    return cropped(box, piece, size, scale=size / np.subtract(piece[2:], piece[:2]), drop=False)


def of_negative_sides(box, piece, size, least=0.5):
    part = np.concatenate([np.maximum(box[:2], piece[:2]), np.minimum(box[2:], piece[2:])])
    if (part[2:] - part[:2]).prod() < least * np.subtract(box[2:], box[:2]).prod():
        return None
    return cropped(box, piece, size, scale=size / np.subtract(piece[2:], piece[:2]), drop=False)


def never_any(box, piece, size, least=0.5):
    return lesson_13.cut_box(box, piece, size, 2)


def always_a_half(box, piece, size, least=0.5):
    return lesson_13.cut_box(box, piece, size)


def rounded_yolo(numbers, width, height):
    return [round(value) for value in lesson_13.from_yolo(numbers, width, height)]


def yolo_from_the_centre(numbers, width, height):
    (x, y, w, h), (left, top, _, _) = numbers, lesson_13.from_yolo(numbers, width, height)
    return left, top, (x + w) * width, (y + h) * height


def of_the_centre_only(numbers, width, height):
    left, top, right, _ = lesson_13.from_yolo(numbers, width, height)
    return left, top, right, top + numbers[3] * width


def whole_width_off(numbers, width, height):
    x, y, w, h = numbers
    return (x - w) * width, (y - h) * height, x * width, y * height


# --- 14: cut-outs
def rolled(photo, layer, shift, strength):
    alpha = layer[..., 3:] / 255
    dark = photo * (1 - strength * np.roll(alpha, shift, (0, 1)))
    image = np.round(alpha * layer[..., :3] + (1 - alpha) * dark).astype(np.uint8)
    return image, lesson_14.with_shadow(photo, layer, shift, strength)[1]


def on_the_object(photo, layer, shift, strength):
    image, box = lesson_14.with_shadow(photo, layer, shift, 0)
    alpha = np.pad(layer[..., 3:] / 255, ((shift[0], 0), (shift[1], 0), (0, 0)))[:224, :224]
    return np.round(image * (1 - strength * alpha)).astype(np.uint8), box


def box_of_both(photo, layer, shift, strength):
    image, (left, top, right, bottom) = lesson_14.with_shadow(photo, layer, shift, strength)
    return image, (left, top, min(right + shift[1], 224), min(bottom + shift[0], 224))


def last_pixel_inside(photo, layer, shift, strength):
    image, box = lesson_14.with_shadow(photo, layer, shift, strength)
    return image, np.subtract(box, [0, 0, 1, 1])


def random_clones(head, counts, train):
    return [train(keras.models.clone_model(head), count) for count in counts]


def set_back(head, counts, train):
    weights, heads = head.get_weights(), []
    for count in counts:
        head.set_weights(weights)
        heads.append(train(head, count))
    return heads


def no_copy(head, counts, train):
    return [train(head, count) for count in counts]


def the_head_itself_last(head, counts, train):
    return [*lesson_14.curve(head, counts[:-1], train), train(head, counts[-1])]


WRONG = [
    ("1.1", 0.25, "through the sigmoid"),
    ("1.1", -0.5, "before the sigmoid"),
    ("1.1", 0.6225, "mind the sign"),
    ("1.1", "a quarter", "not a number"),
    ("1.2", too_short, "shorter side"),
    ("1.2", leaving_the_image, "leaves the image"),
    ("1.2", only_boxes, "two things: images and boxes"),
    ("1.2", corners_in_the_first_half, "corners could go to"),
    ("1.3", StillTheBatchSize, "still the batch size"),
    ("1.3", NumberOfImages, "the number of images"),
    ("1.3", SeedAndIndexAdded, "batch 0 of seed 2 is batch 1 of seed 1"),
    ("1.3", WithoutTheSeed, "batch 0 of seed 2 is batch 0 of seed 1"),
    ("1.3", WithoutTheIndex, "Batches 0 and 1 of seed 1"),
    ("1.3", OtherImagesEachTime, "Two sequences of the same seed"),
    ("2.1", ("higher", "lower"), "On the training images"),
    ("2.1", ("lower", "higher"), "On the held-out images"),
    ("2.1", "higher", "Give two words"),
    ("2.2", lu.iou, "that is IoU"),
    ("2.2", not_divided, "should fall from 0 towards -1"),
    ("2.2", union_without_the_shared_part, "overlap in part"),
    ("2.3", lambda target: 1 - target, "Accuracy is"),
    ("2.3", lambda target: np.array([0.7, 0.3, 0.3, 0.3]), "Accuracy is"),
    ("2.3", nearly_right, "mean IoU is"),
    ("2.3", lesson_02.original_accuracy, "stops with TypeError"),
    ("3.1", 0.97, "of a box 10 px wide"),
    ("3.1", 0.5, "too low"),
    ("3.2", exchanged_places, "exchanged"),
    ("3.2", zero_where_nothing_is, "give NaN"),
    ("3.2", by_the_corner, "centre of the box"),
    ("3.2", beyond_the_last_cell, "last cell"),
    ("3.3", lesson_03.original_decoding, "leaves the image"),
    ("3.3", without_a_least_side, "no area, or is inverted"),
    ("3.3", never_at_the_border, "do not come back|whole image"),
    ("4.1", 5, "two whole numbers"),
    ("4.1", (4, 96), "too high as well"),
    ("4.1", (5, 36), "too high as well"),
    ("4.1", (5, 95), "too low"),
    ("4.1", (6, 96), "is too high"),
    ("4.2", rows_for_columns, "Rows and columns"),
    ("4.2", painted_over_the_other, "it should be 3 there"),
    ("4.2", ends_included, "too large"),
    ("4.2", cut_off, "round its sides"),
    ("4.2", lambda a, p: 2 * lesson_04.paint(a, p), "other numbers"),
    ("4.2", lambda a, p: lesson_04.paint(a, p)[..., None], "have shape"),
    ("4.3", lesson_04.original_drawing, "no pixel of the frame is outside"),
    ("4.3", frame_inside, "no pixel of the frame is outside"),
    ("4.3", ends_too_far, "right and bottom are a pixel too far"),
    ("4.3", frame_cut_off, "cuts off"),
    ("4.3", filled_frame, "not two pixels wide"),
    ("4.3", lambda image, box: image, "Nothing is drawn"),
    ("5.1", 1, "slope"),
    ("5.1", 50_000, "more than it is"),
    ("5.2", lambda a, b: lu.interval(b - a), "paired differences"),
    ("5.2", lambda a, b: lesson_05.unpaired_interval(b, a), "not mean"),
    ("5.2", lambda a, b: np.percentile(b, [2.5, 97.5]) - a.mean(), "single scores"),
    ("5.2", lambda a, b: lesson_05.unpaired_interval(a, b)[::-1], "low end comes first"),
    ("5.3", lambda x: x, "still are 0..1"),
    ("5.3", lesson_05.careless_input, "still red, green, blue"),
    ("5.3", lambda x: 255 * x - MEANS, "still red, green, blue"),
    ("5.3", lambda x: 255 * x - MEANS[::-1], "The means are right"),
    ("5.3", lambda x: 255 * x[..., ::-1] - MEANS[::-1], "so are the means"),
    ("5.3", lambda x: x[..., ::-1] - MEANS, "your colours still are 0..1"),
    ("5.3", in_place, "changes the images"),
    ("6.1", 0.002, "how far one weight moves"),
    ("6.1", 50.2, "if each of the 25,088"),
    ("6.1", 1.3, "before it"),
    ("6.1", 2600, "multiplied by the rate"),
    ("6.1", 10.4, "too high"),
    ("6.2", NeverSet, "set self.model.optimizer.learning_rate"),
    ("6.2", FromTheBeginning, "Until epoch 9"),
    ("6.2", Once, "the one before"),
    ("6.2", CountedFromZero, "at epoch 10, not at epoch 0"),
    ("6.3", lesson_06.turn, "running mean is lowest"),
    ("6.3", lambda r, v: r[np.diff(v).argmin()], "fall fastest"),
    ("6.3", lambda r, v: r[np.diff(sums_of(v)).argmin()], "One step early"),
    ("6.3", lambda r, v: r[1 + np.diff(sums_of(v)).argmin()], "One step late"),
    ("6.3", lambda r, v: r[[0]], "have shape"),
    ("7.1", 0.98, "off by a whole pixel"),
    ("7.1", 0.5, "too low"),
    ("7.2", lambda logits: logits.argmax(axis=-1), "highest position alone"),
    ("7.2", plain_mean, "mean of all positions"),
    ("7.2", around(lambda p: (np.cumsum(p, axis=-1) < 0.5).sum(axis=-1) - 2), "around the median"),
    ("7.2", around(lambda p: p.argmax(axis=-1) - 2), "around the highest position"),
    ("7.2", lambda logits: lesson_07.heaviest_five(logits) + 1, "off by 1"),
    ("7.2", overflowing, "overflows"),
    ("7.3", lesson_07.bell_target, "sum to 0.60"),
    ("7.3", of_all_edges_together, "not to 1"),
    ("7.3", the_rest_at_the_border, "keep their proportions"),
    ("8.1", 0.5, "In colour they had"),
    ("8.1", 1.0, "outlines still are"),
    ("8.2", clipped_corner_only, "is inside"),
    ("8.2", negative_sides, "four NaN"),
    ("8.3", lesson_08.wrong_tlhw, "Half of the opacity"),
    ("8.3", lambda sprite: [0, 0, *sprite.shape[:2]], "whole file"),
    ("8.3", of_any_opacity, "Half of the opacity"),
    ("8.3", a_pixel_short, "last visible row"),
    ("8.3", columns_first, "begins with the top"),
    ("8.3", sure_that_something_shows, "stops with IndexError"),
    ("8.3", empty_where_nothing_shows, "four NaN"),
    ("9.1", "higher", "orange fox"),
    ("9.2", painted_over, "fresh copy"),
    ("9.2", painted_on_the_original, "Copy it first"),
    ("9.2", one_image, "have shape"),
    ("9.3", lambda photos, rng: rng.random(len(photos)) < 0.25, "on both sides"),
    ("9.3", always_the_last, "let chance order"),
    ("9.3", other_luck_each_time, "draw from rng"),
    ("9.3", no_photo, "one side is empty"),
    ("9.3", half_of_them, "stop as soon as"),
    ("9.3", a_quarter_of_the_photos, "at least a quarter"),
    ("10.1", 0.99, "raise an alarm"),
    ("10.1", 0.01, "a good deal likelier"),
    ("10.2", highest, "precise enough, but"),
    ("10.2", by_recall, "precise enough, but"),
    ("10.2", lambda p, shown, precision: 1.0, "no alarm at all"),
    ("10.3", averaged_first, "still train the box"),
    ("10.3", lesson_10.diluted_loss, "Divided by all images"),
    ("10.3", nan_where_nothing, "NaN"),
    ("10.3", every_image_against_every_mask, "still train the box"),
    ("10.3", a_loss_for_each, "one number for the batch"),
    ("11.1", 0.34, "A third is what guessing gives"),
    ("11.2", empty_as_a_class, "should be 0"),
    ("11.2", lambda labels: 1.0 * (labels >= 0), "should be equal"),
    ("11.2", three_classes_always, "only the classes that occur"),
    ("11.3", clipped_sigmoid, "the gradient is 0"),
    ("11.3", all_columns, "first column alone"),
    ("11.3", squared, "middling logits"),
    ("11.3", by_numpy, "No gradient"),
    ("12.1", 0.0, "larger part of a small box"),
    ("12.1", 0.3, "too high"),
    ("12.2", of_the_images, "95 % of the images"),
    ("12.2", of_the_mean, "interval of the mean"),
    ("12.2", without_replacement, "with replacement"),
    ("12.2", of_ten_images, "as many images"),
    ("12.2", with_own_luck, "draw from rng"),
    ("12.3", opaque, "transparency is gone"),
    ("12.3", all_or_nothing, "shown whole or not"),
    ("12.3", lesson_12.original_composite, "calculate in float"),
    ("12.3", on_the_photo_itself, "Copy it first"),
    ("13.1", 0.95, "one side alone"),
    ("13.1", 0.909, "the width alone"),
    ("13.1", 0.81, "too large, not too small"),
    ("13.1", 0.8, "do not simply add up"),
    ("13.1", 0.98, "too high"),
    ("13.2", reaching_out, "reaches out of the piece"),
    ("13.2", never_dropped, "should be None"),
    ("13.2", of_negative_sides, "should be None"),
    ("13.2", always_a_half, "use `least`"),
    ("13.2", lambda *a: cropped(*a, scale=(1, 1), move=False, clip=False), "did not move"),
    ("13.2", lambda *a: cropped(*a, move=False), "still in the photo's pixels|did not move"),
    ("13.2", cropped, "scale is missing"),
    ("13.2", never_any, "your answer is None"),
    ("13.3", lesson_13.original_from_yolo, "take them for the corner"),
    ("13.3", of_the_centre_only, "the height a part of"),
    ("13.3", whole_width_off, "half of it"),
    ("13.3", yolo_from_the_centre, "begin at the centre"),
    ("13.3", rounded_yolo, "fractions"),
    ("13.3", lambda n, w, h: lesson_13.from_yolo(n, 1, 1), "parts of the photo"),
    ("13.3", lambda n, w, h: lesson_13.from_yolo(n, h, w), "should be"),
    ("14.1", "as before", "trained with such colours"),
    ("14.1", "like the constant box", "Outlines stay"),
    ("14.1", "higher", "none of"),
    ("14.2", rolled, "np.roll goes round"),
    ("14.2", on_the_object, "lies on the cut-out"),
    ("14.2", lambda p, a, shift, s: lesson_14.with_shadow(p, a, shift[::-1], s), "down, right"),
    ("14.2", lambda p, a, shift, s: lesson_14.with_shadow(p, a, shift, 1 - s), "1 - strength"),
    ("14.2", lambda p, a, shift, s: lesson_14.with_shadow(p, a, shift, 0), "no shadow yet"),
    ("14.2", box_of_both, "the box holds the shadow"),
    ("14.2", last_pixel_inside, "exclusive"),
    ("14.3", lesson_14.original_curve, "goes on from that with"),
    ("14.3", no_copy, "goes on from that with"),
    ("14.3", random_clones, "new random weights"),
    ("14.3", set_back, "all entries are one head"),
    ("14.3", the_head_itself_last, "Train copies alone"),
]
