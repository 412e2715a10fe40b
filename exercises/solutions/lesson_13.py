import numpy as np

from exercises import check

# %% 1
iou_with_air = 1 / 1.1**2  # solution: a number, such as 0.5

check("13.1", iou_with_air)


# %% 2
def cut_box(box, piece, size, least=0.5):
    # solution: xyxy in the square of `size` pixels, or None; box and piece are xyxy in the photo
    box, piece = np.array(box, float), np.array(piece, float)
    rest = np.concatenate([np.maximum(box[:2], piece[:2]), np.minimum(box[2:], piece[2:])])
    width, height = np.maximum(rest[2:] - rest[:2], 0)
    if width * height < least * np.prod(box[2:] - box[:2]):
        return None
    return (rest - np.tile(piece[:2], 2)) * np.tile(size / (piece[2:] - piece[:2]), 2)
    # end of solution


check("13.2", cut_box)


# %% 3
def original_from_yolo(numbers, photo_width, photo_height):
    x, y, width, height = numbers
    left, top = x * photo_width, y * photo_height
    return left, top, left + width * photo_width, top + height * photo_width


def from_yolo(numbers, photo_width, photo_height):
    # solution: left, top, right, bottom in the photo's pixels, fractions kept
    x, y, width, height = numbers
    left, top = (x - width / 2) * photo_width, (y - height / 2) * photo_height
    return left, top, left + width * photo_width, top + height * photo_height
    # end of solution


check("13.3", from_yolo)
