import numpy as np

from exercises import check

# %% 1
in_grey_it_is = "lower"  # solution: "higher", "lower" or "about the same"

check("9.1", in_grey_it_is)


# %% 2
def occlusions(image, patch):
    # solution: copies (n, height, width, 3), in each another patch grey (128), row by row
    covered = []
    for row in range(0, image.shape[0], patch):
        for column in range(0, image.shape[1], patch):
            copy = image.copy()
            copy[row : row + patch, column : column + patch] = 128
            covered.append(copy)
    return np.stack(covered)
    # end of solution


check("9.2", occlusions)


# %% 3
def split_by_chance(photo_of_image, rng):
    return rng.random(len(photo_of_image)) < 0.25


def held_out(photo_of_image, rng):
    # solution: photo_of_image (n,) is the photo that each was cut from; True where it only tests
    photos, images = np.unique(photo_of_image, return_counts=True)
    order = rng.permutation(len(photos))
    before = (
        np.cumsum(images[order]) - images[order]
    )  # images held out before each photo's turn
    return np.isin(photo_of_image, photos[order[before < len(photo_of_image) / 4]])
    # end of solution


check("9.3", held_out)
