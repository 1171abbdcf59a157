"""One training step of a classifier or a detector, timed: the peer of `npm run bench -- --only step`.

Reads lines `go` from standard input and answers each with one JSON line {"wall_ms", "cpu_ms", "peak_mb", "parameters"}; so the two programs take
turns on the same machine. Needs torch and torchvision; never a dependency of the product.
"""

import argparse
import json
import resource
import sys
import time

import torch
from networks import CLASSES, NETWORKS
from one_stage import one_stage, one_stage_loss
from rcnn import detector, step_loss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--width", type=int, default=None, help="of pictures that are not square")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--optimizer", choices=["sgd", "adamw"], default="sgd")
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    width = options.width or options.side
    found = detector(options.model, options.side, width)
    staged = one_stage(options.model)
    model = (staged[0] if staged else found or NETWORKS[options.model]()).train().to(memory_format=layout)
    parameters = model.parameters()
    if options.optimizer == "adamw":
        optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.999), weight_decay=1e-2)
    else:
        optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, weight_decay=1e-4, nesterov=True)
    if staged:
        images = torch.rand(options.batch, 3, options.side, width).to(memory_format=layout)
        loss = one_stage_loss(options.model, model, staged[1], images)
    elif found:
        loss = step_loss(model, options.batch, options.side, width)
    else:
        images = torch.randn(options.batch, 3, options.side, width).to(memory_format=layout)
        labels = torch.arange(options.batch) % CLASSES
        loss = lambda: torch.nn.functional.cross_entropy(model(images), labels)

    for line in sys.stdin:
        if line.strip() != "go":
            break
        wall, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()
        row = {
            "wall_ms": (time.perf_counter() - wall) * 1e3,
            "cpu_ms": (time.process_time() - cpu) * 1e3,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
