"""Records what OnnxImportTest reads: models that PyTorch exported, inputs, and PyTorch's outputs.

  record_onnx.py FOLDER [NAME ...]
"""
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Sequences(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.recurrent = kind(5, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.scores = nn.Linear(8, 3)

    def forward(self, ids):
        return self.scores(self.recurrent(self.embedding(ids))[0])


class Texts(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.filters = nn.ModuleList(nn.Conv1d(5, 4, w) for w in (1, 3))
        self.scores = nn.Linear(8, 3)

    def forward(self, ids):
        words = self.embedding(ids).transpose(1, 2)
        return self.scores(torch.cat([F.relu(f(words).amax(2)) for f in self.filters], 1))


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.LeakyReLU(0.1),
            nn.Conv2d(6, 6, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.AvgPool2d(2, stride=1, padding=1), nn.PReLU())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(6 * 4 * 4, 5), nn.Dropout(), nn.Softmax(1))

    def forward(self, x):
        x = self.features(x)
        return self.head(x) + x.mean((2, 3))[:, :5]


class Codes(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 3, 3, 2, 1), nn.Tanh(), nn.Flatten(), nn.Linear(48, 4))
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(3, 1, 3, 2, 1, 1), nn.Sigmoid())
        self.wide = nn.Sequential(nn.Linear(4, 48), nn.GELU())

    def forward(self, x):
        return self.decoder(self.wide(self.encoder(x)).view(-1, 3, 4, 4))


class Rows(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.last = nn.Linear(6, 8), nn.LayerNorm(8), nn.Linear(8, 3, bias=False)

    def forward(self, x):
        h = self.norm(F.silu(self.first(x)))
        return torch.clamp(self.last(h), -0.5, 0.5) - h.sum(-1, keepdim=True) / 7


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(2, 8, 3, padding=1, padding_mode="replicate"), nn.GroupNorm(2, 8), nn.GLU(1),
            nn.MaxPool2d(3, 2, ceil_mode=True), nn.PixelShuffle(2), nn.PixelUnshuffle(2),
            nn.InstanceNorm2d(4, affine=True), nn.AvgPool2d(2, 2, ceil_mode=True))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmin(1))

    def forward(self, x):
        x = self.body(x)
        return torch.cat([self.head(x), x.flatten(1)], 1)


def models():
    ids = torch.randint(0, 11, (3, 7))
    return {
        "images": (Images(), torch.randn(3, 2, 13, 13)),
        "codes": (Codes(), torch.rand(3, 1, 8, 8)),
        "blocks": (Blocks(), torch.randn(3, 2, 9, 9)),
        "rows": (Rows(), torch.randn(3, 4, 6)),
        "texts": (Texts(), ids),
        "rnn": (Sequences(nn.RNN), ids),
        "lstm": (Sequences(nn.LSTM), ids),
        "gru": (Sequences(nn.GRU), ids),
    }


def main():
    folder = Path(sys.argv[1])
    torch.manual_seed(1)
    for name, (model, x) in models().items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        for m in model.modules():
            if isinstance(m, (nn.GroupNorm, nn.InstanceNorm2d)):
                nn.init.normal_(m.weight)
                nn.init.normal_(m.bias)
            if isinstance(m, nn.BatchNorm2d):
                m.running_mean.normal_()
                m.running_var.uniform_(0.5, 2)
        model.eval()
        torch.onnx.export(
            model, x[:2], folder / f"{name}.onnx", input_names=["input"], output_names=["output"], opset_version=17,
            dynamo=False, dynamic_axes={"input": {0: "N"}, "output": {0: "N"}}, training=torch.onnx.TrainingMode.PRESERVE)
        with torch.no_grad():
            y = model(x)
        np.savez(folder / f"{name}.npz", x=x.numpy().astype("i4" if x.dtype == torch.int64 else "f4"), y=y.numpy())


if __name__ == "__main__":
    main()
