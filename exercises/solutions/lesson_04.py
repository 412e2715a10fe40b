import numpy as np

from exercises import check

# %% 1
grey_is = "lower"  # solution: "higher", "lower" or "about the same"

check("4.1", grey_is)


# %% 2
def crossing(tops):
    # solution: images (n, 224, 224, 3) and xyxy boxes (n, 4): 60 px high, 70 wide, left side at 70
    images = np.zeros((len(tops), 224, 224, 3), np.uint8)
    for image, top in zip(images, tops):
        image[top : top + 60, 70:140] = 255
    return images, np.array([[70, top, 140, top + 60] for top in tops])
    # end of solution


check("4.2", crossing)


# %% 3
def original_to_xyxy(targets):
    left, top, width, height = targets.T
    return np.stack([left, top, left + width, top + height], axis=-1)


def fixed_to_xyxy(targets):
    # solution: the targets (n, 4) are in pixels; give xyxy boxes (n, 4)
    top, left, height, width = targets.T
    return np.stack([left, top, left + width, top + height], axis=-1)
    # end of solution


check("4.3", fixed_to_xyxy)
