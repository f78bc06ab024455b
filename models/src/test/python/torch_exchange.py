"""Moves weights between PyTorch and Cortado.

  torch_exchange.py record FOLDER   writes what TorchExchangeTest reads: weights, inputs and PyTorch's outputs
  torch_exchange.py check FOLDER    reads what Cortado wrote, and compares PyTorch's outputs with Cortado's

Names are not changed on either way: load_state_dict(strict=True).
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

TOLERANCE = 1e-5


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


def lenet5(side):
    after = (side // 2 - 4) // 2
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), ScaledTanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), ScaledTanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(16 * after * after, 120), ScaledTanh(), nn.Linear(120, 84), ScaledTanh(), nn.Linear(84, 10))


def models(side):
    return {
        "lenet5": (lenet5(side), (3, 1, side, side)),
        "lstm": (nn.LSTM(5, 7, num_layers=2, bidirectional=True), (4, 3, 5)),
        "transformer": (nn.TransformerEncoderLayer(8, 2, dim_feedforward=16), (4, 3, 8)),
    }


def forward(model, x):
    with torch.no_grad():
        y = model.eval()(x)
    return y[0] if isinstance(y, tuple) else y


def read(path):
    """Reads by the safetensors library if it is there."""
    try:
        from safetensors.torch import load_file
        return load_file(path)
    except ImportError:
        data = Path(path).read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        tensors = {}
        for name, t in json.loads(data[8:8 + length]).items():
            if name != "__metadata__":
                begin, end = (8 + length + o for o in t["data_offsets"])
                kind = {"F32": "<f4", "I32": "<i4"}[t["dtype"]]
                array = np.frombuffer(data[begin:end], kind).reshape(t["shape"])
                tensors[name] = torch.from_numpy(array.copy())
        return tensors


def reader():
    try:
        import safetensors
        return "safetensors " + safetensors.__version__
    except ImportError:
        return "the script's own reader"


def record(folder):
    from safetensors.torch import save_file
    torch.manual_seed(1)
    for name, (model, shape) in models(12).items():
        x = torch.randn(shape)
        save_file(model.state_dict(), folder / f"{name}.safetensors")
        save_file({"x": x, "y": forward(model, x).contiguous()}, folder / f"{name}.io.safetensors")


def check(folder):
    for name, (model, _) in models(28).items():
        model.load_state_dict(read(folder / f"{name}.safetensors"), strict=True)
        io = read(folder / f"{name}.io.safetensors")
        difference = (forward(model, io["x"]) - io["y"]).abs().max().item()
        print(f"{name}: {difference:.1e} by PyTorch {torch.__version__} and {reader()}")
        assert difference <= TOLERANCE, name


if __name__ == "__main__":
    {"record": record, "check": check}[sys.argv[1]](Path(sys.argv[2]))
