"""The zoo's autoencoder by PyTorch: same networks, data, batches and schedule as ./cortado train autoencoder.

    python3 autoencoder.py --data mnist --form dense --code 32 [--tied] --seed 1

MNIST's files are those of the repository; Fashion-MNIST's are looked for in $CORTADO_DATA/fashion-mnist and where
Debian puts them. The last line is the figures as JSON.
"""

import argparse
import gzip
import json
import math
import os
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/data/mnist"


def idx(name, data):
    places = [RESOURCES] if data == "mnist" else [
        pathlib.Path(os.environ.get("CORTADO_DATA", ".")) / data, pathlib.Path("/usr/share/datasets") / data]
    for place in places:
        file = place / (name + ".gz")
        if file.exists():
            raw = gzip.open(file).read()
            return np.frombuffer(raw, np.uint8, offset=16 if "idx3" in name else 8)
    raise SystemExit(f"{data} is not in {places}")


class Dense(nn.Module):
    def __init__(self, code, tied):
        super().__init__()
        sizes = [784, 512, 128, code]
        self.down = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.tied = tied
        if tied:
            self.bias = nn.ParameterList(nn.Parameter(torch.zeros(s)) for s in sizes[-2::-1])
        else:
            self.up = nn.ModuleList(nn.Linear(b, a) for a, b in reversed(list(zip(sizes, sizes[1:]))))

    def forward(self, x):
        h = x.flatten(1)
        for i, layer in enumerate(self.down):
            h = layer(h) if i == 2 else F.relu(layer(h))
        for i in range(3):
            h = h @ self.down[2 - i].weight + self.bias[i] if self.tied else self.up[i](h)
            h = F.relu(h) if i < 2 else torch.sigmoid(h)
        return h.view_as(x)


class Convolutional(nn.Module):
    def __init__(self, code, tied):
        super().__init__()
        assert not tied, "the twin ties the dense form alone"
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
            nn.Linear(1568, code), nn.Linear(code, 1568), nn.ReLU(), nn.Unflatten(1, (32, 7, 7)),
            nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 3, 2, 1, 1), nn.Sigmoid())

    def forward(self, x):
        return self.net(x)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--form", default="dense")
    p.add_argument("--data", default="mnist")
    p.add_argument("--code", type=int, default=32)
    p.add_argument("--tied", action="store_true")
    p.add_argument("--epochs", type=int, default=15)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    images = torch.from_numpy(idx("train-images-idx3-ubyte", a.data).reshape(-1, 1, 28, 28) / np.float32(255))
    test = torch.from_numpy(idx("t10k-images-idx3-ubyte", a.data).reshape(-1, 1, 28, 28) / np.float32(255))
    order = torch.from_numpy(np.random.RandomState(1998).permutation(len(images)))
    train, validation = images[order[:55000]], images[order[55000:]]

    def noisy(x):
        return (x + 0.5 * torch.randn_like(x)).clamp(0, 1) if a.form == "denoising" else x

    net = (Dense if a.form == "dense" else Convolutional)(a.code, a.tied)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    steps, step, best, kept = a.epochs * math.ceil(len(train) / 128), 0, math.inf, None
    noisy_validation, noisy_test = noisy(validation), noisy(test)
    for epoch in range(a.epochs):
        for rows in torch.randperm(len(train)).split(128):
            optimizer.param_groups[0]["lr"] = 1e-3 * (1 + math.cos(math.pi * step / steps)) / 2
            loss = F.mse_loss(net(noisy(train[rows])), train[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        with torch.no_grad():
            value = F.mse_loss(net(noisy_validation), validation).item()
        print(f"epoch {epoch + 1} validation {value:.5f}", flush=True)
        if value < best:
            best, kept = value, {k: v.clone() for k, v in net.state_dict().items()}
    net.load_state_dict(kept)
    with torch.no_grad():
        mse = F.mse_loss(net(noisy_test), test).item()
    rows = train.flatten(1).double()
    mean = rows.mean(0)
    _, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
    basis = vectors[:, -a.code:]
    back = (noisy_test.flatten(1).double() - mean) @ basis @ basis.T + mean
    pca = F.mse_loss(back, test.flatten(1).double()).item()
    print(json.dumps({"test MSE": mse, "PCA's MSE": pca, "MSE / PCA's": mse / pca}))


if __name__ == "__main__":
    main()
