"""One epoch of torch's DataLoader with Pillow and torchvision, timed: the peer of `npm run bench -- --only data`.

Answers each line `go` with {"wall_ms", "cpu_ms", "peak_mb"}: CPU time and memory of this process and its workers, memory
with pages that several of them share counted once.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import torch
from PIL import Image
from torchvision import transforms


class Folder(torch.utils.data.Dataset):
    def __init__(self, paths, side):
        self.paths = paths
        # The strengths of main/images/augment.ts.
        self.transform = transforms.Compose(
            [
                transforms.RandomResizedCrop(side, scale=(0.35, 1.0)),
                transforms.RandomHorizontalFlip(),
                transforms.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2, hue=0.03),
                transforms.PILToTensor(),
            ]
        )

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with Image.open(self.paths[index]) as image:
            return self.transform(image.convert("RGB")), 0


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proportional_mb(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    for name in ("count", "side", "batch", "workers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)

    paths = sorted(path for path in Path(options.folder).rglob("*") if path.suffix.lower() == ".jpg")[: options.count]
    loader = torch.utils.data.DataLoader(
        Folder(paths, options.side),
        batch_size=options.batch,
        shuffle=True,
        num_workers=options.workers,
        persistent_workers=True,
    )
    peak_mb = 0.0
    pids = [os.getpid()]
    for line in sys.stdin:
        if line.strip() != "go":
            break
        before = {pid: cpu_seconds(pid) for pid in pids}
        wall = time.perf_counter()
        images = 0
        for batch, _ in loader:
            images += len(batch)
        wall = time.perf_counter() - wall
        assert images == len(paths), f"got {images} images of {len(paths)}"
        pids = [os.getpid(), *(worker.pid for worker in loader._iterator._workers)]
        cpu = sum(cpu_seconds(pid) - before.get(pid, 0.0) for pid in pids)
        peak_mb = max(peak_mb, sum(proportional_mb(pid) for pid in pids))
        print(json.dumps({"wall_ms": wall * 1000, "cpu_ms": cpu * 1000, "peak_mb": peak_mb}), flush=True)


main()
