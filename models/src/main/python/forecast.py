"""The zoo's forecast by PyTorch: same network, windows, batches and schedule as ./cortado train forecast."""

import argparse
import csv
import json
import math
import pathlib

import numpy as np
import torch
from torch import nn

SERIES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/data/series"


class Network(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.next = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.next(self.lstm(x)[0][:, -1])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="sunspots")
    p.add_argument("--window", type=int, default=24)
    p.add_argument("--hidden", type=int, default=32)
    p.add_argument("--epochs", type=int, default=100)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    with open(SERIES / (a.data + ".csv")) as f:
        values = np.array([float(row[1]) if row[1] else np.nan for row in list(csv.reader(f))[1:]])
    gaps = np.isnan(values)
    values[gaps] = np.interp(np.flatnonzero(gaps), np.flatnonzero(~gaps), values[~gaps])
    n, w = len(values), a.window
    validation, test = int(n * 0.7), int(n * 0.8)
    scale = np.std(np.diff(values[:validation]))

    def windows(start, end):
        x = np.stack([values[i - w:i] - values[i - 1] for i in range(start, end)]) / scale
        y = np.array([values[i] - values[i - 1] for i in range(start, end)]) / scale
        return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)

    (x, y), (vx, vy), (tx, ty) = windows(w, validation), windows(validation, test), windows(test, n)
    net = Network(a.hidden)
    optimizer = torch.optim.Adam(net.parameters(), a.lr)
    best, kept = math.inf, None
    for _ in range(a.epochs):
        for rows in torch.randperm(len(x)).split(16):
            loss = nn.functional.mse_loss(net(x[rows, :, None])[:, 0], y[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1)
            optimizer.step()
        with torch.no_grad():
            value = nn.functional.mse_loss(net(vx[:, :, None])[:, 0], vy).item()
        if value < best:
            best, kept = value, {k: v.clone() for k, v in net.state_dict().items()}
    net.load_state_dict(kept)
    with torch.no_grad():
        rmse = scale * torch.sqrt(nn.functional.mse_loss(net(tx[:, :, None])[:, 0], ty)).item()

    def with_one(rows):
        return np.hstack([rows.numpy(), np.ones((len(rows), 1))])

    weights = np.linalg.lstsq(with_one(x), y.numpy(), rcond=None)[0]
    linear = scale * np.sqrt(np.mean((with_one(tx) @ weights - ty.numpy()) ** 2))
    same = scale * np.sqrt(np.mean(ty.numpy() ** 2))
    print(json.dumps({
        "test RMSE": rmse, "linear RMSE": linear, "persistence RMSE": same, "RMSE / linear": rmse / linear,
        "RMSE / persistence": rmse / same}))


if __name__ == "__main__":
    main()
