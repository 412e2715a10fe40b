"""Localization Learning: the helpers that two or more of the course's notebooks share.

Import this package before TensorFlow or Keras: it picks the TensorFlow backend and the faster of its
two sets of CPU routines, and keeps TensorFlow's start-up chatter out of the notebooks.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # by itself TensorFlow uses it on some processors only


def _import_quietly():
    """Import TensorFlow with file descriptor 2 on the null device.

    Its C++ code writes there before any setting is read, and only under some front ends, so
    that a notebook's outputs would depend on how it was started.
    """
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


_import_quietly()

from .boxes import (  # noqa: E402
    edges_to_boxes,
    iou,
    reverse_sigmoid,
    sigmoid_targets,
    tlhw_to_xyxy,
    to_pil_rect,
    xyxy_to_tlhw,
)
from .crops import enlarge, from_squares, squares_around  # noqa: E402
from .features import cached_features, compute_features  # noqa: E402
from .heads import dense_head, edge_head, edges, label_head, neck  # noqa: E402
from .localizer import (  # noqa: E402
    build_localization_model,
    decode_boxes,
    load_localizer,
    look_again,
    predict_boxes,
)
from .pictures import draw_boxes, live_picture, plot_curves, show_edges, show_gallery  # noqa: E402
from .scenes import Sprites, WhiteRectangles, place  # noqa: E402
from .sequences import FeatureSequence, LocalizationSequence, named_targets  # noqa: E402
from .training import BoxIoU, EdgeLoss, WarmupCosine, build_training  # noqa: E402
from .trunk import build_trunk  # noqa: E402

__all__ = [
    "BoxIoU",
    "EdgeLoss",
    "FeatureSequence",
    "LocalizationSequence",
    "Sprites",
    "WarmupCosine",
    "WhiteRectangles",
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
    "from_squares",
    "iou",
    "label_head",
    "live_picture",
    "load_localizer",
    "look_again",
    "named_targets",
    "neck",
    "place",
    "plot_curves",
    "predict_boxes",
    "reverse_sigmoid",
    "show_edges",
    "show_gallery",
    "sigmoid_targets",
    "squares_around",
    "tlhw_to_xyxy",
    "to_pil_rect",
    "xyxy_to_tlhw",
]
