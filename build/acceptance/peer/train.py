"""Learning curves of torchvision's models: the peer that our own training results are held against.

Usage:
  python3 train.py --model mobilenetv2 --weights file.safetensors --train-list train.txt --valid-list valid.txt --seeds 0

A list has one image per line: path, a tab, its class index, or for several labels their indices with commas between.
Prints one line of JSON per seed:
  {"seed", "settings", "epochs": [{"epoch", "train_loss", "learning_rate", "metrics": {"valid_loss", ...}, "seconds"}]}
Metrics are accuracy, or with --multi-label average_precision_score_macro and iou (threshold 0.5, over all pairs).
Needs: torch 1.13, torchvision 0.14, Pillow, scikit-learn. They are a peer to measure against, not a dependency.

What is fixed, because it must equal the product's training:
  - without weights convolutions start from kaiming_normal(fan_out), batch norms from 1 and 0, the head as torchvision
    has it, vision transformers as timm has them; with weights a head of another class count starts as torchvision has it, all else from the file;
  - SGD with Nesterov momentum, or AdamW; weight decay on every parameter, of vision transformers on matrices alone;
    float32; mean cross-entropy, or with several labels
    binary cross-entropy of the sigmoid, averaged over images and classes;
  - warmup_cosine per iteration t, counted from 0, with W warm-up and T total iterations: lr * t / W for t < W, then
    lr * max(0, (1 + cos(2 pi cycles (t - W) / (T - W))) / 2);
  - every epoch is a fresh permutation, its last batch completed with the first images of that permutation;
  - training pictures: random resized crop, flip with probability 1/2, colour jitter, mean and deviation;
  - validation pictures: shorter side resized, centre crop, the same mean and deviation.
The train loss of an epoch is the mean over its batches, the validation loss the mean over the images; seconds include
the evaluation. All random numbers of a seed come from torch.manual_seed(seed).
"""

import argparse
import copy
import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
import torchvision
from PIL import Image, ImageOps
from torchvision import transforms

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "peer"))
import families  # noqa: E402: found by the line above


def vision_transformer(classes, side):
    """ViT-S/16, started as timm starts it."""
    model = torchvision.models.VisionTransformer(side, 16, 12, 6, 384, 1536, num_classes=classes)
    for name, parameter in model.named_parameters():
        if name.startswith(("heads", "class_token")):
            continue  # zeros, or next to it
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.02)
        elif name.endswith("bias"):
            torch.nn.init.zeros_(parameter)
    return model


def started_by_outputs(model):
    """Filters as ResNets start; the rest as torch has it."""
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d) and module.bias is None:
            torch.nn.init.kaiming_normal_(module.weight, mode="fan_out")
    return model


MODELS = {
    "resnet18": lambda classes, side: torchvision.models.resnet18(num_classes=classes),
    "mobilenetv2": lambda classes, side: torchvision.models.mobilenet_v2(num_classes=classes),
    "resnest50": lambda classes, side: started_by_outputs(families.resnest50(classes)),
    "vits16r224": vision_transformer,
}
STORED = {"F16": numpy.float16, "F32": numpy.float32}


def read_list(path, is_multi):
    """(image, labels) pairs, upright as their EXIF orientation says; images are few and decoded once."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            parts = line.rstrip("\n").split("\t")
            indices = parts[1].split(",") if len(parts) == 2 and parts[1] else []
            if len(parts) != 2 or not all(index.isdigit() for index in indices) or (not is_multi and len(indices) != 1):
                sys.exit(f"{path}:{number}: expected 'path<TAB>class index', got {line.rstrip()!r}")
            with Image.open(parts[0]) as image:
                rows.append((ImageOps.exif_transpose(image).convert("RGB"), [int(index) for index in indices]))
    if not rows:
        sys.exit(f"{path}: expected at least one image, the list is empty")
    return rows


def read_safetensors(path):
    """Source: https://github.com/huggingface/safetensors, "Format"."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[start:end], STORED[entry["dtype"]]).astype(numpy.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    return tensors


