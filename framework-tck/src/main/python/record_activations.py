#!/usr/bin/env python3
"""Records PyTorch's activations and their gradients, for the conformance kit.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the file in the repository):

    python3 record_activations.py ../resources/io/cortado/tck/torch

A case is named activation-variant, and its floats are the activation's arguments. The inputs are ordinary numbers, the
places where a formula changes, and the ends of what a float can hold.
"""

import math
import sys
from pathlib import Path

import torch
from torch import nn

from record_torch import Recorder, exact

EDGES = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, 25.0, -25.0, 88.0, -88.0, 1e4, -1e4]
INFINITE = [math.inf, -math.inf]


def main():
    torch.manual_seed(7)
    cases = {
        "relu6": [()],
        "elu": [(1.0,), (0.3,), (2.0,)],
        "celu": [(1.0,), (0.4,), (2.5,)],
        "selu": [()],
        "gelu": [()],
        "geluTanh": [()],
        "silu": [()],
        "mish": [()],
        "softplus": [(1.0, 20.0), (2.0, 20.0), (0.5, 1.0)],
        "softsign": [()],
        "hardtanh": [(-1.0, 1.0), (-0.5, 3.0)],
        "hardsigmoid": [()],
        "hardswish": [()],
        "logSigmoid": [()],
        "threshold": [(0.5, -2.0), (-1.0, 7.0)],
        "hardshrink": [(0.5,), (1.0,)],
        "softshrink": [(0.5,), (1.0,), (0.0,)],
        "tanhshrink": [()],
    }
    classes = {"geluTanh": lambda: nn.GELU(approximate="tanh"), "logSigmoid": nn.LogSigmoid, "celu": nn.CELU,
               "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU, "silu": nn.SiLU, "mish": nn.Mish, "relu6": nn.ReLU6}
    recorder = Recorder()
    for name, variants in cases.items():
        module = classes.get(name) or getattr(nn, name[0].upper() + name[1:])
        for i, args in enumerate(variants):
            # Of NaN 1.13.1's softshrink makes 0, which is hard to defend; all others make NaN.
            unknown = [] if name == "softshrink" else [math.nan]
            x = exact(torch.cat([torch.randn(25) * 2, torch.tensor(EDGES + INFINITE + unknown)])).requires_grad_()
            y = module(*args)(x)
            dy = exact(torch.randn(y.shape))
            (dx,) = torch.autograd.grad(y, x, dy)
            recorder.case(f"{name}-{i}", floats=args, x=x, y=y, dy=dy, dx=dx)
    recorder.write(Path(sys.argv[1]) / "activations.safetensors")


if __name__ == "__main__":
    main()
