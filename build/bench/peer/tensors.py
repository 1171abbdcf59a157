"""Reads a safetensors file of float32 tensors: a length, a JSON header, the bytes."""

import json
import struct

import torch


def read_tensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (size,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    result = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        result[name] = torch.frombuffer(bytearray(content[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return result


def distance(a, exact):
    """Relative L2 distance, in float64."""
    return ((a.double().reshape(exact.shape) - exact).norm() / exact.norm()).item()
