"""What training needs beyond Keras: the IoU metric."""

import keras

from .boxes import iou, to_pil_rect


@keras.saving.register_keras_serializable("localization_utils")
class BoxIoU(keras.metrics.MeanMetricWrapper):
    """Mean intersection over union of sigmoid targets and predictions, both `(batch, 4)`.

    Decodes both with `to_pil_rect`. Best is 1, so callbacks that watch it need `mode="max"`.
    """

    def __init__(self, image_size=224, name="iou", dtype=None):
        super().__init__(self._score, name=name, dtype=dtype)
        self.image_size = image_size

    def _score(self, y_true, y_pred):
        return iou(to_pil_rect(y_true, self.image_size), to_pil_rect(y_pred, self.image_size))

    def get_config(self):
        return {"image_size": self.image_size, "name": self.name, "dtype": self.dtype}
