"""The poolings of MaxPoolBenchmark in PyTorch: forward, and forward and backward.

  max_pool.py [THREADS...]        1 at first

Prints microseconds a call. The last line is a copy of the images into memory that is there already.
"""
import sys

import torch
from torch import nn

from timing import line

IMAGES = (32, 64, 56, 56)
VOLUMES = (4, 32, 16, 56, 56)
KINDS = {
    "IMAGES_2": (IMAGES, nn.MaxPool2d(2)),
    "IMAGES_2_PLACES": (IMAGES, nn.MaxPool2d(2, return_indices=True)),
    "IMAGES_3_PLACES": (IMAGES, nn.MaxPool2d(3, stride=2, padding=1, return_indices=True)),
    "FRACTIONAL": (IMAGES, nn.FractionalMaxPool2d(2, output_size=28)),
    "VOLUMES_2": (VOLUMES, nn.MaxPool3d(2)),
    "VOLUMES_2_PLACES": (VOLUMES, nn.MaxPool3d(2, return_indices=True)),
    "VOLUMES_3_PLACES": (VOLUMES, nn.MaxPool3d(3, stride=2, padding=1, return_indices=True)),
    "ADAPTIVE_PLACES": (VOLUMES, nn.AdaptiveMaxPool3d(7, return_indices=True)),
    "FRACTIONAL_VOLUMES": (VOLUMES, nn.FractionalMaxPool3d(2, output_size=(8, 28, 28))),
}


def values(layer, x):
    y = layer(x)
    return y[0] if isinstance(y, tuple) else y


def forward(layer, x):
    def call():
        with torch.no_grad():
            layer(x)

    return call


def both(layer, x):
    def call():
        x.grad = None
        values(layer, x).sum().backward()

    return call


def main():
    print("torch", torch.__version__)
    torch.manual_seed(1)
    for threads in [int(a) for a in sys.argv[1:]] or [1]:
        torch.set_num_threads(threads)
        for name, (shape, layer) in KINDS.items():
            x = torch.randn(shape)
            line(name + " forward", threads, forward(layer, x))
            line(name + " forward and backward", threads, both(layer, x.clone().requires_grad_()))
        x = torch.randn(IMAGES)
        y = torch.empty_like(x)
        line("copy", threads, lambda: y.copy_(x))


main()
