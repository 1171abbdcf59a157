"""Mask R-CNN of torchvision on a light MobileNetV2: the peer that our own masks are held against.

Usage: python3 segment.py job.json found.json

The job has `settings` and the rows of `train` and `validation`: path, size and the run lengths of each object's mask, as
build/acceptance/segm.ts writes them. What the trained network finds goes to the second file, in COCO's form of results;
prints one line of JSON: {"losses": [mean of each epoch], "seconds"}.
Needs: torch 1.13, torchvision 0.14, Pillow. They are a peer to measure against, not a dependency.

What is fixed, because it must equal the product's training:
  - the network of `maskrcnn_mobilenetv2_fpn`: blocks 3, 6, 13 and 17 of MobileNetV2 with frozen norms, a pyramid of 128
    channels, heads of 128 channels and 512 numbers, 128 proposals an image; all but the backbone starts as torchvision has it;
  - AdamW, weight decay on every parameter, gradients clipped; warm-up of two epochs, then a cosine, per iteration;
  - training pictures: a random part round boxes, expanded, mirrored, with the strengths of the job; then the sizes.
"""

import json
import math
import random
import sys
import time

import numpy
import torch
import torchvision
from PIL import Image
from torchvision.models.detection import MaskRCNN, faster_rcnn, mask_rcnn
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import FrozenBatchNorm2d

import train as classifiers

CHANNELS, WIDTH = 128, 512
SEEN_AFTER = {"3": "0", "6": "1", "13": "2", "17": "3"}
SEEN_CHANNELS = [24, 32, 96, 320]
WARM_UP_EPOCHS, CYCLES = 2, 0.45
EMPTY = (124, 116, 104)
LEAST_SIDE = 1
CROP_ATTEMPTS = 20
SCORE, PIXEL = 0.3, 0.5


def network(settings):
    base = torchvision.models.mobilenet_v2(norm_layer=FrozenBatchNorm2d)
    stored = {name: value for name, value in classifiers.read_safetensors(settings["weights"]).items()
              if name.startswith("features.")}
    missing = [name for name in base.state_dict() if name.startswith("features.") and name not in stored]
    assert not missing, missing
    base.load_state_dict(stored, strict=False)
    body = torch.nn.Sequential(*list(base.features)[:18])
    classifiers.pad_right_and_bottom(body)
    backbone = BackboneWithFPN(body, SEEN_AFTER, SEEN_CHANNELS, CHANNELS)
    classes = settings["classes"] + 1
    anchors = faster_rcnn._default_anchorgen()
    return MaskRCNN(
        backbone,
        min_size=settings["min_size"],
        max_size=settings["max_size"],
        image_mean=settings["mean"],
        image_std=settings["deviation"],
        rpn_anchor_generator=anchors,
        rpn_head=RPNHead(CHANNELS, anchors.num_anchors_per_location()[0]),
        rpn_pre_nms_top_n_train=1000,
        rpn_pre_nms_top_n_test=500,
        rpn_post_nms_top_n_train=500,
        rpn_post_nms_top_n_test=300,
        box_head=faster_rcnn.TwoMLPHead(CHANNELS * 7**2, WIDTH),
        box_predictor=faster_rcnn.FastRCNNPredictor(WIDTH, classes),
        mask_head=mask_rcnn.MaskRCNNHeads(CHANNELS, (CHANNELS,) * 4, 1),
        mask_predictor=mask_rcnn.MaskRCNNPredictor(CHANNELS, CHANNELS, classes),
        box_batch_size_per_image=128,
        box_score_thresh=SCORE,
    )


def bitmap(counts, height, width):
    """Run lengths go column by column, zeros first."""
    flat = numpy.zeros(height * width, dtype=numpy.uint8)
    at = 0
    for i, count in enumerate(counts):
        flat[at : at + count] = i % 2
        at += count
    return flat.reshape(width, height).T.copy()


def run_lengths(mask):
    flat = mask.T.reshape(-1)
    changes = numpy.flatnonzero(numpy.diff(flat)) + 1
    ends = numpy.concatenate([[0], changes, [flat.size]])
    counts = numpy.diff(ends).tolist()
    return [0, *counts] if flat[0] else counts


def read(row):
    with Image.open(row["path"]) as image:
        pixels = numpy.asarray(image.convert("RGB"))
    masks = [bitmap(one["counts"], row["height"], row["width"]) for one in row["objects"]]
    stack = numpy.stack(masks) if masks else numpy.zeros((0, row["height"], row["width"]), numpy.uint8)
    return pixels, stack, [one["label"] + 1 for one in row["objects"]]


