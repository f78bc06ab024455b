"""The zoo's image classifiers by PyTorch: same networks, data, batches, augmentation and schedule as ./cortado train.

    python3 lenet5.py --data mnist --variant 1998 --seed 1

MNIST's files are those of the repository; others are looked for in $CORTADO_DATA/NAME and where Debian puts them, CIFAR-10 as
folders train/CLASS and test/CLASS of pictures. The last line is the figures as JSON.
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

import averaging
import resume

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/data/mnist"
NORMAL = {
    "mnist": ([0.1307], [0.3081]),
    "fashion-mnist": ([0.2860], [0.3530]),
    "cifar-10": ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
}


def idx(name, data):
    places = [RESOURCES] if data == "mnist" else [
        pathlib.Path(os.environ.get("CORTADO_DATA", ".")) / data, pathlib.Path("/usr/share/datasets") / data]
    for place in places:
        file = place / (name + ".gz")
        if file.exists():
            raw = gzip.open(file).read()
            return np.frombuffer(raw, np.uint8, offset=16 if "idx3" in name else 8)
    raise SystemExit(f"{data} is not in {places}")


def pictures(part):
    from PIL import Image
    folder = pathlib.Path(os.environ.get("CORTADO_DATA", ".")) / "cifar-10" / part
    x, y = [], []
    for label, name in enumerate(sorted(p.name for p in folder.iterdir())):
        for file in sorted((folder / name).glob("*.jpg")):
            x.append(np.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1))
            y.append(label)
    return np.stack(x), np.array(y)


def read(data, train):
    if data == "cifar-10":
        x, y = pictures("train" if train else "test")
    else:
        part = "train" if train else "t10k"
        x = idx(part + "-images-idx3-ubyte", data).reshape(-1, 1, 28, 28)
        y = idx(part + "-labels-idx1-ubyte", data)
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in NORMAL[data])
    return (torch.from_numpy(x / np.float32(255)) - mean) / std, torch.from_numpy(y.astype(np.int64))


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


def mlp(_):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(128, 10))


def lenet5(variant):
    act, pool = (ScaledTanh, nn.AvgPool2d) if variant == "1998" else (nn.ReLU, nn.MaxPool2d)
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), act(), pool(2), nn.Conv2d(6, 16, 5), act(), pool(2), nn.Flatten(),
        nn.Linear(400, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10))


def alexnet(_):
    def conv(i, o):
        return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]

    return nn.Sequential(
        *conv(3, 64), nn.MaxPool2d(2), *conv(64, 192), nn.MaxPool2d(2), *conv(192, 384), *conv(384, 256), *conv(256, 256),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(4096, 1024), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10))


def moved(x, most, black):
    """Moves each image by up to some pixels each way."""
    n, _, h, w = x.shape
    padded = torch.empty(n, x.shape[1], h + 2 * most, w + 2 * most)
    padded[:] = black
    padded[:, :, most:most + h, most:most + w] = x
    down, right = torch.randint(0, 2 * most + 1, (2, n))
    rows = (down[:, None] + torch.arange(h))[:, None, :, None]
    columns = (right[:, None] + torch.arange(w))[:, None, None, :]
    return padded[torch.arange(n)[:, None, None, None], torch.arange(x.shape[1])[None, :, None, None], rows, columns]


def mirrored(x):
    return torch.where((torch.rand(len(x)) < 0.5)[:, None, None, None], x.flip(3), x)


def cut_out(x, side):
    """Makes a square of each image grey, its middle anywhere in the image."""
    def covered(size):
        first = torch.randint(0, size, (len(x), 1)) - side // 2
        at = torch.arange(size)
        return (at >= first) & (at < first + side)

    hole = covered(x.shape[2])[:, :, None] & covered(x.shape[3])[:, None, :]
    return x.masked_fill(hole[:, None], 0)


def augment(x, kind, black):
    cut = {"cutout": 8, "cutout-half": min(x.shape[2:]) // 2}
    if kind in ("shift", "crop-flip", *cut):
        x = moved(x, 1 if kind == "shift" else 4, black)
    x = mirrored(x) if kind in ("flip", "crop-flip", *cut) else x
    return cut_out(x, cut[kind]) if kind in cut else x


def views(x, count, black):
    """The picture, mirrored, and with an edge of one black pixel its four corners, mirrored too."""
    h, w = x.shape[2:]
    padded = F.pad(x, (1, 1, 1, 1), value=black)
    places = [(1, 1)] + [(2 * (i // 2), 2 * (i % 2)) for i in range(4 if count == 10 else 0)]
    for top, left in places:
        seen = padded[:, :, top:top + h, left:left + w]
        yield seen
        if count > 1:
            yield seen.flip(3)


def test(net, x, y, count=1, black=0):
    net.eval()
    with torch.no_grad():
        right = sum((sum(net(v).softmax(1) for v in views(x[i:i + 250], count, black)).argmax(1) == y[i:i + 250]).sum()
                    .item() for i in range(0, len(x), 250))
    net.train()
    return right / len(x)


def main(build, data, variant, recipe):
    """recipe(data) is optimizer, learning rate, weight decay, epochs, batch size, augmentation."""
    p = argparse.ArgumentParser()
    p.add_argument("--data", default=data)
    p.add_argument("--variant")
    p.add_argument("--augment")
    p.add_argument("--epochs", type=int)
    p.add_argument("--warm-up", type=int, default=0)
    p.add_argument("--label-smoothing", type=float, default=0)
    p.add_argument("--ema", type=float, default=0)
    p.add_argument("--views", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    kind, lr, decay, epochs, batch, augmentation = recipe(a.data)
    epochs, augmentation = a.epochs or epochs, a.augment or augmentation
    x, y = read(a.data, True)
    test_x, test_y = read(a.data, False)
    order = torch.from_numpy(np.random.RandomState(1998).permutation(len(x)))
    rows, held = order[:len(x) * 11 // 12], order[len(x) * 11 // 12:]
    black = ((0 - torch.tensor(NORMAL[a.data][0])) / torch.tensor(NORMAL[a.data][1]))[0].item()
    net = build(a.variant or variant(a.data))
    optimizer = (torch.optim.AdamW(net.parameters(), lr, weight_decay=decay) if kind == "adamw" else
                 torch.optim.SGD(net.parameters(), lr, momentum=0.9, weight_decay=decay))
    average = averaging.of(net, a.ema)
    per_epoch = math.ceil(len(rows) / batch)
    rising, falling = a.warm_up * per_epoch, (epochs - a.warm_up) * per_epoch
    best = {"value": -1}
    parts = {"net": net, "optimizer": optimizer} | ({"average": average} if average else {})
    for epoch in resume.epochs(epochs, best, **parts):
        step = epoch * per_epoch
        for chosen in rows[torch.randperm(len(rows))].split(batch):
            optimizer.param_groups[0]["lr"] = lr * (
                (step + 1) / (rising + 1) if step < rising else (1 + math.cos(math.pi * (step - rising) / falling)) / 2)
            loss = F.cross_entropy(net(augment(x[chosen], augmentation, black)), y[chosen], label_smoothing=a.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if average:
                average.update_parameters(net)
            step += 1
        measured = average.module if average else net
        value = test(measured, x[held], y[held])
        print(f"epoch {epoch + 1} loss {loss.item():.4f} validation {value:.4f}", flush=True)
        if value > best["value"]:
            best.update(value=value, weights={k: v.clone() for k, v in measured.state_dict().items()})
    net.load_state_dict(best["weights"])
    print(json.dumps({"test accuracy": test(net, test_x, test_y, a.views, black)}))
