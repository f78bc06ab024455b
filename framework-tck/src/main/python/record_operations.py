#!/usr/bin/env python3
"""Records PyTorch's values and gradients of operations on tensors, for the conformance kit.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the files in the repository):

    python3 record_operations.py ../resources/io/cortado/tck/torch

A case is named operation-variant. Its ints are the rank and extents of x, and then the operation's arguments as
TorchOperationsSuite reads them; x, y, dy and dx are what its names say, and indices what an operation takes or gives.
"""

import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from record_torch import Recorder, exact

INF, NAN = math.inf, math.nan


def record(recorder, name, x, function, args=(), floats=(), second=None, indices=None):
    """Records a function of x and perhaps a second tensor; it gives y, or y and indices."""
    x = exact(x).requires_grad_()
    inputs = [x]
    if second is not None:
        second = exact(second).requires_grad_()
        inputs.append(second)
    y = function(*inputs)
    if isinstance(y, tuple):
        y, indices = y
    dy = exact(torch.randn(y.shape))
    gradients = torch.autograd.grad(y, inputs, dy, allow_unused=True)
    gradients = [torch.zeros_like(i) if g is None else g for i, g in zip(inputs, gradients)]
    tensors = {"x": x, "y": y, "dy": dy, "dx": gradients[0]}
    if second is not None:
        tensors |= {"second": second, "dsecond": gradients[1]}
    if indices is not None:
        tensors |= {"indices": indices, "ishape": torch.tensor(indices.shape)}
    recorder.case(name, [x.dim(), *x.shape, *args], floats, **tensors)


def ties(*shape):
    return (torch.randn(*shape) * 2).round() / 2


def reductions(recorder):
    x = torch.randn(2, 3, 4)
    several = {"all": [], "0": [0], "1": [1], "last": [-1], "02": [0, 2], "12": [1, 2]}
    zeros = x.clone()
    zeros[0, 1, 2] = zeros[1, 2] = 0
    infinite = x.clone()
    infinite[0, 0, 0], infinite[1, 2, 3], infinite[1, 1, 0] = INF, -INF, INF
    missing = x.clone()
    missing[1, 0, 2] = NAN
    for name, axes in several.items():
        dims = axes or [0, 1, 2]
        for keep in (False, True):
            args = [int(keep), *axes]
            v = f"{name}-{int(keep)}"
            record(recorder, f"sum-{v}", x, lambda t: t.sum(dims, keep), args)
            record(recorder, f"mean-{v}", x, lambda t: t.mean(dims, keep), args)
            for data, values in {"": x, "ties": ties(2, 3, 4), "inf": infinite, "nan": missing}.items():
                record(recorder, f"amax-{v}{data}", values, lambda t: t.amax(dims, keep), args)
                record(recorder, f"amin-{v}{data}", values, lambda t: t.amin(dims, keep), args)
                record(recorder, f"logsumexp-{v}{data}", values, lambda t: t.logsumexp(dims, keep), args)
            for correction in (0, 1, 2):
                record(recorder, f"var-{v}-{correction}", x, lambda t: torch.var(t, dims, correction=correction, keepdim=keep), [correction, *args])
                record(recorder, f"std-{v}-{correction}", x, lambda t: torch.std(t, dims, correction=correction, keepdim=keep), [correction, *args])
            flat = torch.ones(2, 3, 4)
            record(recorder, f"std-{v}-flat", flat, lambda t: torch.std(t, dims, keepdim=keep), [1, *args])
            for p in (1, 2, 3, 1.5, 0.5, INF, -INF):
                for data, values in {"": x, "zeros": zeros, "ties": ties(2, 3, 4) + 0.25, "null": flat * 0}.items():
                    if p < 1 and data in ("zeros", "null") and not math.isinf(p):
                        continue  # infinite slopes at 0
                    record(recorder, f"norm-{v}-{p}{data}", values, lambda t: torch.norm(t, p, dims, keep), args, [p])
    for data, values in {"": x, "zero": zeros, "nan": missing}.items():
        if data != "nan":  # whose own gradient Cortado takes for the product of the others
            record(recorder, f"prod-all{data}", values, lambda t: t.prod(), [0])
        for axis in (0, 1, 2):
            if data != "nan":
                record(recorder, f"prod-{axis}{data}", values, lambda t: t.prod(axis, True), [1, axis])
            record(recorder, f"cumsum-{axis}{data}", values, lambda t: t.cumsum(axis), [axis])
    for data, values in {"": x, "ties": ties(2, 3, 4), "nan": missing, "inf": infinite}.items():
        for axis in (0, 1, 2):
            record(recorder, f"max-{axis}{data}", values, lambda t: tuple(t.max(axis, True)), [axis])
            record(recorder, f"min-{axis}{data}", values, lambda t: tuple(t.min(axis, True)), [axis])


