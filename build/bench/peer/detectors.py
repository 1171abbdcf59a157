"""One-stage detectors and their losses in torch, written from the papers with the product's parameter names.

Networks: Redmon and Farhadi 2018, https://arxiv.org/abs/1804.02767; Bochkovskiy et al. 2020,
https://arxiv.org/abs/2004.10934; Wang et al. 2019, https://arxiv.org/abs/1911.11929; Liu et al. 2018,
https://arxiv.org/abs/1803.01534; Terven and Cordova-Esparza 2023, https://arxiv.org/abs/2304.00501; Ge et al. 2021,
https://arxiv.org/abs/2107.08430. Matching is done box by box in plain loops, which is slow and obvious.
Boxes are rows of image, class, left, top, right, bottom.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

ANCHORS = [
    [(10, 13), (16, 30), (33, 23)],
    [(30, 61), (62, 45), (59, 119)],
    [(116, 90), (156, 198), (373, 326)],
]
STRIDES = [8, 16, 32]
SIZES = {"small": (1 / 3, 0.5), "medium": (2 / 3, 0.75), "large": (1, 1), "xlarge": (4 / 3, 1.25)}


class Block(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, padding=None, groups=1):
        super().__init__()
        padding = (kernel - 1) // 2 if padding is None else padding
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x):
        return F.silu(self.bn(self.conv(x)))


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.dconv = Block(inputs, inputs, 3, stride, groups=inputs)
        self.pconv = Block(inputs, outputs, 1)

    def forward(self, x):
        return self.pconv(self.dconv(x))


def whole(inputs, outputs, stride=1):
    return Block(inputs, outputs, 3, stride)


class Bottleneck(nn.Module):
    def __init__(self, channels, spatial, adds):
        super().__init__()
        self.conv1 = Block(channels, channels, 1)
        self.conv2 = spatial(channels, channels)
        self.adds = adds

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        return x + y if self.adds else y


class Csp(nn.Module):
    def __init__(self, inputs, outputs, repeats, spatial, adds):
        super().__init__()
        half = outputs // 2
        self.conv1 = Block(inputs, half, 1)
        self.conv2 = Block(inputs, half, 1)
        self.conv3 = Block(2 * half, outputs, 1)
        self.m = nn.Sequential(*[Bottleneck(half, spatial, adds) for _ in range(repeats)])

    def forward(self, x):
        return self.conv3(torch.cat([self.m(self.conv1(x)), self.conv2(x)], 1))


class Pools(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = Block(inputs, inputs // 2, 1)
        self.conv2 = Block(2 * inputs, outputs, 1)

    def forward(self, x):
        x = self.conv1(x)
        return self.conv2(torch.cat([x, *(F.max_pool2d(x, side, 1, side // 2) for side in (5, 9, 13))], 1))


class Neck(nn.Module):
    def __init__(self, widths, repeats, spatial):
        super().__init__()
        fine, middle, coarse = widths
        self.lateral_conv0 = Block(coarse, middle, 1)
        self.C3_p4 = Csp(2 * middle, middle, repeats, spatial, False)
        self.reduce_conv1 = Block(middle, fine, 1)
        self.C3_p3 = Csp(2 * fine, fine, repeats, spatial, False)
        self.bu_conv2 = spatial(fine, fine, 2)
        self.C3_n3 = Csp(2 * fine, middle, repeats, spatial, False)
        self.bu_conv1 = spatial(middle, middle, 2)
        self.C3_n4 = Csp(2 * middle, coarse, repeats, spatial, False)

    def join(self, fine, middle, coarse):
        twice = nn.Upsample(scale_factor=2, mode="nearest")
        lateral = self.lateral_conv0(coarse)
        reduced = self.reduce_conv1(self.C3_p4(torch.cat([twice(lateral), middle], 1)))
        small = self.C3_p3(torch.cat([twice(reduced), fine], 1))
        medium = self.C3_n3(torch.cat([self.bu_conv2(small), reduced], 1))
        return small, medium, self.C3_n4(torch.cat([self.bu_conv1(medium), lateral], 1))


class YoloV5(nn.Module):
    """[N,3,H,W] -> [N,candidates,5+classes]: map by map, anchor by anchor, row by row."""

    def __init__(self, size, classes):
        super().__init__()
        depth, width = SIZES[size]
        stem, quarter, fine, middle, coarse = (int(channels * width) for channels in (64, 128, 256, 512, 1024))

        def deep(repeats):
            return max(1, round(repeats * depth))

        self.model = nn.Sequential(
            Block(3, stem, 6, 2, 2),
            Block(stem, quarter, 3, 2),
            Csp(quarter, quarter, deep(3), whole, True),
            Block(quarter, fine, 3, 2),
            Csp(fine, fine, deep(6), whole, True),
            Block(fine, middle, 3, 2),
            Csp(middle, middle, deep(9), whole, True),
            Block(middle, coarse, 3, 2),
            Csp(coarse, coarse, deep(3), whole, True),
            Pools(coarse, coarse),
        )
        self.neck = Neck((fine, middle, coarse), deep(3), whole)
        self.head = nn.ModuleList(nn.Conv2d(channels, 3 * (5 + classes), 1) for channels in (fine, middle, coarse))

    def forward(self, x):
        maps = []
        for i, part in enumerate(self.model):
            x = part(x)
            if i in (4, 6, 9):
                maps.append(x)
        rows = []
        for head, level in zip(self.head, self.neck.join(*maps)):
            parted = head(level).unflatten(1, (3, -1)).permute(0, 1, 3, 4, 2)
            rows.append(parted.flatten(1, 3))
        return torch.cat(rows, 1)


class YoloXBackbone(nn.Module):
    def __init__(self):
        super().__init__()

        def csp(channels, repeats, adds=True):
            return Csp(channels, channels, repeats, Separable, adds)

        self.stem = nn.ModuleDict({"conv": Block(12, 16, 3)})
        self.dark2 = nn.Sequential(Separable(16, 32, 2), csp(32, 1))
        self.dark3 = nn.Sequential(Separable(32, 64, 2), csp(64, 3))
        self.dark4 = nn.Sequential(Separable(64, 128, 2), csp(128, 3))
        self.dark5 = nn.Sequential(Separable(128, 256, 2), Pools(256, 256), csp(256, 1, False))

    def forward(self, x):
        corners = [x[..., row::2, column::2] for column in (0, 1) for row in (0, 1)]
        fine = self.dark3(self.dark2(self.stem["conv"](torch.cat(corners, 1))))
        middle = self.dark4(fine)
        return fine, middle, self.dark5(middle)


class YoloXNeck(Neck):
    def __init__(self):
        super().__init__((64, 128, 256), 1, Separable)
        self.backbone = YoloXBackbone()


class YoloXHead(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stems = nn.ModuleList(Block(width, 64, 1) for width in (64, 128, 256))
        self.cls_convs = nn.ModuleList(nn.Sequential(Separable(64, 64), Separable(64, 64)) for _ in STRIDES)
        self.reg_convs = nn.ModuleList(nn.Sequential(Separable(64, 64), Separable(64, 64)) for _ in STRIDES)
        self.cls_preds = nn.ModuleList(nn.Conv2d(64, classes, 1) for _ in STRIDES)
        self.reg_preds = nn.ModuleList(nn.Conv2d(64, 4, 1) for _ in STRIDES)
        self.obj_preds = nn.ModuleList(nn.Conv2d(64, 1, 1) for _ in STRIDES)

    def forward(self, maps):
        rows = []
        for i, level in enumerate(maps):
            x = self.stems[i](level)
            kinds, boxes = self.cls_convs[i](x), self.reg_convs[i](x)
            values = torch.cat([self.reg_preds[i](boxes), self.obj_preds[i](boxes), self.cls_preds[i](kinds)], 1)
            rows.append(values.flatten(2).transpose(1, 2))
        return torch.cat(rows, 1)


class YoloXNano(nn.Module):
    """[N,3,H,W] -> [N,candidates,5+classes]: map by map, row by row."""

    def __init__(self, classes):
        super().__init__()
        self.backbone = YoloXNeck()
        self.head = YoloXHead(classes)

    def forward(self, x):
        return self.head(self.backbone.join(*self.backbone.backbone(x)))


def places(width, height, anchors):
    """Of each candidate: left and top of its cell, stride, anchor's width and height; and how many each map has."""
    rows, counts = [], []
    for stride, sides in zip(STRIDES, anchors or [[(stride, stride)] for stride in STRIDES]):
        cells = [(column * stride, row * stride) for row in range(height // stride) for column in range(width // stride)]
        rows += [(x, y, stride, *side) for side in sides for x, y in cells]
        counts.append(len(sides) * len(cells))
    return torch.tensor(rows, dtype=torch.float64), counts


def corners(centre, size):
    return torch.cat([centre - size / 2, centre + size / 2], -1)


def shared_area(a, b):
    sides = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    return sides.clamp(min=0).prod(-1)


def overlap(a, b):
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    shared = shared_area(a, b)
    return shared / (areas - shared)


def complete_overlap(a, b):
    """Zheng et al. 2020, https://arxiv.org/abs/1911.08287, equations 9 to 11."""
    iou = overlap(a, b)
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    (w, h), (wt, ht) = (a[..., 2:] - a[..., :2]).unbind(-1), (b[..., 2:] - b[..., :2]).unbind(-1)
    v = 4 / math.pi**2 * (torch.atan(wt / ht) - torch.atan(w / h)) ** 2
    with torch.no_grad():
        alpha = v / (1 - iou + v)
    return iou - (apart**2).sum(-1) / (hull**2).sum(-1) - alpha * v


def yolov5_matches(width, height, truth):
    """Per map: lists of (image, candidate, index of the box, whether the candidate's object is decided by it)."""
    found, start = [], 0
    for stride, anchors in zip(STRIDES, ANCHORS):
        columns, rows = width // stride, height // stride
        level = []
        for index, (image, _, left, top, right, bottom) in enumerate(truth):
            x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
            column, row = int(x), int(y)
            cells = [(column, row)]
            if x - column != 0.5:
                cells.append((column - 1 if x - column < 0.5 else column + 1, row))
            if y - row != 0.5:
                cells.append((column, row - 1 if y - row < 0.5 else row + 1))
            for number, (w, h) in enumerate(anchors):
                ratio = max((right - left) / w, w / (right - left), (bottom - top) / h, h / (bottom - top))
                if ratio >= 4:
                    continue
                for i, j in cells:
                    if 0 <= i < columns and 0 <= j < rows:
                        level.append((image, start + (number * rows + j) * columns + i, index, ratio))
        best = {}
        for image, candidate, index, ratio in level:
            if (image, candidate) not in best or ratio < best[image, candidate][0]:
                best[image, candidate] = (ratio, index)
        found.append([(i, c, index, best[i, c][1] == index) for i, c, index, _ in level])
        start += len(anchors) * rows * columns
    return found


def yolov5_loss(raw, width, height, truth, matched=None):
    """`matched`: of `yolov5_matches`, where they are known already."""
    images, _, values = raw.shape
    spots, counts = places(width, height, ANCHORS)
    spots = spots.to(raw)
    matched = matched or yolov5_matches(width, height, truth)
    parts = dict.fromkeys(("box_loss", "object_loss", "class_loss"), 0)
    start = 0
    for level, matches, share in zip(range(3), matched, (4, 1, 0.4)):
        wanted = torch.zeros(images, counts[level]).to(raw)
        if matches:
            rows = raw[[m[0] for m in matches], [m[1] for m in matches]]
            spot = spots[[m[1] for m in matches]]
            boxes = torch.tensor([truth[m[2]][2:] for m in matches]).to(raw)
            squashed = 2 * torch.sigmoid(rows[:, :4])
            centre = (squashed[:, :2] - 0.5) * spot[:, 2:3] + spot[:, :2]
            reached = complete_overlap(corners(centre, squashed[:, 2:] ** 2 * spot[:, 3:]), boxes)
            kinds = F.one_hot(torch.tensor([truth[m[2]][1] for m in matches]), values - 5).to(raw)
            parts["box_loss"] += 0.05 * images * (1 - reached).mean()
            parts["class_loss"] += 0.5 * images * F.binary_cross_entropy_with_logits(rows[:, 5:], kinds)
            decides = torch.tensor([m[3] for m in matches])
            at = torch.tensor([[m[0], m[1] - start] for m in matches])[decides]
            wanted[at[:, 0], at[:, 1]] = reached.detach().clamp(min=0)[decides]
        logits = raw[:, start : start + counts[level], 4]
        parts["object_loss"] += share * images * F.binary_cross_entropy_with_logits(logits, wanted)
        start += counts[level]
    return parts


def simota(said, objects, kinds, spots, boxes, labels):
    """Of one picture: per candidate the index of its box or -1, and the overlap with it."""
    count = len(said)
    answers = torch.full((count,), -1)
    reached = torch.zeros(count).to(said)
    if not len(boxes):
        return answers, reached
    middle = spots[:, :2] + spots[:, 2:3] / 2
    chance = (kinds.sigmoid() * objects.sigmoid()[:, None]).sqrt()
    costs, overlaps, near = [], [], []
    for box, label in zip(boxes, labels):
        iou = overlap(said, box[None])
        wanted = F.one_hot(label, kinds.shape[1]).to(said).expand_as(chance)
        away = (middle - (box[:2] + box[2:]) / 2).abs()
        inside = (away < 2.5 * spots[:, 2:3]).all(1)
        near.append(inside)
        overlaps.append(torch.where(inside, iou, torch.zeros_like(iou)))
        costs.append(F.binary_cross_entropy(chance, wanted, reduction="none").sum(1) - 3 * torch.log(iou + 1e-8))
    least = torch.full((count,), math.inf).to(said)
    for index, (cost, iou, inside) in enumerate(zip(costs, overlaps, near)):
        number = max(1, int(iou.topk(min(10, count)).values.sum()))
        order = torch.where(inside, cost, torch.full_like(cost, math.inf)).argsort()[:number]
        for candidate in order.tolist():
            if inside[candidate] and cost[candidate] < least[candidate]:
                least[candidate] = cost[candidate]
                answers[candidate] = index
                reached[candidate] = iou[candidate]
    return answers, reached


def yolox_loss(raw, width, height, truth):
    images, _, values = raw.shape
    spots, _ = places(width, height, None)
    spots = spots.to(raw)
    said = corners((raw[..., :2] + spots[:, :2] / spots[:, 2:3]) * spots[:, 2:3], raw[..., 2:4].exp() * spots[:, 2:3])
    wanted = torch.zeros(raw.shape[:2]).to(raw)
    box_loss = class_loss = 0
    for image in range(images):
        own = [row for row in truth if row[0] == image]
        boxes = torch.tensor([row[2:] for row in own]).to(raw)
        labels = torch.tensor([row[1] for row in own], dtype=torch.int64)
        with torch.no_grad():
            answers, reached = simota(said[image], raw[image, :, 4], raw[image, :, 5:], spots, boxes, labels)
        taken = answers >= 0
        wanted[image] = taken.to(raw)
        if taken.any():
            box_loss = box_loss + (1 - overlap(said[image, taken], boxes[answers[taken]]) ** 2).sum()
            kinds = F.one_hot(labels[answers[taken]], values - 5) * reached[taken, None]
            class_loss = class_loss + F.binary_cross_entropy_with_logits(raw[image, taken, 5:], kinds, reduction="sum")
    positives = max(1, wanted.sum().item())
    object_loss = F.binary_cross_entropy_with_logits(raw[..., 4], wanted, reduction="sum")
    return {
        "box_loss": 5 * box_loss / positives,
        "object_loss": object_loss / positives,
        "class_loss": class_loss / positives,
    }


DETECTORS = {
    **{f"yolov5-{size}": (lambda classes, size=size: YoloV5(size, classes), yolov5_loss) for size in SIZES},
    "yolox_nano": (YoloXNano, yolox_loss),
}
