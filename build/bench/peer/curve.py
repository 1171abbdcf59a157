"""Learning curves of torchvision's ResNet-18 from scratch: the peer that our own curves are held against.

Usage:
  python3 curve.py --train-list train.txt --valid-list valid.txt --epochs 15 --seeds 0,1,2

A list has one image per line: path, a tab, class index. Prints one line of JSON per seed:
  {"seed", "settings", "epochs": [{"epoch", "train_loss", "valid_loss", "accuracy", "learning_rate", "seconds"}]}
Needs: torch 1.13, torchvision 0.14, Pillow. They are a peer to measure against, not a dependency.

What is fixed, because it must equal the product's training:
  - convolutions start from kaiming_normal(fan_out), batch norms from 1 and 0, the head uniform in +-1/sqrt(fan in);
  - SGD with Nesterov momentum, weight decay on every parameter, mean cross-entropy, float32;
  - warmup_cosine per iteration t, counted from 0, with W warm-up and T total iterations: lr * t / W for t < W, then
    lr * max(0, (1 + cos(2 pi cycles (t - W) / (T - W))) / 2);
  - every epoch is a fresh permutation, its last batch completed with the first images of that permutation;
  - training pictures: random resized crop, flip with probability 1/2, colour jitter, ImageNet mean and deviation;
  - validation pictures: shorter side resized, centre crop, the same mean and deviation.
The train loss of an epoch is the mean over its batches, the validation loss the mean over the images; seconds include
the evaluation. All random numbers of a seed come from torch.manual_seed(seed).
"""

import argparse
import json
import math
import sys
import time

import torch
import torchvision
from PIL import Image
from torchvision import transforms

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def read_list(path):
    """(image, class index) pairs; images are small and decoded once."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            parts = line.rstrip("\n").split("\t")
            if len(parts) != 2 or not parts[1].isdigit():
                sys.exit(f"{path}:{number}: expected 'path<TAB>class index', got {line.rstrip()!r}")
            with Image.open(parts[0]) as image:
                rows.append((image.convert("RGB"), int(parts[1])))
    if not rows:
        sys.exit(f"{path}: expected at least one image, the list is empty")
    return rows


def pipelines(options):
    normalise = [transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
    train = transforms.Compose(
        [
            transforms.RandomResizedCrop(options.train_crop, scale=tuple(options.scale), ratio=tuple(options.ratio)),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(*options.jitter),
            *normalise,
        ]
    )
    valid = transforms.Compose(
        [transforms.Resize(options.valid_resize), transforms.CenterCrop(options.valid_crop), *normalise]
    )
    return train, valid


def batches(count, size):
    """Index batches of one epoch, all of the same size: the last one wraps to the start of the epoch's order."""
    order = torch.randperm(count).tolist()
    steps = math.ceil(count / size)
    return [[order[(step * size + i) % count] for i in range(size)] for step in range(steps)]


def learning_rate(options, t, warm_up, total):
    if t < warm_up:
        return options.lr * t / warm_up
    progress = (t - warm_up) / (total - warm_up)
    return options.lr * max(0.0, 0.5 * (1 + math.cos(2 * math.pi * options.cycles * progress)))


def stacked(rows, transform):
    return torch.stack([transform(image) for image, _ in rows]), torch.tensor([label for _, label in rows])


def evaluate(model, rows, transform, size):
    model.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(rows), size):
            x, labels = stacked(rows[start : start + size], transform)
            logits = model(x)
            loss += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(dim=1) == labels).sum().item()
    return loss / len(rows), right / len(rows)


def train(options, seed, train_rows, valid_rows, classes):
    torch.manual_seed(seed)
    model = torchvision.models.resnet18(weights=None, num_classes=classes)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay, nesterov=True
    )
    train_transform, valid_transform = pipelines(options)
    steps = math.ceil(len(train_rows) / options.batch)
    warm_up, total = options.warmup_epochs * steps, options.epochs * steps
    rows = []
    for epoch in range(options.epochs):
        started = time.monotonic()
        model.train()
        losses = []
        for step, batch in enumerate(batches(len(train_rows), options.batch)):
            rate = learning_rate(options, epoch * steps + step, warm_up, total)
            optimizer.param_groups[0]["lr"] = rate
            x, labels = stacked([train_rows[index] for index in batch], train_transform)
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        valid_loss, accuracy = evaluate(model, valid_rows, valid_transform, options.batch)
        rows.append(
            {
                "epoch": epoch + 1,
                "train_loss": sum(losses) / len(losses),
                "valid_loss": valid_loss,
                "accuracy": accuracy,
                "learning_rate": rate,
                "seconds": round(time.monotonic() - started, 3),
            }
        )
        print(f"seed {seed} {rows[-1]}", file=sys.stderr)
    return rows


def parsed():
    parser = argparse.ArgumentParser(description="Learning curves of ResNet-18 from scratch, trained by torch.")
    parser.add_argument("--train-list", required=True)
    parser.add_argument("--valid-list", required=True)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=78)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=1e-4)
    parser.add_argument("--warmup-epochs", type=int, default=2)
    parser.add_argument("--cycles", type=float, default=0.45)
    parser.add_argument("--train-crop", type=int, default=32)
    parser.add_argument("--valid-resize", type=int, default=32)
    parser.add_argument("--valid-crop", type=int, default=32)
    parser.add_argument("--scale", type=float, nargs=2, default=[0.08, 1.0], help="area range of the random crop")
    parser.add_argument("--ratio", type=float, nargs=2, default=[3 / 4, 4 / 3], help="aspect range of the random crop")
    parser.add_argument(
        "--jitter",
        type=float,
        nargs=4,
        default=[0.4, 0.4, 0.4, 0.1],
        metavar=("BRIGHTNESS", "CONTRAST", "SATURATION", "HUE"),
    )
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main():
    options = parsed()
    torch.set_num_threads(options.threads)
    train_rows, valid_rows = read_list(options.train_list), read_list(options.valid_list)
    classes = max(label for _, label in train_rows + valid_rows) + 1
    settings = {key: value for key, value in vars(options).items() if not key.endswith("_list") and key != "seeds"}
    for seed in options.seeds:
        epochs = train(options, seed, train_rows, valid_rows, classes)
        print(json.dumps({"seed": seed, "settings": settings, "epochs": epochs}), flush=True)


if __name__ == "__main__":
    main()
