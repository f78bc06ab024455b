"""Records the losses of the first 20 training steps of LeNet-5 in PyTorch, for TorchLossesTest.

    python3 lenet5_losses.py TRAIN_IMAGES TRAIN_LABELS > ../resources/io/cortado/models/lenet5-losses.csv

TRAIN_IMAGES and TRAIN_LABELS are MNIST's IDX files, gzipped or not. Weights come from a hash of their position, so that
both sides start from the same ones and none has to be stored. Made with PyTorch 1.13.1 (Debian's python3-torch).
"""

import gzip
import sys

import numpy as np
import torch
from torch import nn

BATCH, STEPS = 64, 20


def idx(path, header, shape):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as f:
        return np.frombuffer(f.read(), np.uint8, offset=header).reshape(shape)


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


def model(variant):
    act = nn.ReLU if variant == "modern" else ScaledTanh
    pool = nn.MaxPool2d if variant == "modern" else nn.AvgPool2d
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), act(), pool(2),
        nn.Conv2d(6, 16, 5), act(), pool(2),
        nn.Flatten(), nn.Linear(400, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10))


def hashed(n, start):
    """Numbers of [-1, 1) from the 32-bit finaliser of MurmurHash3 applied to start, start + 1, ..."""
    h = np.arange(start, start + n, dtype=np.uint64)
    for multiplier, shift in ((0x85EBCA6B, 16), (0xC2B2AE35, 13)):
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(multiplier)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(16)
    return h.astype(np.float64) / 2.0**31 - 1


def set_weights(net):
    start = 0
    bound = 0.0
    for p in net.parameters():
        if p.dim() > 1:
            bound = 1 / np.sqrt(p[0].numel())
        values = (hashed(p.numel(), start) * bound).astype(np.float32)
        p.data.copy_(torch.from_numpy(values.reshape(p.shape)))
        start += p.numel()


def main():
    images = idx(sys.argv[1], 16, (-1, 1, 28, 28))
    labels = idx(sys.argv[2], 8, (-1,))
    torch.set_num_threads(1)
    print("variant,optimizer,step,loss")
    for variant in ("1998", "modern"):
        for name in ("sgd", "adam"):
            net = model(variant)
            set_weights(net)
            if name == "sgd":
                optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
            else:
                optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
            for step in range(STEPS):
                rows = slice(step * BATCH, (step + 1) * BATCH)
                x = (images[rows].astype(np.float32) / np.float32(255) - np.float32(0.1307)) / np.float32(0.3081)
                t = torch.from_numpy(labels[rows].astype(np.int64))
                loss = nn.functional.cross_entropy(net(torch.from_numpy(x)), t)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                print(f"{variant},{name},{step},{loss.item():.9g}")


if __name__ == "__main__":
    main()
