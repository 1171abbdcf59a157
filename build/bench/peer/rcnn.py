"""The detectors of the step benchmark in torchvision, and made-up pictures with objects, as in build/bench/detectors.ts."""

import torch
from torchvision.models import resnet
from torchvision.models.detection import FasterRCNN, MaskRCNN, RetinaNet
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.ops import FrozenBatchNorm2d
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

CLASSES = 10
OBJECTS = 8


def body(depth):
    return getattr(resnet, f"resnet{depth}")(weights=None, norm_layer=FrozenBatchNorm2d)


def retinanet(depth, sizes):
    backbone = _resnet_fpn_extractor(body(depth), 5, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256))
    return RetinaNet(backbone, CLASSES, **sizes)


def two_stage(make):
    return lambda depth, sizes: make(_resnet_fpn_extractor(body(depth), 5), CLASSES + 1, **sizes)


FAMILIES = {"retinanet": retinanet, "fasterrcnn": two_stage(FasterRCNN), "maskrcnn": two_stage(MaskRCNN)}


def detector(name, height, width):
    """None where the name is no detector's."""
    family, _, rest = name.partition("_resnet")
    if family not in FAMILIES:
        return None
    sizes = {"min_size": min(height, width), "max_size": max(height, width)}
    return FAMILIES[family](int(rest.removesuffix("_fpn")), sizes)


def truth(image, height, width, first_label):
    boxes = []
    for i in range(OBJECTS):
        share = 0.1 + 0.5 * i / (OBJECTS - 1)
        left, top = (i * 3 + image) % OBJECTS / OBJECTS, (i * 5 + 2 * image) % OBJECTS / OBJECTS
        left, top = left * (1 - share), top * (1 - share)
        boxes.append([left * width, top * height, (left + share) * width, (top + share) * height])
    boxes = torch.tensor(boxes)
    y, x = torch.arange(height).reshape(1, -1, 1) + 0.5, torch.arange(width).reshape(1, 1, -1) + 0.5
    x0, y0, x1, y1 = (side.reshape(-1, 1, 1) for side in boxes.unbind(1))
    masks = ((x > x0) & (x < x1) & (y > y0) & (y < y1)).byte()
    labels = (torch.arange(OBJECTS) + image) % CLASSES + first_label
    return {"boxes": boxes, "labels": labels, "masks": masks}


def step_loss(model, batch, height, width):
    """A function that gives the loss of one made-up batch."""
    first_label = 0 if isinstance(model, RetinaNet) else 1
    images = list(torch.rand(batch, 3, height, width))
    targets = [truth(image, height, width, first_label) for image in range(batch)]
    return lambda: sum(model(images, targets).values())
