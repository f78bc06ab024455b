"""Trains Cortado's overfitting networks by PyTorch on the same rows.

overfitting.py [--data diabetes|cell-nuclei] [--width N] [--epochs N] [--seed N]: the last line is JSON.
"""
import argparse
import copy
import json

import torch
from torch import nn

import tables

BATCH, LR, DROPOUT, DECAY, PATIENCE, DEEPEST = 32, 1e-3, 0.5, 3, 15, 4

p = argparse.ArgumentParser()
p.add_argument("--data", default="diabetes")
p.add_argument("--width", type=int, default=64)
p.add_argument("--epochs", type=int, default=150)
p.add_argument("--seed", type=int, default=1)
args = p.parse_args()

x, y, _, groups = tables.read(args.data)
train, validation, test = tables.split(groups, args.seed)
X = torch.tensor(tables.standardized(x, train), dtype=torch.float32)
Y = torch.tensor(tables.standardized(y, train), dtype=torch.float32)

# name, depth, dropout, weight decay, whether it stops early
FORMS = [
    ("depth 0", 0, 0, 0, False), ("depth 1", 1, 0, 0, False), ("depth 2", 2, 0, 0, False),
    ("depth 4", DEEPEST, 0, 0, False), ("dropout", DEEPEST, DROPOUT, 0, False),
    ("weight decay", DEEPEST, 0, DECAY, False), ("early stopping", DEEPEST, 0, 0, True),
    ("all three", DEEPEST, DROPOUT, DECAY, True),
]


def loss_of(net, rows):
    net.eval()
    with torch.no_grad():
        return float(nn.functional.mse_loss(net(X[rows]), Y[rows]))


def fit(depth, dropout, decay, stops):
    torch.manual_seed(args.seed)
    layers, n = [], X.shape[1]
    for _ in range(depth):
        layers += [nn.Linear(n, args.width), nn.ReLU()] + ([nn.Dropout(dropout)] if dropout else [])
        n = args.width
    net = nn.Sequential(*layers, nn.Linear(n, Y.shape[1]))
    optimizer = torch.optim.AdamW(net.parameters(), lr=LR, weight_decay=decay)
    best, at, kept = float("inf"), 0, None
    for epoch in range(args.epochs):
        net.train()
        for rows in torch.tensor(train)[torch.randperm(len(train))].split(BATCH):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(X[rows]), Y[rows]).backward()
            optimizer.step()
        if stops:
            value = loss_of(net, validation)
            if value < best:
                best, at, kept = value, epoch, copy.deepcopy(net.state_dict())
            elif epoch - at >= PATIENCE:
                break
    if kept:
        net.load_state_dict(kept)
    return loss_of(net, test)


figures = {name + "'s test loss": fit(*form) for name, *form in FORMS}
figures["gain by all three"] = figures["depth 4's test loss"] - figures["all three's test loss"]
print(json.dumps(figures))