def box_of(mask):
    rows, columns = numpy.flatnonzero(mask.any(axis=1)), numpy.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return (0, 0, 0, 0)
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def random_part(width, height, boxes, a):
    if random.random() >= a["crop_probability"]:
        return 0, 0, width, height
    for _ in range(CROP_ATTEMPTS):
        least = a["crop_side_min"]
        w, h = round(width * (least + (1 - least) * random.random())), round(height * (least + (1 - least) * random.random()))
        x, y = random.randint(0, width - w), random.randint(0, height - h)
        if w < 1 or h < 1 or not a["crop_aspect_min"] <= h / w <= a["crop_aspect_max"]:
            continue
        def share(box):
            across = max(0, min(box[2], x + w) - max(box[0], x))
            down = max(0, min(box[3], y + h) - max(box[1], y))
            area = (box[2] - box[0]) * (box[3] - box[1])
            return across * down / area if area else 0
        if not boxes or any(share(box) >= a["crop_box_share_min"] for box in boxes):
            return x, y, w, h
    return 0, 0, width, height


def augmented(sample, a):
    pixels, masks, labels = sample
    height, width = pixels.shape[:2]
    x, y, w, h = random_part(width, height, [box_of(mask) for mask in masks], a)
    whole = masks.reshape(len(masks), -1).sum(axis=1)
    pixels, masks = pixels[y : y + h, x : x + w], masks[:, y : y + h, x : x + w]
    if random.random() < a["expand_probability"]:
        factor = 1 + (a["expand_max"] - 1) * random.random()
        outer_w, outer_h = round(w * factor), round(h * factor)
        left, top = round((outer_w - w) * random.random()), round((outer_h - h) * random.random())
        larger = numpy.empty((outer_h, outer_w, 3), numpy.uint8)
        larger[:] = EMPTY
        larger[top : top + h, left : left + w] = pixels
        wider = numpy.zeros((len(masks), outer_h, outer_w), numpy.uint8)
        wider[:, top : top + h, left : left + w] = masks
        pixels, masks = larger, wider
    if random.random() < a["flip_probability"]:
        pixels, masks = pixels[:, ::-1], masks[:, :, ::-1]
    boxes = [box_of(mask) for mask in masks]
    left_over = masks.reshape(len(masks), -1).sum(axis=1)
    kept = [
        i for i, (x0, y0, x1, y1) in enumerate(boxes)
        if x1 - x0 > LEAST_SIDE and y1 - y0 > LEAST_SIDE and left_over[i] / whole[i] >= a["kept_share_min"]
    ]
    target = {
        "boxes": torch.tensor([boxes[i] for i in kept], dtype=torch.float32).reshape(-1, 4),
        "labels": torch.tensor([labels[i] for i in kept], dtype=torch.int64),
        "masks": torch.from_numpy(masks[kept].copy()),
    }
    return to_input(pixels), target


def to_input(pixels):
    return torch.from_numpy(numpy.array(pixels)).permute(2, 0, 1).float() / 255


def train(model, rows, settings):
    samples = [read(row) for row in rows]
    batch, epochs = settings["training_batch_size"], settings["number_of_epochs"]
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=settings["learning_rate"], weight_decay=settings["weight_decay"])
    steps = math.ceil(len(samples) / batch)
    warm_up, total = WARM_UP_EPOCHS * steps, epochs * steps
    losses = []
    for epoch in range(epochs):
        model.train()
        seen = []
        for step, indices in enumerate(classifiers.batches(len(samples), batch)):
            t = epoch * steps + step
            progress = (t - warm_up) / (total - warm_up)
            factor = t / warm_up if t < warm_up else max(0.0, 0.5 * (1 + math.cos(2 * math.pi * CYCLES * progress)))
            for group in optimizer.param_groups:
                group["lr"] = settings["learning_rate"] * factor
            images, targets = zip(*(augmented(samples[i], settings["augmentation"]) for i in indices))
            optimizer.zero_grad()
            loss = sum(model(list(images), list(targets)).values())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, settings["gradient_clip_norm"])
            optimizer.step()
            seen.append(loss.item())
        losses.append(sum(seen) / len(seen))
        print(f"epoch {epoch + 1} of {epochs}: {losses[-1]:.4f}", file=sys.stderr)
    return losses


def results(model, rows):
    model.eval()
    found = []
    with torch.no_grad():
        for row in rows:
            pixels, _, _ = read(row)
            (said,) = model([to_input(pixels)])
            for box, label, score, mask in zip(said["boxes"], said["labels"], said["scores"], said["masks"]):
                x0, y0, x1, y1 = box.tolist()
                counts = run_lengths((mask[0] > PIXEL).numpy().astype(numpy.uint8))
                found.append(
                    {
                        "image_id": row["id"],
                        "category_id": row["categories"][label.item() - 1],
                        "bbox": [x0, y0, x1 - x0, y1 - y0],
                        "score": score.item(),
                        "segmentation": {"size": [row["height"], row["width"]], "counts": counts},
                    }
                )
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    settings = job["settings"]
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(settings["seed"])
    random.seed(settings["seed"])
    model = network(settings)
    started = time.monotonic()
    losses = train(model, job["train"], settings)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(results(model, job["validation"]), file)
    print(json.dumps({"losses": losses, "seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
