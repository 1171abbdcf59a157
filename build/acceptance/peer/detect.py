"""Learning curves of YOLOX-nano in torch: the peer that our own detector's results are held against.

Usage:
  python3 detect.py --set bccd-cells --weights yolox_nano_coco.safetensors --epochs 12 --strengths '{...}'

--set is a folder in Pascal VOC's layout, with the lists train and val. Prints one line of JSON:
  {"seed", "settings", "epochs": [{"epoch", "train_loss", "metrics": {"mean_average_precision", "precision", "recall"}, "seconds"}]}
Needs: torch 1.13, torchvision 0.14, numpy, Pillow. They are a peer to measure against, not a dependency. The network and its
loss are in build/bench/peer/detectors.py, written from the papers; the product's are held against them in its tests.

What is fixed, because it must equal the product's training:
  - weights from the file but for the head's class predictions, which start from a normal of 0.01 and a bias of 0.01's logit;
  - AdamW, weight decay on filters alone; warmup_cosine per iteration, as in train.py;
  - every epoch is a fresh permutation, its last batch completed with the first pictures of that permutation;
  - a view is a mosaic of four pictures under one affine map, by --strengths, with the objects that are left of it;
  - a moving average of weights and statistics, whose decay rises as (1 + t) / (10 + t), is what is judged;
  - judged are all pictures of val, letterboxed: objects above --score by their best class, of a class that overlap by more
    than 0.5 the best, 300 at most; average precision over every recall at an overlap of 0.5.
"""

import argparse
import copy
import json
import math
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision.ops import batched_nms, box_iou

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "peer"))
import detectors  # noqa: E402: found by the line above
from train import batches, learning_rate, read_safetensors  # noqa: E402

GREY = (114, 114, 114)
LEAST_SIDE = 2
MOST = 300
OVERLAP = 0.5


