"""One operator of torch, timed: the peer of `npm run bench -- --only ops`.

A line `{...case...}` makes that case ready and answers `{}`; a line `go` runs it for a while and answers the time of one
run, {"cpu_ms", "wall_ms"}. The fields of a case are those of build/bench/op-cases.ts, and `channels_last` (bool).
A line `compare FILE` reads the operands and results that our side wrote for the case made ready last, and answers the
relative L2 distances to torch's float64 results, {"ours", "peer"}, each the largest over the results.
Backward passes are timed alone, but for cases `withForward`: the forward pass has run once, and its graph is kept.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from tensors import distance, read_tensors

ROUND_MS = 40
COMPARE = "compare "


def batch_norm(x, weight, bias):
    mean, variance = torch.zeros_like(weight), torch.ones_like(weight)
    return F.batch_norm(x, mean, variance, weight, bias, training=True, momentum=0.1, eps=1e-5)


def max_pool(x, kernel, stride, padding):
    return F.max_pool2d(x, kernel, stride, padding)


def conv(x, weight, stride, padding, groups):
    return F.conv2d(x, weight, None, stride, padding, 1, groups)


def attention(query, key, value):
    scores = query * query.shape[-1] ** -0.5 @ key.transpose(1, 2)
    return F.softmax(scores, -1) @ value


BUILDS = {
    "conv": conv,
    "batch_norm": batch_norm,
    "batch_norm_relu": lambda x, w, b: F.relu(batch_norm(x, w, b)),
    "batch_norm_relu6": lambda x, w, b: F.relu6(batch_norm(x, w, b)),
    "relu": F.relu,
    "relu6": F.relu6,
    "add_relu": lambda a, b: F.relu(a + b),
    "max_pool": max_pool,
    "relu_max_pool": lambda x, kernel, stride, padding: max_pool(F.relu(x), kernel, stride, padding),
    "global_average_pool": lambda x: x.mean((2, 3)),
    "silu": F.silu,
    "hard_swish": F.hardswish,
    "gelu": F.gelu,
    "layer_norm": lambda x, w, b: F.layer_norm(x, w.shape, w, b),
    "attention": attention,
    "softmax": lambda x: F.softmax(x, -1),
    "linear": F.linear,
}


def laid_out(tensor, channels_last):
    is_map = channels_last and tensor.dim() == 4
    return tensor.contiguous(memory_format=torch.channels_last) if is_map else tensor


def optimizer_step(shapes):
    parameter, gradient = torch.randn(shapes[0]).requires_grad_(), torch.randn(shapes[1])
    optimizer = torch.optim.SGD([parameter], lr=0.01, momentum=0.9, weight_decay=1e-4, nesterov=True)
    parameter.grad = gradient
    return optimizer.step


def prepared(case):
    """The function that is timed."""
    if case["kind"] == "sgd":
        return optimizer_step(case["shapes"])
    inputs = [laid_out(torch.randn(shape), case["channels_last"]) for shape in case["shapes"]]
    return function_of(case, inputs, lambda y: laid_out(torch.randn(y.shape), case["channels_last"]))


def function_of(case, inputs, cotangent_for):
    """The case's results as a function of nothing, given its operands and the cotangent for a forward result."""
    wrt, build = case["wrt"], BUILDS[case["kind"]]
    for index in wrt or []:
        inputs[index].requires_grad_()
    if wrt is None:
        return lambda: [build(*inputs, **case["attrs"])]
    y = build(*inputs, **case["attrs"])
    g = cotangent_for(y)
    wanted = [inputs[index] for index in wrt]
    if case.get("withForward"):
        return lambda: torch.autograd.grad(build(*inputs, **case["attrs"]), wanted, g)
    return lambda: torch.autograd.grad(y, wanted, g, retain_graph=True)


def compared(case, path):
    tensors = read_tensors(path)

    def results(dtype):
        inputs = [tensors[f"x{i}"].to(dtype) for i in range(len(case["shapes"]))]
        return function_of(case, inputs, lambda y: tensors["g"].to(dtype).reshape(y.shape))()

    names = ["y0"] if case["wrt"] is None else [f"d{index}" for index in case["wrt"]]
    exact, single = results(torch.float64), results(torch.float32)
    return {
        "ours": max(distance(tensors[name], value) for name, value in zip(names, exact)),
        "peer": max(distance(a, value) for a, value in zip(single, exact)),
    }


def timed(run):
    wall, cpu = time.perf_counter(), time.process_time()
    runs = 0
    while runs == 0 or (time.perf_counter() - wall) * 1e3 < ROUND_MS:
        run()
        runs += 1
    return {
        "cpu_ms": (time.process_time() - cpu) * 1e3 / runs,
        "wall_ms": (time.perf_counter() - wall) * 1e3 / runs,
    }


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    case = run = None
    for line in sys.stdin:
        answer = {}
        try:
            if line.startswith("{"):
                case = json.loads(line)
                run = prepared(case)
                timed(run)
            elif line.startswith(COMPARE):
                answer = compared(case, line[len(COMPARE) :].strip())
            else:
                answer = timed(run)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