def indexing(recorder):
    x = torch.randn(3, 4, 5)
    for axis, shape in enumerate([(7, 4, 5), (3, 9, 5), (3, 4, 2)]):
        i = torch.randint(0, x.shape[axis], shape)
        record(recorder, f"gather-{axis}", x, lambda t: t.gather(axis, i), [axis], indices=i)
        record(recorder, f"scatterAdd-{axis}", x, lambda t, s: t.scatter_add(axis, i, s), [axis, *shape], second=torch.randn(shape), indices=i)
        part = i[:2, :3, :2]
        record(recorder, f"gather-{axis}part", x, lambda t: t.gather(axis, part), [axis], indices=part)
        record(recorder, f"scatterAdd-{axis}part", x, lambda t, s: t.scatter_add(axis, part, s[:2, :3, :2]), [axis, *shape], second=torch.randn(shape), indices=part)
        few = torch.randint(0, x.shape[axis], (6,))
        record(recorder, f"indexSelect-{axis}", x, lambda t: t.index_select(axis, few), [axis], indices=few)


def order(recorder):
    x = torch.randn(3, 4, 5)
    special = ties(3, 4, 5)
    special[0, 1, 2] = special[1, 1, 2] = special[0, 0, 0] = NAN
    special[2, 3, 1], special[2, 0, 1], special[1, 0, 0] = INF, -INF, -0.0
    for data, values in {"": x, "special": special}.items():
        for axis in range(3):
            for descending in (0, 1):
                record(recorder, f"sort-{axis}{data}{descending}", values, lambda t: tuple(t.sort(dim=axis, descending=bool(descending), stable=True)), [axis, descending])
                if not data:
                    record(recorder, f"topk-{axis}{descending}", values, lambda t: tuple(t.topk(2, axis, bool(descending))), [2, axis, descending])


def layouts(recorder):
    x = torch.randn(3, 4, 5)
    record(recorder, "flip-0", x, lambda t: t.flip(0), [0])
    record(recorder, "flip-12", x, lambda t: t.flip(1, 2), [1, 2])
    for shift, axis in ((1, 0), (-3, 1), (12, 2)):
        record(recorder, f"roll-{axis}", x, lambda t: t.roll(shift, axis), [shift, axis])
    record(recorder, "expand-0", torch.randn(3, 1), lambda t: t.expand(2, -1, 4), [2, -1, 4])
    record(recorder, "repeat-0", torch.randn(3, 2), lambda t: t.repeat(2, 1, 3), [2, 1, 3])
    for offset, a, b in ((0, 0, 1), (2, 1, 2), (-1, 2, 0), (9, 0, 1)):
        record(recorder, f"diagonal-{offset}{a}{b}", x, lambda t: t.diagonal(offset, a, b), [offset, a, b])
    for axis, size, step in ((0, 2, 1), (1, 3, 2), (2, 2, 3)):
        record(recorder, f"unfold-{axis}", x, lambda t: t.unfold(axis, size, step), [axis, size, step])
    for k in (-2, 0, 1):
        record(recorder, f"tril-{k}", x, lambda t: t.tril(k), [k])
        record(recorder, f"triu-{k}", x, lambda t: t.triu(k), [k])
    image = torch.randn(2, 2, 4, 5)
    for number, mode in enumerate(["constant", "reflect", "replicate", "circular"]):
        record(recorder, f"pad-{mode}", image, lambda t: F.pad(t, (3, 1, 2, 0), mode), [number, 3, 1, 2, 0])
    record(recorder, "pad-cut", image, lambda t: F.pad(t, (-1, 2, 1, -2, 1, 0)), [0, -1, 2, 1, -2, 1, 0])


def main():
    folder = Path(sys.argv[1])
    for number, family in enumerate([reductions, indexing, order, layouts]):
        torch.manual_seed(number)
        recorder = Recorder()
        family(recorder)
        recorder.write(folder / f"{family.__name__}.safetensors")


if __name__ == "__main__":
    main()