def read_part(folder, part):
    """(picture, classes, boxes) of each name in the list; boxes without area are left out."""
    rows = []
    for name in (folder / "ImageSets" / "Main" / f"{part}.txt").read_text().split():
        objects = xml.etree.ElementTree.parse(folder / "Annotations" / f"{name}.xml").iter("object")
        found = [
            (entry.findtext("name"), [float(entry.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")])
            for entry in objects
        ]
        kept = [(kind, box) for kind, box in found if box[2] > box[0] and box[3] > box[1]]
        with Image.open(folder / "JPEGImages" / f"{name}.jpg") as image:
            rows.append((image.convert("RGB"), [kind for kind, _ in kept], [box for _, box in kept]))
    return rows


def clipped(polygon, side):
    """Sutherland and Hodgman 1974: what of a polygon lies in the square."""
    for axis, limit, sign in ((0, 0, 1), (0, side, -1), (1, 0, 1), (1, side, -1)):
        inside = lambda p: sign * (p[axis] - limit) >= 0  # noqa: E731
        left = []
        for a, b in zip(polygon, polygon[1:] + polygon[:1]):
            if inside(a):
                left.append(a)
            if inside(a) != inside(b):
                share = (limit - a[axis]) / (b[axis] - a[axis])
                left.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
        polygon = left
        if not polygon:
            return []
    return polygon


def area(polygon):
    pairs = zip(polygon, polygon[1:] + polygon[:1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def left_of(box, onto, side, least_share):
    x0, y0, x1, y1 = box
    corners = numpy.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]]) @ onto[:2].T
    whole = [tuple(corner) for corner in corners.tolist()]
    rest = clipped(whole, side)
    if len(rest) < 3:
        return None
    xs, ys = zip(*rest)
    if max(xs) - min(xs) <= LEAST_SIDE or max(ys) - min(ys) <= LEAST_SIDE or area(rest) < least_share * area(whole):
        return None
    return [min(xs), min(ys), max(xs), max(ys)]


def matrix(xx, xy, x0, yx, yy, y0):
    return numpy.array([[xx, xy, x0], [yx, yy, y0], [0, 0, 1]])


def random_map(side, strengths, rng):
    spread = lambda most: most * (2 * rng.random() - 1)  # noqa: E731
    angle, scale = math.radians(spread(strengths["rotate_degrees"])), 1 + spread(strengths["scale"])
    shear_x, shear_y = (math.tan(math.radians(spread(strengths["shear_degrees"]))) for _ in range(2))
    dx, dy = (side * spread(strengths["translate"]) for _ in range(2))
    mirror = -1 if rng.random() < strengths["flip_probability"] else 1
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    turned = matrix(c, -s, 0, s, c, 0) @ matrix(1, 0, -side / 2, 0, 1, -side / 2)
    return matrix(mirror, 0, side / 2 + dx, 0, 1, side / 2 + dy) @ matrix(1, shear_x, 0, shear_y, 1, 0) @ turned


def mosaic(parts, side, strengths, rng):
    """A picture of four, and its objects as rows of class and box."""
    cx, cy = (round(side * (0.5 + strengths["mosaic_centre"] * (2 * rng.random() - 1))) for _ in range(2))
    whole = random_map(side, strengths, rng)
    view, objects = Image.new("RGB", (side, side), GREY), []
    for i, (image, labels, boxes) in enumerate(parts):
        factor = side / max(image.size)
        width, height = (max(1, round(length * factor)) for length in image.size)
        place = matrix(1, 0, cx if i % 2 else cx - width, 0, 1, cy if i >= 2 else cy - height)
        onto = whole @ place
        back = numpy.linalg.inv(onto)[:2].reshape(-1)
        small = image.resize((width, height), Image.BILINEAR)
        mask = Image.new("L", (width, height), 255).transform((side, side), Image.AFFINE, back, Image.NEAREST)
        view.paste(small.transform((side, side), Image.AFFINE, back, Image.BILINEAR), (0, 0), mask)
        from_source = onto @ matrix(width / image.size[0], 0, 0, 0, height / image.size[1], 0)
        for label, box in zip(labels, boxes):
            rest = left_of(box, from_source, side, strengths["kept_share_min"])
            if rest is not None:
                objects.append([label, *rest])
    return view, objects


def as_input(views):
    """Blue first, 0 to 255."""
    return torch.stack([torch.from_numpy(numpy.array(view)).permute(2, 0, 1).flip(0).float() for view in views])


def letterboxed(image, side):
    scale = min(1, side / image.size[0], side / image.size[1])
    width, height = (round(length * scale) for length in image.size)
    left, top = ((side - length) // 2 for length in (width, height))
    view = Image.new("RGB", (side, side), GREY)
    view.paste(image.resize((width, height), Image.BILINEAR), (left, top))
    return view, scale, left, top


def found_in(model, rows, side, score):
    """Boxes, labels and scores of each picture, in its own pixels."""
    model.eval()
    spots, _ = detectors.places(side, side, None)
    spots = spots.float()
    for image, _, _ in rows:
        view, scale, left, top = letterboxed(image, side)
        with torch.no_grad():
            said = model(as_input([view]))[0]
        sides = spots[:, 2:3]
        boxes = detectors.corners((said[:, :2] + spots[:, :2] / sides) * sides, said[:, 2:4].exp() * sides)
        objects, (chances, labels) = said[:, 4].sigmoid(), said[:, 5:].sigmoid().max(1)
        scores = objects * chances
        kept = (objects > score) & (scores > score)
        boxes, scores, labels = boxes[kept], scores[kept], labels[kept]
        best = batched_nms(boxes, scores, labels, OVERLAP)[:MOST]
        own = (boxes[best] - torch.tensor([left, top, left, top])) / scale
        limits = torch.tensor([image.size[0], image.size[1]] * 2)
        yield torch.minimum(own.clamp(min=0), limits), labels[best], scores[best]


def average_precision(hits, truths):
    found = numpy.cumsum(hits)
    precision, recall = found / numpy.arange(1, len(hits) + 1), found / truths
    envelope = numpy.maximum.accumulate(precision[::-1])[::-1]
    return float((numpy.diff(recall, prepend=0) * envelope).sum())


def metrics_of(found, rows, classes):
    precisions, hit_count, found_count, truth_count = [], 0, 0, 0
    for kind in range(len(classes)):
        judged, truths = [], 0
        for (boxes, labels, scores), (_, truth_labels, truth_boxes) in zip(found, rows):
            own = torch.tensor([box for label, box in zip(truth_labels, truth_boxes) if label == kind]).reshape(-1, 4)
            truths += len(own)
            of_kind = labels == kind
            overlaps = box_iou(boxes[of_kind], own)
            used = set()
            for score, row in zip(scores[of_kind].tolist(), overlaps):
                at = int(row.argmax()) if len(own) else -1
                hit = at >= 0 and float(row[at]) >= OVERLAP and at not in used
                if hit:
                    used.add(at)
                judged.append((score, hit))
        judged.sort(key=lambda entry: -entry[0])
        hits = numpy.array([hit for _, hit in judged], dtype=float)
        if truths:
            precisions.append(average_precision(hits, truths) if len(hits) else 0.0)
        hit_count, found_count, truth_count = hit_count + hits.sum(), found_count + len(hits), truth_count + truths
    return {
        "mean_average_precision": float(numpy.mean(precisions)),
        "precision": float(hit_count / max(1, found_count)),
        "recall": float(hit_count / truth_count),
    }


def build(options, classes):
    model = detectors.YoloXNano(len(classes))
    own = model.state_dict()
    stored = {name: value for name, value in read_safetensors(options.weights).items() if own[name].shape == value.shape}
    new = [name for name in own if name not in stored and not name.endswith("num_batches_tracked")]
    if not all(name.startswith("head.cls_preds.") for name in new):
        sys.exit(f"{options.weights} does not fit: {new}")
    model.load_state_dict({**own, **stored})
    for predictor in model.head.cls_preds:
        torch.nn.init.normal_(predictor.weight, std=0.01)
        torch.nn.init.constant_(predictor.bias, math.log(0.01 / 0.99))
    return model


def train(options, train_rows, valid_rows, classes):
    torch.manual_seed(options.seed)
    rng = numpy.random.default_rng(options.seed)
    model = build(options, classes)
    average = copy.deepcopy(model)
    groups = [(lambda p: p.dim() > 1, options.weight_decay), (lambda p: p.dim() <= 1, 0.0)]
    parameters = [
        {"params": [p for p in model.parameters() if chosen(p)], "weight_decay": decay} for chosen, decay in groups
    ]
    optimizer = torch.optim.AdamW(parameters, lr=options.lr)
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    steps = math.ceil(len(train_rows) / options.batch)
    warm_up, total = options.warmup_epochs * steps, options.epochs * steps
    told, updates = [], 0
    for epoch in range(options.epochs):
        started = time.monotonic()
        model.train()
        for norm in norms if options.freeze_batch_norm else []:
            norm.eval()
        losses = []
        for step, batch in enumerate(batches(len(train_rows), options.batch)):
            rate = learning_rate(options, epoch * steps + step, warm_up, total)
            for group in optimizer.param_groups:
                group["lr"] = rate
            partners = [[index, *rng.integers(len(train_rows), size=3)] for index in batch]
            made = [mosaic([train_rows[i] for i in four], options.side, options.strengths, rng) for four in partners]
            truth = [[image, *row] for image, (_, objects) in enumerate(made) for row in objects]
            optimizer.zero_grad()
            said = model(as_input([view for view, _ in made]))
            loss = sum(detectors.yolox_loss(said, options.side, options.side, truth).values())
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            updates += 1
            decay = min(options.average, (1 + updates) / (10 + updates))
            with torch.no_grad():
                for kept, now in zip(average.state_dict().values(), model.state_dict().values()):
                    kept.copy_(decay * kept + (1 - decay) * now if kept.is_floating_point() else now)
        found = list(found_in(average, valid_rows, options.side, options.score))
        told.append(
            {
                "epoch": epoch + 1,
                "train_loss": sum(losses) / len(losses),
                "metrics": metrics_of(found, valid_rows, classes),
                "seconds": round(time.monotonic() - started, 3),
            }
        )
        print(f"seed {options.seed} {told[-1]}", file=sys.stderr)
    return told


def parsed():
    parser = argparse.ArgumentParser(description="Learning curves of YOLOX-nano, trained by torch.")
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--strengths", type=json.loads, required=True, help="of the mosaic, by name")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--lr", type=float, required=True)
    parser.add_argument("--weight-decay", type=float, required=True)
    parser.add_argument("--average", type=float, required=True)
    parser.add_argument("--warmup-epochs", type=int, required=True)
    parser.add_argument("--cycles", type=float, default=0.45)
    parser.add_argument("--score", type=float, required=True)
    parser.add_argument("--freeze-batch-norm", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main():
    options = parsed()
    torch.set_num_threads(options.threads)
    parts = [read_part(options.set, part) for part in ("train", "val")]
    classes = sorted({kind for rows in parts for _, kinds, _ in rows for kind in kinds})
    train_rows, valid_rows = (
        [(image, [classes.index(kind) for kind in kinds], boxes) for image, kinds, boxes in rows] for rows in parts
    )
    epochs = train(options, train_rows, valid_rows, classes)
    settings = {key: str(value) for key, value in vars(options).items()}
    print(json.dumps({"seed": options.seed, "settings": settings, "epochs": epochs}), flush=True)


if __name__ == "__main__":
    main()
