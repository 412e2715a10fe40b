"""Localization Learning: the helpers that two or more of the course's notebooks share.

Import this package before TensorFlow or Keras. It selects the TensorFlow backend with the faster of its two
sets of CPU routines, keeps TensorFlow's start-up messages out of the notebooks, and sets Keras up as the
course needs it (see `settings.py`). `PROJECT` is the course's folder, wherever a notebook runs.
"""

from .settings import prepare

prepare()

from .annotations import LabelledPhoto, one_each, read_annotations, write_annotations  # noqa: E402
from .batches import FeatureSequence, named_targets  # noqa: E402
from .boxes import (  # noqa: E402
    edges_to_boxes,
    iou,
    reverse_sigmoid,
    sigmoid_targets,
    tlhw_to_xyxy,
    to_pil_rect,
    xyxy_to_tlhw,
)
from .compositing import place  # noqa: E402
from .crops import (  # noqa: E402
    enlarge,
    from_squares,
    squares_around,
    to_photo_pixels,
    to_square_pixels,
    to_squares,
)
from .cutouts import CutOuts  # noqa: E402
from .features import cached_features, compute_features  # noqa: E402
from .heads import dense_head, edge_head, edges, label_head, look_around, neck  # noqa: E402
from .live import live_picture  # noqa: E402
from .localizer import build_localization_model, load_localizer  # noqa: E402
from .photographs import Photographs  # noqa: E402
from .photos import open_photo, photo_size  # noqa: E402
from .pictures import draw_boxes, plot_curves, show_edges, show_gallery  # noqa: E402
from .prediction import decode_boxes, look_again, predict_boxes  # noqa: E402
from .scenes import Sprites, WhiteRectangles  # noqa: E402
from .sequences import LocalizationSequence, PhotoSequence  # noqa: E402
from .training import BoxIoU, EdgeLoss, WarmupCosine, build_training, train_edges  # noqa: E402
from .trunk import PROJECT, build_block5, build_trunk  # noqa: E402
from .validation import folds, interval  # noqa: E402

__all__ = [
    "BoxIoU",
    "CutOuts",
    "EdgeLoss",
    "FeatureSequence",
    "LabelledPhoto",
    "LocalizationSequence",
    "PROJECT",
    "PhotoSequence",
    "Photographs",
    "Sprites",
    "WarmupCosine",
    "WhiteRectangles",
    "build_block5",
    "build_localization_model",
    "build_training",
    "build_trunk",
    "cached_features",
    "compute_features",
    "decode_boxes",
    "dense_head",
    "draw_boxes",
    "edge_head",
    "edges",
    "edges_to_boxes",
    "enlarge",
    "folds",
    "from_squares",
    "interval",
    "iou",
    "label_head",
    "live_picture",
    "load_localizer",
    "look_again",
    "look_around",
    "named_targets",
    "neck",
    "one_each",
    "open_photo",
    "photo_size",
    "place",
    "plot_curves",
    "predict_boxes",
    "read_annotations",
    "reverse_sigmoid",
    "show_edges",
    "show_gallery",
    "sigmoid_targets",
    "squares_around",
    "tlhw_to_xyxy",
    "to_photo_pixels",
    "to_pil_rect",
    "to_square_pixels",
    "to_squares",
    "train_edges",
    "write_annotations",
    "xyxy_to_tlhw",
]
