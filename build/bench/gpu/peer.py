"""A training step of torch on a card or the CPU, timed: the peer of `npm run bench:gpu`. Prints one JSON line.

Matrix products may use TF32, as the product's do by default; `--precision half` is autocast with a gradient scaler. Needs
torch and torchvision; never a dependency of the product.
"""

import argparse
import contextlib
import json
import statistics
import sys
import time

import torch
import torchvision


def vit(width, heads, side):
    return torchvision.models.VisionTransformer(side, 16, 12, heads, width, 4 * width, num_classes=10)


NETWORKS = {
    "resnet18": lambda side: torchvision.models.resnet18(num_classes=10),
    "resnet50": lambda side: torchvision.models.resnet50(num_classes=10),
    "mobilenetv2": lambda side: torchvision.models.mobilenet_v2(num_classes=10),
    "vits16r224": lambda side: vit(384, 6, side),
    "vitb16r224": lambda side: vit(768, 12, side),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--precision", choices=["float32", "half"], default="float32")
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.precision == "half" and device.type == "cpu":
        sys.exit("half precision is compared on a card alone")
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit("torch has no CUDA here")
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True

    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    model = NETWORKS[options.model](options.side).train().to(device, memory_format=layout)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4, nesterov=True)
    images = torch.randint(0, 256, (options.batch, 3, options.side, options.side), dtype=torch.uint8)
    images = images.pin_memory() if device.type == "cuda" else images
    labels = (torch.arange(options.batch) % 10).to(device)
    is_half = options.precision == "half" and device.type == "cuda"
    scaler = torch.cuda.amp.GradScaler(enabled=is_half)

    def step():
        pixels = images.to(device, non_blocking=True).to(torch.float32, memory_format=layout)
        pixels = pixels.div_(255).sub_(0.45).div_(0.225)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.float16) if is_half else contextlib.nullcontext():
            logits = model(pixels)
        loss = torch.nn.functional.cross_entropy(logits.float(), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss

    def synchronize():
        if device.type == "cuda":
            torch.cuda.synchronize()

    for _ in range(max(1, options.steps // 4)):
        step()
    synchronize()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(options.steps):
            step()
        synchronize()
        times.append((time.perf_counter() - start) * 1e3 / options.steps)
    peak = torch.cuda.max_memory_reserved() / 2**20 if device.type == "cuda" else None
    print(json.dumps({"step_ms": statistics.median(times), "peak_mb": peak, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