class PaddedRightAndBottom(torch.nn.Module):
    """A 3x3 convolution of stride 2 with TensorFlow's padding of even inputs: none at the left and top."""

    def __init__(self, convolution):
        super().__init__()
        self.convolution = convolution
        convolution.padding = (0, 0)

    def forward(self, x):
        assert x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0, f"an input of {tuple(x.shape)} would be padded otherwise"
        return self.convolution(torch.nn.functional.pad(x, (0, 1, 0, 1)))


def pad_right_and_bottom(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.Conv2d) and child.stride == (2, 2) and child.kernel_size == (3, 3):
            setattr(module, name, PaddedRightAndBottom(child))
        else:
            pad_right_and_bottom(child)


def build(options, classes):
    model = MODELS[options.model](classes, options.train_crop)
    if options.weights:
        own = model.state_dict()
        stored = {name: value for name, value in read_safetensors(options.weights).items()
                  if own[name].shape == value.shape}
        replaced = [name for name in own if name not in stored and not name.endswith("num_batches_tracked")]
        if not all(name.startswith("classifier.") for name in replaced):
            sys.exit(f"{options.weights} does not fit {options.model}: {replaced}")
        model.load_state_dict({**own, **stored})
        print(f"{len(stored)} tensors from the file, new: {replaced}", file=sys.stderr)
    if options.strided_padding == "same-upper":
        pad_right_and_bottom(model)
    return model


def pipelines(options):
    normalise = [transforms.ToTensor(), transforms.Normalize(options.mean, options.deviation)]
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


def targets(rows, classes, is_multi):
    if not is_multi:
        return torch.tensor([labels[0] for _, labels in rows])
    truth = torch.zeros(len(rows), classes)
    for row, (_, labels) in enumerate(rows):
        truth[row, labels] = 1
    return truth


def loss_of(logits, truth, reduction="mean"):
    if truth.dim() == 1:
        return torch.nn.functional.cross_entropy(logits, truth, reduction=reduction)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean(dim=1)
    return loss.mean() if reduction == "mean" else loss.sum()


def metrics_of(logits, truth):
    if truth.dim() == 1:
        return {"accuracy": (logits.argmax(dim=1) == truth).float().mean().item()}
    from sklearn.metrics import average_precision_score

    probabilities, known = torch.sigmoid(logits.double()).numpy(), truth.numpy() > 0
    predicted = probabilities > 0.5
    return {
        "average_precision_score_macro": float(average_precision_score(known, probabilities, average="macro")),
        "iou": float((predicted & known).sum() / (predicted | known).sum()),
    }


def evaluate(model, rows, transform, options, classes):
    model.eval()
    logits = []
    with torch.no_grad():
        for start in range(0, len(rows), options.batch):
            batch = rows[start : start + options.batch]
            logits.append(model(torch.stack([transform(image) for image, _ in batch])))
    logits, truth = torch.cat(logits), targets(rows, classes, options.multi_label)
    return {"valid_loss": loss_of(logits, truth, "sum").item() / len(rows), **metrics_of(logits, truth)}


def frozen_modules(model, groups):
    """The first groups of MobileNetV2, whose parameters stay and whose batch norm keeps its statistics."""
    return [model.features[group] for group in range(groups)]


UNDECAYED = ("class_token", "encoder.pos_embedding")


def optimizer_of(model, options):
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    parameters = [parameter for _, parameter in named]
    if options.model.startswith("vit"):
        is_decayed = lambda name, parameter: parameter.dim() > 1 and name not in UNDECAYED  # noqa: E731
        parameters = [
            {"params": [parameter for name, parameter in named if is_decayed(name, parameter)]},
            {"params": [parameter for name, parameter in named if not is_decayed(name, parameter)], "weight_decay": 0},
        ]
    if options.optimizer == "adamw":
        return torch.optim.AdamW(parameters, lr=options.lr, weight_decay=options.weight_decay)
    return torch.optim.SGD(
        parameters, lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay, nesterov=True
    )


def average_decay(decay, update):
    """The product's: what was asked for, less at the first updates."""
    return min(decay, (1 + update) / (10 + update))


