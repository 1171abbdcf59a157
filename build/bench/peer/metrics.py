"""All metrics and curves by scikit-learn: the peer of `npm run bench -- --only metrics`.

Answers each line `go` with {"wall_ms", "cpu_ms", "peak_mb", "metrics"}. Areas and average precisions are taken from the
curves that are drawn anyway, so that nothing is sorted for one number alone.
"""

import argparse
import json
import resource
import sys
import time
import warnings

import numpy
import sklearn.metrics as skm
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")


def curves(truth, scores):
    """The five curves of one question; returns its area under the ROC curve and its average precision."""
    fpr, tpr, _ = skm.roc_curve(truth, scores)
    precision, recall, _ = skm.precision_recall_curve(truth, scores)
    calibration_curve(truth, scores, n_bins=10)
    order = numpy.argsort(-scores)
    gains = numpy.cumsum(truth[order]) / truth.sum()
    _ = gains / (numpy.arange(1, len(truth) + 1) / len(truth))  # lift
    return skm.auc(fpr, tpr), -numpy.sum(numpy.diff(recall) * precision[:-1])


def averages(name, values, support, micro):
    return {
        f"{name}_macro": numpy.mean(values),
        f"{name}_micro": micro,
        f"{name}_weighted": numpy.average(values, weights=support),
    }


def ranked(sets, scores):
    each = [curves(sets[:, c], scores[:, c]) for c in range(sets.shape[1])]
    pooled = curves(sets.ravel(), scores.ravel())
    support = sets.sum(axis=0)
    return {
        **averages("AUC", [auc for auc, _ in each], support, pooled[0]),
        **averages("average_precision_score", [value for _, value in each], support, pooled[1]),
    }


def report(truth, predicted):
    metrics = {}
    for average in ("macro", "micro", "weighted"):
        precision, recall, f1, _ = skm.precision_recall_fscore_support(truth, predicted, average=average)
        metrics |= {f"precision_score_{average}": precision, f"recall_score_{average}": recall, f"f1_score_{average}": f1}
    skm.precision_recall_fscore_support(truth, predicted)
    return metrics


def single_label(sets, truth, scores):
    predicted = scores.argmax(axis=1)
    skm.confusion_matrix(truth, predicted)
    return {
        **ranked(sets, scores),
        **report(truth, predicted),
        "accuracy": skm.accuracy_score(truth, predicted),
        "balanced_accuracy": skm.balanced_accuracy_score(truth, predicted),
        "matthews_correlation": skm.matthews_corrcoef(truth, predicted),
        "log_loss": skm.log_loss(truth, scores.astype(numpy.float64), eps=numpy.finfo(numpy.float32).eps),
    }


def multi_label(sets, scores):
    predicted = (scores >= 0.5).astype(numpy.uint8)
    skm.multilabel_confusion_matrix(sets, predicted)
    iou = {f"iou_{average}": skm.jaccard_score(sets, predicted, average=average) for average in ("macro", "micro", "weighted")}
    return {
        **ranked(sets, scores),
        **report(sets, predicted),
        **iou,
        "accuracy": skm.accuracy_score(sets, predicted),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--task", required=True)
    for name in ("rows", "classes"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    shape = (options.rows, options.classes)
    scores = numpy.fromfile(f"{options.folder}/scores.f32", dtype=numpy.float32).reshape(shape)
    sets = numpy.fromfile(f"{options.folder}/truth.u8", dtype=numpy.uint8).reshape(shape)
    truth = sets.argmax(axis=1)
    for line in sys.stdin:
        if line.strip() != "go":
            break
        wall, cpu = time.perf_counter(), time.process_time()
        metrics = single_label(sets, truth, scores) if options.task == "one" else multi_label(sets, scores)
        row = {
            "wall_ms": (time.perf_counter() - wall) * 1000,
            "cpu_ms": (time.process_time() - cpu) * 1000,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "metrics": {name: float(value) for name, value in metrics.items()},
        }
        print(json.dumps(row), flush=True)


main()
