"""COCO's evaluation step by step as the published Python code goes about it, in numpy: the peer of
`npm run bench -- --only coco`, and the reference of test/fixtures/coco-evaluation. It is a rewrite, not the package.

One list of annotations per image and category; overlaps of the hundred best detections with every truth; per area, image,
threshold and detection a walk over all truths; then, per category and area, one sort and cumulative sums.

Answers each line `go` with {"wall_ms", "cpu_ms", "evaluate_ms", "peak_mb", "metrics"}.
"""

import argparse
import json
import resource
import sys
import time
from collections import defaultdict

import numpy

THRESHOLDS = numpy.linspace(0.5, 0.95, 10)
RECALLS = numpy.linspace(0.0, 1.0, 101)
AREAS = [[0, 1e5**2], [0, 32**2], [32**2, 96**2], [96**2, 1e5**2]]
MOST = [1, 10, 100]


def box_overlaps(detected, true, is_crowd):
    """Shapes: [D,4], [T,4] as x, y, width, height -> [D,T]."""
    d, t = numpy.array(detected, dtype=float)[:, None, :], numpy.array(true, dtype=float)[None, :, :]
    width = numpy.minimum(d[..., 0] + d[..., 2], t[..., 0] + t[..., 2]) - numpy.maximum(d[..., 0], t[..., 0])
    height = numpy.minimum(d[..., 1] + d[..., 3], t[..., 1] + t[..., 3]) - numpy.maximum(d[..., 1], t[..., 1])
    shared = numpy.where((width > 0) & (height > 0), width * height, 0.0)
    own, other = d[..., 2] * d[..., 3], t[..., 2] * t[..., 3]
    whole = numpy.where(numpy.array(is_crowd, dtype=bool)[None, :], own + 0 * other, own + other - shared)
    return numpy.divide(shared, whole, out=numpy.zeros_like(shared), where=shared > 0)