@torch.no_grad()
def follow(average, model, decay):
    """Moves an averaged model, statistics included, towards the present one."""
    for kept, value in zip(average.state_dict().values(), model.state_dict().values()):
        if kept.is_floating_point():
            kept.lerp_(value, 1 - decay)


def train(options, seed, train_rows, valid_rows, classes):
    torch.manual_seed(seed)
    model = build(options, classes)
    average = copy.deepcopy(model) if options.average_decay > 0 else model
    frozen = frozen_modules(model, options.freeze)
    for module in frozen:
        module.requires_grad_(False)
    if options.freeze_batch_norm:
        frozen = frozen + [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    optimizer = optimizer_of(model, options)
    train_transform, valid_transform = pipelines(options)
    steps = math.ceil(len(train_rows) / options.batch)
    warm_up, total = options.warmup_epochs * steps, options.epochs * steps
    rows = []
    for epoch in range(options.epochs):
        started = time.monotonic()
        model.train()
        for module in frozen:
            module.eval()
        losses = []
        for step, batch in enumerate(batches(len(train_rows), options.batch)):
            rate = learning_rate(options, epoch * steps + step, warm_up, total)
            for group in optimizer.param_groups:
                group["lr"] = rate
            chosen = [train_rows[index] for index in batch]
            x = torch.stack([train_transform(image) for image, _ in chosen])
            optimizer.zero_grad()
            loss = loss_of(model(x), targets(chosen, classes, options.multi_label))
            loss.backward()
            optimizer.step()
            if average is not model:
                follow(average, model, average_decay(options.average_decay, epoch * steps + step + 1))
            losses.append(loss.item())
        rows.append(
            {
                "epoch": epoch + 1,
                "train_loss": sum(losses) / len(losses),
                "learning_rate": rate,
                "metrics": evaluate(average, valid_rows, valid_transform, options, classes),
                "seconds": round(time.monotonic() - started, 3),
            }
        )
        print(f"seed {seed} {rows[-1]}", file=sys.stderr)
    return rows


def parsed():
    parser = argparse.ArgumentParser(description="Learning curves of torchvision's models, trained by torch.")
    parser.add_argument("--train-list", required=True)
    parser.add_argument("--valid-list", required=True)
    parser.add_argument("--model", choices=MODELS, default="resnet18")
    parser.add_argument("--weights", help="a safetensors file; without it from scratch")
    parser.add_argument("--strided-padding", choices=["symmetric", "same-upper"], default="symmetric")
    parser.add_argument("--multi-label", action="store_true")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=78)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--optimizer", choices=["sgd", "adamw"], default="sgd")
    parser.add_argument("--freeze", type=int, default=0, help="groups of mobilenetv2 that stay as they are")
    parser.add_argument("--freeze-batch-norm", action="store_true", help="normalise by the statistics of the weights")
    parser.add_argument("--average-decay", type=float, default=0, help="of averaged weights; 0 for none")
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=1e-4)
    parser.add_argument("--warmup-epochs", type=int, default=2)
    parser.add_argument("--cycles", type=float, default=0.45)
    parser.add_argument("--train-crop", type=int, default=32)
    parser.add_argument("--valid-resize", type=int, default=32)
    parser.add_argument("--valid-crop", type=int, default=32)
    parser.add_argument("--mean", type=float, nargs=3, default=[0.485, 0.456, 0.406])
    parser.add_argument("--deviation", type=float, nargs=3, default=[0.229, 0.224, 0.225])
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
    train_rows, valid_rows = (read_list(path, options.multi_label) for path in (options.train_list, options.valid_list))
    classes = max(label for _, labels in train_rows + valid_rows for label in labels) + 1
    settings = {key: value for key, value in vars(options).items() if not key.endswith("_list") and key != "seeds"}
    for seed in options.seeds:
        epochs = train(options, seed, train_rows, valid_rows, classes)
        print(json.dumps({"seed": seed, "settings": settings, "epochs": epochs}), flush=True)


if __name__ == "__main__":
    main()
