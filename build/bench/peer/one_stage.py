"""The one-stage detectors of the step benchmark, with the made-up pictures of rcnn.py."""

import torch
from detectors import DETECTORS, yolov5_matches
from rcnn import CLASSES, truth

NAMES = {"yolov5_small": "yolov5-small", "yolox_nano": "yolox_nano"}


def one_stage(name):
    """A model with its loss, which is given what it said, sides and boxes; None where the name is no one-stage detector's."""
    if name not in NAMES:
        return None
    make, loss = DETECTORS[NAMES[name]]
    return make(CLASSES), loss


def one_stage_loss(name, model, loss, images):
    """A function that gives the loss of one made-up batch; what depends on the truth alone is known beforehand."""
    count, _, height, width = images.shape
    objects = [truth(image, height, width, 0) for image in range(count)]
    rows = [
        (image, int(label), *box.tolist())
        for image, one in enumerate(objects)
        for label, box in zip(one["labels"], one["boxes"])
    ]
    known = {"matched": yolov5_matches(width, height, rows)} if name.startswith("yolov5") else {}
    return lambda: sum(loss(model(images), width, height, rows, **known).values())
