#!/usr/bin/env python3
"""Records torch.nn's activations and recurrent layers, for TorchLayersSuite to compare ours with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the files in the repository):

    python3 record_activation_layers.py ../resources/io/cortado/tck/torch

See record_layers.py for what is written.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from record_layers import LayerRecorder
from record_torch import exact, randn

# Where formulas change, and far out; the gradient at a kink is PyTorch's choice, too.
EDGES = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, -20.0, 90.0, -90.0, 1e4, -1e4]


def edges():
    return torch.tensor(EDGES).double()


def activation(r):
    options = {
        "Threshold": [dict(threshold=0.1, value=20.0), dict(threshold=-0.5, value=0.0)],
        "ReLU": [{}],
        "Hardtanh": [{}, dict(min_val=-0.5, max_val=3.0)],
        "ReLU6": [{}],
        "Sigmoid": [{}],
        "Tanh": [{}],
        "ELU": [{}, dict(alpha=0.5)],
        "SELU": [{}],
        "CELU": [{}, dict(alpha=0.5)],
        "GELU": [{}, dict(approximate="tanh")],
        "Hardshrink": [{}, dict(lambd=1.0)],
        "LeakyReLU": [{}, dict(negative_slope=0.2)],
        "LogSigmoid": [{}],
        "Softplus": [{}, dict(beta=2.0), dict(beta=0.5, threshold=1.5)],
        "Softshrink": [{}, dict(lambd=1.0)],
        "Softsign": [{}],
        "Tanhshrink": [{}],
        "Hardsigmoid": [{}],
        "Hardswish": [{}],
        "SiLU": [{}],
        "Mish": [{}],
    }
    for kind, all_of_it in options.items():
        for given in all_of_it:
            r.layer(kind, exact(torch.randn(3, 7) * 3), data="matrix", **given)
            r.layer(kind, randn(2, 3, 2, 3), data="images", **given)
            r.layer(kind, edges(), data="edges", **given)
            r.layer(kind, exact(torch.randn(1) * 0.01), data="small", **given)
    for kind in ["Softmax", "LogSoftmax"]:
        for dim, shape in [(0, (4,)), (1, (3, 4)), (0, (3, 4)), (-2, (2, 3, 4)), (1, (2, 3, 2, 2))]:
            r.layer(kind, randn(*shape), dim=dim, data="x".join(map(str, shape)))
        r.layer(kind, exact(torch.randn(3, 5) * 100), dim=1, data="large")


def recurrent(r):
    def flat(out):
        y, state = out
        return (y, *state) if isinstance(state, tuple) else (y, state)

    def with_state(m, x, *state):
        return flat(m(x, state if len(state) > 1 else state[0]))

    def with_lengths(m, x, lengths):
        first = m.batch_first
        packed = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
        y, state = m(packed)
        y, _ = pad_packed_sequence(y, batch_first=first, total_length=x.shape[1 if first else 0])
        return flat((y, state))

    size = dict(input_size=3, hidden_size=4)
    for kind, states in [("RNN", 1), ("LSTM", 2), ("GRU", 1)]:
        def layer(inputs, call=lambda m, x: flat(m(x)), data=None, **options):
            r.layer(kind, inputs, call=call, data=data, **size, **options)

        layer(randn(5, 2, 3))
        layer(randn(5, 2, 3), bias=False)
        layer(randn(2, 5, 3), batch_first=True)
        layer(randn(5, 2, 3), num_layers=2)
        layer(randn(5, 2, 3), bidirectional=True)
        layer(randn(2, 5, 3), num_layers=2, bidirectional=True, batch_first=True)
        layer(randn(1, 1, 3), data="one step")
        layer(randn(5, 3), data="single")
        layer([randn(5, 2, 3)] + [randn(1, 2, 4) for _ in range(states)], with_state, "state")
        layer([randn(5, 2, 3)] + [randn(4, 2, 4) for _ in range(states)], with_state, "state",
              num_layers=2, bidirectional=True)
        layer([randn(5, 3, 3), torch.tensor([2, 5, 1])], with_lengths, "lengths")
        layer([randn(3, 5, 3), torch.tensor([4, 1, 5])], with_lengths, "lengths",
              num_layers=2, bidirectional=True, batch_first=True)
        if kind == "RNN":
            layer(randn(5, 2, 3), nonlinearity="relu")
            layer(randn(5, 2, 3), nonlinearity="relu", num_layers=2, bidirectional=True)

        def cell(inputs, call=None, data=None, **options):
            r.layer(kind + "Cell", inputs, call=call, data=data, **size, **options)

        def given(m, x, *state):
            return m(x, state if len(state) > 1 else state[0])

        cell(randn(2, 3))
        cell(randn(2, 3), bias=False)
        cell(randn(3), data="single")
        cell([randn(3)] + [randn(4) for _ in range(states)], given, "single state")
        cell([randn(2, 3)] + [randn(2, 4) for _ in range(states)], given, "state")
        cell([randn(2, 3)] + [randn(2, 4) for _ in range(states)], given, "state", bias=False)
        if kind == "RNN":
            cell([randn(2, 3), randn(2, 4)], given, "state", nonlinearity="relu")


def main():
    torch.manual_seed(23)
    folder = Path(sys.argv[1])
    for family in [activation, recurrent]:
        recorder = LayerRecorder()
        family(recorder)
        recorder.write(folder / f"layers_{family.__name__}.safetensors")


if __name__ == "__main__":
    main()