class Evaluation:
    """`overlaps(detections, truths, is_crowd)` gives [D,T] of two lists of annotations."""

    def __init__(self, truth, predictions, overlaps=None):
        self.images = sorted(entry["id"] for entry in truth["images"])
        self.categories = sorted(entry["id"] for entry in truth["categories"])
        self.overlaps_of = overlaps or (
            lambda d, t, is_crowd: box_overlaps([a["bbox"] for a in d], [a["bbox"] for a in t], is_crowd)
        )
        self.truths, self.detections = defaultdict(list), defaultdict(list)
        for entry in truth["annotations"]:
            self.truths[entry["image_id"], entry["category_id"]].append(entry)
        for number, entry in enumerate(predictions):
            entry["number"] = number + 1
            if "area" not in entry:
                entry["area"] = entry["bbox"][2] * entry["bbox"][3]
            self.detections[entry["image_id"], entry["category_id"]].append(entry)

    def evaluate(self):
        self.overlaps = {(i, c): self.overlap(i, c) for i in self.images for c in self.categories}
        self.judged = [
            [[self.judge(i, c, area) for i in self.images] for area in AREAS] for c in self.categories
        ]

    def ranked(self, image, category):
        found = self.detections[image, category]
        order = numpy.argsort([-entry["score"] for entry in found], kind="mergesort")
        return [found[i] for i in order[: MOST[-1]]]

    def overlap(self, image, category):
        there, found = self.truths[image, category], self.ranked(image, category)
        if len(there) == 0 or len(found) == 0:
            return []
        return self.overlaps_of(found, there, [int(entry["iscrowd"]) for entry in there])

    def judge(self, image, category, area):
        there, found = self.truths[image, category], self.ranked(image, category)
        if len(there) == 0 and len(found) == 0:
            return None
        low, high = area
        skipped = [bool(t["iscrowd"]) or t["area"] < low or t["area"] > high for t in there]
        order = numpy.argsort(skipped, kind="mergesort")
        there = [there[i] for i in order]
        skipped = numpy.array([skipped[i] for i in order], dtype=bool)
        is_crowd = [int(t["iscrowd"]) for t in there]
        overlaps = self.overlaps[image, category]
        overlaps = overlaps[:, order] if len(overlaps) > 0 else overlaps
        taken = numpy.zeros((len(THRESHOLDS), len(there)))
        hits = numpy.zeros((len(THRESHOLDS), len(found)))
        ignored = numpy.zeros((len(THRESHOLDS), len(found)), dtype=bool)
        if len(overlaps) > 0:
            for at, threshold in enumerate(THRESHOLDS):
                for d, detection in enumerate(found):
                    least, best = min(threshold, 1 - 1e-10), -1
                    for t in range(len(there)):
                        if taken[at, t] > 0 and not is_crowd[t]:
                            continue
                        if best > -1 and not skipped[best] and skipped[t]:
                            break
                        if overlaps[d, t] < least:
                            continue
                        least, best = overlaps[d, t], t
                    if best == -1:
                        continue
                    ignored[at, d] = skipped[best]
                    hits[at, d] = 1
                    taken[at, best] = detection["number"]
        outside = numpy.array([d["area"] < low or d["area"] > high for d in found], dtype=bool).reshape(1, -1)
        ignored = numpy.logical_or(ignored, numpy.logical_and(hits == 0, numpy.repeat(outside, len(THRESHOLDS), 0)))
        return {"hits": hits, "ignored": ignored, "skipped": skipped, "scores": [d["score"] for d in found]}

    def accumulate(self):
        shape = (len(self.categories), len(AREAS), len(MOST))
        self.precision = -numpy.ones((len(THRESHOLDS), len(RECALLS), *shape))
        self.recall = -numpy.ones((len(THRESHOLDS), *shape))
        for c in range(shape[0]):
            for a in range(shape[1]):
                entries = [entry for entry in self.judged[c][a] if entry is not None]
                if len(entries) == 0:
                    continue
                for m, most in enumerate(MOST):
                    self.curve(entries, most, (c, a, m))

    def curve(self, entries, most, at):
        scores = numpy.concatenate([entry["scores"][:most] for entry in entries])
        order = numpy.argsort(-scores, kind="mergesort")
        hits = numpy.concatenate([entry["hits"][:, :most] for entry in entries], axis=1)[:, order]
        ignored = numpy.concatenate([entry["ignored"][:, :most] for entry in entries], axis=1)[:, order]
        positives = numpy.count_nonzero(~numpy.concatenate([entry["skipped"] for entry in entries]))
        if positives == 0:
            return
        true = numpy.logical_and(hits, ~ignored)
        false = numpy.logical_and(numpy.logical_not(hits), ~ignored)
        for t, (found, alarms) in enumerate(
            zip(numpy.cumsum(true, axis=1).astype(float), numpy.cumsum(false, axis=1).astype(float))
        ):
            recall = found / positives
            precision = (found / (alarms + found + numpy.spacing(1))).tolist()
            self.recall[(t, *at)] = recall[-1] if len(found) else 0
            for i in range(len(found) - 1, 0, -1):
                if precision[i] > precision[i - 1]:
                    precision[i - 1] = precision[i]
            levels = numpy.zeros(len(RECALLS))
            for level, i in enumerate(numpy.searchsorted(recall, RECALLS, side="left")):
                if i == len(precision):
                    break
                levels[level] = precision[i]
            self.precision[(t, slice(None), *at)] = levels

    def numbers(self, categories=slice(None)):
        def mean(values):
            values = values[values > -1]
            return float(numpy.mean(values)) if values.size else -1.0

        def precision(area, threshold=slice(None)):
            return mean(self.precision[threshold][..., categories, area, 2])

        def recall(area, most):
            return mean(self.recall[:, categories, area, most])

        return {
            "AP": precision(0),
            "AP50": precision(0, slice(0, 1)),
            "AP75": precision(0, slice(5, 6)),
            "APs": precision(1),
            "APm": precision(2),
            "APl": precision(3),
            "AR1": recall(0, 0),
            "AR10": recall(0, 1),
            "AR100": recall(0, 2),
            "ARs": recall(1, 2),
            "ARm": recall(2, 2),
            "ARl": recall(3, 2),
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--truth", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--overlaps", help="handed to the peer for nothing, where it has no code for masks")
    options = parser.parse_args()
    known = None
    if options.overlaps:
        with open(options.overlaps) as file:
            pairs = {(d, t): value for d, t, value in json.load(file)}
        known = lambda found, there, _: numpy.array(
            [[pairs.get((d["number"], t["id"]), 0.0) for t in there] for d in found]
        )
    for line in sys.stdin:
        if line.strip() != "go":
            break
        wall, cpu = time.perf_counter(), time.process_time()
        with open(options.truth) as file:
            truth = json.load(file)
        with open(options.predictions) as file:
            predictions = json.load(file)
        evaluation = Evaluation(truth, predictions, known)
        begun, begun_cpu = time.perf_counter(), time.process_time()
        evaluation.evaluate()
        evaluation.accumulate()
        metrics = evaluation.numbers()
        row = {
            "wall_ms": (time.perf_counter() - wall) * 1000,
            "cpu_ms": (time.process_time() - cpu) * 1000,
            "evaluate_cpu_ms": (time.process_time() - begun_cpu) * 1000,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "metrics": metrics,
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
