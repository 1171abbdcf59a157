"""How far float32 gradients are from float64 ones: ours, read from a file, and torch's own.

Usage: python3 precision.py FILE NETWORK      FILE is what build/bench/precision-child.ts wrote
Prints one line of JSON per parameter whose gradient isn't zero: {"name", "norm", "ours", "peer"}, the last two as relative L2 distances.
"""

import json
import sys

import torch
from networks import CLASSES, NETWORKS, own_name
from tensors import distance, read_tensors
from torch import nn


class KeepAll(nn.Module):
    """What dropout does where the random numbers leave everything in."""

    def __init__(self, probability):
        super().__init__()
        self.scale = 1 / (1 - probability)

    def forward(self, x):
        return x * self.scale


def keep_all(model):
    for name, child in model.named_children():
        if isinstance(child, nn.Dropout):
            setattr(model, name, KeepAll(child.p) if child.p > 0 else nn.Identity())
        else:
            keep_all(child)


def gradients(name, weights, images, dtype):
    model = NETWORKS[name]()
    keep_all(model)
    theirs = {own_name(key): key for key in model.state_dict()}
    renamed = {theirs.get(key, key): value for key, value in weights.items()}
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unexpected:
        sys.exit(f"precision.py: {name} lacks {missing}, does not know {unexpected}")
    model = model.to(dtype).train()
    labels = torch.arange(images.shape[0]) % CLASSES
    torch.nn.functional.cross_entropy(model(images.to(dtype)), labels).backward()
    return {own_name(key): parameter.grad for key, parameter in model.named_parameters()}


def main():
    path, name = sys.argv[1:]
    tensors = read_tensors(path)
    prefix = "gradient:"
    ours = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
    images = tensors["images"]
    weights = {key: value for key, value in tensors.items() if not key.startswith(prefix) and key != "images"}
    exact = gradients(name, weights, images, torch.float64)
    single = gradients(name, weights, images, torch.float32)
    for key, value in exact.items():
        if value.norm() == 0:
            continue  # nothing to be relative to
        row = {"name": key, "norm": value.norm().item()}
        print(json.dumps({**row, "ours": distance(ours[key], value), "peer": distance(single[key], value)}))


if __name__ == "__main__":
    main()
