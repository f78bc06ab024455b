"""Trains Cortado's checkerboard networks by PyTorch on the very same points.

checkerboard.py [--depths 0,1] [--widths 4,16] [--losses bce,mse] [--activations relu,tanh] [--seed N]:
the last line is JSON.
"""
import argparse
import json

import numpy as np
import torch
from torch import nn

VALIDATION, TEST, BATCH, LR = 1000, 4000, 64, 1e-2

p = argparse.ArgumentParser()
p.add_argument("--squares", type=int, default=4)
p.add_argument("--points", type=int, default=2000)
p.add_argument("--depths", default="0,1,2,3,4")
p.add_argument("--widths", default="4,16,64")
p.add_argument("--losses", default="bce,mse")
p.add_argument("--activations", default="relu,tanh")
p.add_argument("--epochs", type=int, default=60)
p.add_argument("--seed", type=int, default=1)
args = p.parse_args()


class JavaRandom:
    """java.util.Random's doubles."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def bits(self, n):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self.state >> (48 - n)

    def double(self):
        return ((self.bits(26) << 27) + self.bits(27)) / (1 << 53)


random = JavaRandom(args.seed)


def board(n):
    xy = np.array([2 * random.double() - 1 for _ in range(2 * n)], np.float32).reshape(n, 2)
    squares = ((xy.astype(float) + 1) / 2 * args.squares).astype(int)
    return torch.tensor(xy), torch.tensor((squares.sum(1) % 2 == 0)[:, None], dtype=torch.float32)


train, validation, test = board(args.points), board(VALIDATION), board(TEST)


def fit(loss, activation, width, depth):
    torch.manual_seed(args.seed)
    layers, n = [], 2
    for _ in range(depth):
        layers += [nn.Linear(n, width), nn.ReLU() if activation == "relu" else nn.Tanh()]
        n = width
    net = nn.Sequential(*layers, nn.Linear(n, 1), nn.Identity() if loss == "bce" else nn.Sigmoid())
    value = nn.BCEWithLogitsLoss() if loss == "bce" else nn.MSELoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs * -(-args.points // BATCH))
    for _ in range(args.epochs):
        for rows in torch.randperm(args.points).split(BATCH):
            optimizer.zero_grad()
            value(net(train[0][rows]), train[1][rows]).backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        threshold = 0 if loss == "bce" else 0.5
        return [float(((net(x) > threshold) == (y > 0.5)).float().mean()) for x, y in (validation, test)]


results = {}
for loss in args.losses.split(","):
    for activation in args.activations.split(","):
        for width in map(int, args.widths.split(",")):
            for depth in map(int, args.depths.split(",")):
                setting = (loss, activation, width, depth) if depth else (loss, "relu", 1, 0)
                if setting not in results:
                    results[setting] = fit(*setting)
figures = {"test accuracy": max(results.values(), key=lambda r: r[0])[1]}
for depth in map(int, args.depths.split(",")):
    figures["mean at depth %d" % depth] = float(np.mean([r[1] for s, r in results.items() if s[3] == depth]))
print(json.dumps(figures))
