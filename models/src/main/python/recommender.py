"""Trains Cortado's recommender by PyTorch on InstEval: same splits, settings and measure; and a tuned SVD beside it.

recommender.py [--form mf|neural] [--seed N]: the last line is JSON.
"""
import argparse
import json

import numpy as np
import torch
from torch import nn

import rdata
import tables

BATCH, LR, BIAS_RIDGE, WIDTH, HIDDEN = 512, 1e-2, 8, 8, 32

p = argparse.ArgumentParser()
p.add_argument("--form", default="neural", choices=["mf", "neural"])
p.add_argument("--seed", type=int, default=1)
p.add_argument("--epochs", type=int)
p.add_argument("--out")
args = p.parse_args()
RIDGE = 10 if args.form == "mf" else 40
epochs = args.epochs or (40 if args.form == "mf" else 6)

frame = rdata.lazy(tables.place("insteval", "Rdata.rdx", "/usr/lib/R/site-library/lme4/data"), "InstEval")
users, items, y = (np.array(c) for c in (frame["s"][0], frame["d"][0], frame["y"]))
context, first = [], 0
for name in ("studage", "lectage", "service", "dept"):
    context.append(np.array(frame[name][0]) + first)
    first += len(frame[name][1])
context = np.stack(context, 1)
U, I = len(frame["s"][1]), len(frame["d"][1])
train, validation, test = tables.split([0] * len(y), args.seed, 0.2, 0.1)
both = np.concatenate([validation, train])
T = [torch.tensor(a) for a in (users, items, context)] + [torch.tensor(y, dtype=torch.float32)]


def rmse(guess, rows):
    return float(np.sqrt(np.mean((np.clip(guess, 1, 5) - y[rows]) ** 2)))


class Model(nn.Module):
    def __init__(self, mean):
        super().__init__()
        self.mean = mean
        self.users, self.items = nn.Embedding(U, WIDTH), nn.Embedding(I, WIDTH)
        self.user_bias, self.item_bias = nn.Embedding(U, 1), nn.Embedding(I, 1)
        self.context = nn.Embedding(first, 4)
        for e in (self.users, self.items, self.context):
            nn.init.normal_(e.weight, 0, 0.1)
        for e in (self.user_bias, self.item_bias):
            nn.init.zeros_(e.weight)
        self.mlp = nn.Sequential(
            nn.Linear(2 * WIDTH + 16, HIDDEN), nn.ReLU(), nn.Dropout(0.3),
            nn.Linear(HIDDEN, HIDDEN // 2), nn.ReLU(), nn.Dropout(0.3), nn.Linear(HIDDEN // 2, 1))

    def forward(self, u, i, c):
        p, q = self.users(u), self.items(i)
        bias = self.mean + self.user_bias(u)[:, 0] + self.item_bias(i)[:, 0]
        if args.form == "mf":
            return bias + (p * q).sum(1)
        return bias + self.mlp(torch.cat([p, q, self.context(c).flatten(1)], 1))[:, 0]

    def guess(self, rows):
        self.eval()
        with torch.no_grad():
            return self(*(t[rows] for t in T[:3])).numpy()


def fit(rows, until):
    """Trains, the cosine as long as for all epochs; returns the model and the validation error of each epoch."""
    torch.manual_seed(args.seed)
    model = Model(float(y[both].mean()))
    groups = {"users": RIDGE, "items": RIDGE, "user_bias": BIAS_RIDGE, "item_bias": BIAS_RIDGE}
    parameters = [
        dict(params=list(m.parameters()), weight_decay=2 * groups[n] / len(rows) if n in groups else 1e-4)
        for n, m in model.named_children()
    ]
    optimizer = torch.optim.Adam(parameters, lr=LR)
    steps = epochs * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    errors = []
    for _ in range(until):
        model.train()
        for part in torch.tensor(rows)[torch.randperm(len(rows))].split(BATCH):
            loss = nn.functional.mse_loss(model(*(t[part] for t in T[:3])), T[3][part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        errors.append(float(np.sqrt(np.mean((model.guess(validation) - y[validation]) ** 2))))
    return model, errors


def svd(rows, width, ridge, bias_ridge, turns=12):
    """Factorization with biases by alternating least squares."""
    random = np.random.default_rng(args.seed)
    mean = y[rows].mean()
    P, Q = random.normal(0, 0.1, (U, width)), random.normal(0, 0.1, (I, width))
    bu, bi = np.zeros(U), np.zeros(I)
    diagonal = np.diag([ridge] * width + [bias_ridge])
    order_u, order_i = rows[np.argsort(users[rows], kind="stable")], rows[np.argsort(items[rows], kind="stable")]

    def half(order, of, A, ba, others, B, bb):
        begins = np.searchsorted(of[order], np.arange(len(A) + 1))
        for k in range(len(A)):
            r = order[begins[k] : begins[k + 1]]
            X = np.c_[B[others[r]], np.ones(len(r))]
            w = np.linalg.solve(X.T @ X + diagonal, X.T @ (y[r] - mean - bb[others[r]]))
            A[k], ba[k] = w[:-1], w[-1]

    for _ in range(turns):
        half(order_u, users, P, bu, items, Q, bi)
        half(order_i, items, Q, bi, users, P, bu)
    return lambda r: mean + bu[users[r]] + bi[items[r]] + (P[users[r]] * Q[items[r]]).sum(1)


_, errors = fit(train, epochs)
model, _ = fit(both, int(np.argmin(errors)) + 1)
grid = [(w, r, b) for w in (2, 8) for r in (10, 20, 40) for b in (5, 8)]
best = min(grid, key=lambda g: rmse(svd(train, *g)(validation), validation))
print("tuned SVD: width %d, ridge %d, bias ridge %d" % best)
print(json.dumps({"test RMSE": rmse(model.guess(test), test), "tuned SVD's RMSE": rmse(svd(both, *best)(test), test)}))
