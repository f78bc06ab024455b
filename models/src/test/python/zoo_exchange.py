"""Reads what ExchangeTable wrote of every model of the zoo, by PyTorch and by the safetensors library.

  zoo_exchange.py FOLDER...

Each folder has weights.safetensors, the same as weights.npz, and sample.npz: inputs in.*, Cortado's outputs out.*.
Prints a line of JSON for each. Names are not changed: load_state_dict(strict=True).
"""
import json
import sys
from pathlib import Path

import numpy as np
import safetensors
import torch
from safetensors import safe_open
from safetensors.numpy import load_file as load_numpy
from safetensors.torch import load_file
from torch import nn


def named(**parts):
    m = nn.Module()
    for name, part in parts.items():
        setattr(m, name, part)
    return m


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


def floats(text):
    return torch.tensor([float(v) for v in text.split()])


def pixels_mlp(shape, classes):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(shape[0] * shape[1] * shape[2], 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, 128),
        nn.ReLU(), nn.Dropout(), nn.Linear(128, classes))


def lenet5(shape, classes, form):
    c, h, w = shape
    f = ScaledTanh if form == "1998" else nn.ReLU
    pool = nn.AvgPool2d if form == "1998" else nn.MaxPool2d
    after = ((h // 2 - 4) // 2) * ((w // 2 - 4) // 2)
    return nn.Sequential(
        nn.Conv2d(c, 6, 5, padding=2), f(), pool(2), nn.Conv2d(6, 16, 5), f(), pool(2), nn.Flatten(),
        nn.Linear(16 * after, 120), f(), nn.Linear(120, 84), f(), nn.Linear(84, classes))


def alexnet(shape, classes, form):
    c, h, w = shape
    if form == "2012":
        def norm():
            return nn.LocalResponseNorm(5, 5e-4, 0.75, 2)

        return nn.Sequential(
            nn.Conv2d(c, 96, 11, 4), nn.ReLU(), norm(), nn.MaxPool2d(3, 2),
            nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(), norm(), nn.MaxPool2d(3, 2),
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(),
            nn.Linear(256 * 6 * 6, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
            nn.Linear(4096, classes))
    layers, before = [], c
    for out, kernel, pool in ((48, 5, True), (96, 3, True), (192, 3, False), (192, 3, False), (128, 3, True)):
        layers += [nn.Conv2d(before, out, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if pool else []
        before = out
    head = [nn.Flatten(), nn.Linear(128 * (h // 8) * (w // 8), 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, classes)]
    return nn.Sequential(*layers, *head)


def table(d, tensors):
    o = d["options"]
    inputs = o["inputs"].split("\n")
    outputs = 1 if o["task"] == "binary" else len(d["classes"])
    layers, before = [], len(inputs)
    activation = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[o["activation"]]
    for units in [int(u) for u in o["hidden"].split(",")] if o["hidden"] != "none" else []:
        layers += [nn.Linear(before, units), activation()] + ([nn.Dropout()] if float(o["dropout"]) > 0 else [])
        before = units
    end = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh}.get(o["output"], nn.Identity)
    m = load(nn.Sequential(*layers, nn.Linear(before, outputs), end()), tensors)

    def forward(input):
        y = m((input - floats(o["mean"])) / floats(o["deviation"]))
        if o["task"] == "regression":
            return {"output": y * floats(o["scale"]) + floats(o["shift"])}
        meant = {"ce": lambda: y.softmax(1), "bce": y.sigmoid, "mse11": lambda: (y + 1) / 2}
        return {"output": meant.get(o["loss"], lambda: y)()}

    return forward


def autoencoder(d, tensors):
    o, (_, h, w) = d["options"], d["input"]
    code, tied = int(o["code"]), o["tied"] == "true"
    if o["form"] == "dense":
        sizes = [h * w, 512, 128, code]
        encoder = nn.Sequential(
            nn.Flatten(), nn.Linear(h * w, 512), nn.ReLU(), nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, code))
        back = [nn.Linear(a, b) for a, b in zip(sizes[::-1], sizes[-2::-1])]
        decoder = nn.Sequential(
            back[0], nn.ReLU(), back[1], nn.ReLU(), back[2], nn.Sigmoid(), nn.Unflatten(1, (1, h, w)))
        pairs = (("0", "5", True), ("2", "3", True), ("4", "1", True))
    else:
        wide = 32 * (h // 4) * (w // 4)
        encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
            nn.Linear(wide, code))
        decoder = nn.Sequential(
            nn.Linear(code, wide), nn.ReLU(), nn.Unflatten(1, (32, h // 4, w // 4)),
            nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 3, 2, 1, 1), nn.Sigmoid())
        pairs = (("0", "5", True), ("3", "2", False), ("5", "0", False))
    tensors = dict(tensors)
    if tied:  # stored once, under the encoder's name
        for of, to, turned in pairs:
            weight = tensors[f"encoder.{to}.weight"]
            tensors[f"decoder.{of}.weight"] = weight.t() if turned else weight
    m = load(named(encoder=encoder, decoder=decoder), tensors)
    return lambda input: {"code": m.encoder(input), "output": m.decoder(m.encoder(input))}


def characters(d, tensors):
    o, n = d["options"], len(d["classes"])
    kind = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[d["name"]]
    hidden = int(o["hidden"])
    width = int(o["embedding"])
    m = load(named(
        embedding=nn.Embedding(n, width), recurrent=kind(width, hidden, int(o["layers"])),
        scores=nn.Linear(hidden, n)), tensors)

    def forward(input, h0, c0=None):
        y, s = m.recurrent(m.embedding(input), h0 if c0 is None else (h0, c0))
        states = {"hn": s} if c0 is None else {"hn": s[0], "cn": s[1]}
        return {"output": m.scores(y), **states}

    return forward


def forecast(d, tensors):
    hidden = int(d["options"]["hidden"])
    m = load(named(lstm=nn.LSTM(1, hidden, batch_first=True), next=nn.Linear(hidden, 1)), tensors)
    scale = float(d["options"]["scale"])

    def forward(input):
        last = input[:, -1:]
        return {"output": last + scale * m.next(m.lstm(((input - last) / scale)[:, :, None])[0][:, -1])}

    return forward


def recommender(d, tensors):
    o = d["options"]
    users, items, width = len(o["users"].split("\n")), len(d["classes"]), int(o["factors"])
    attributes, hidden = int(o["attributes"]), int(o["hidden"])
    parts = dict(
        users=nn.Embedding(users, width), items=nn.Embedding(items, width), user_bias=nn.Embedding(users, 1),
        item_bias=nn.Embedding(items, 1))
    if o["form"] == "neural":
        if attributes:
            parts["context"] = nn.Embedding(int(o["values"]), 4)
        parts["mlp"] = nn.Sequential(
            nn.Linear(2 * width + 4 * attributes, hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, hidden // 2),
            nn.ReLU(), nn.Dropout(), nn.Linear(hidden // 2, 1))
    m = load(named(**parts), tensors)
    usual = torch.tensor([int(v) for v in o["usual"].split()]).reshape(items, attributes)

    def forward(user, item):
        p, q = m.users(user), m.items(item)
        y = m.user_bias(user)[:, 0] + m.item_bias(item)[:, 0] + float(o["mean"])
        if o["form"] == "mf":
            return {"output": y + (p * q).sum(1)}
        described = [p, q] + ([m.context(usual[item]).flatten(1)] if attributes else [])
        return {"output": y + m.mlp(torch.cat(described, 1))[:, 0]}

    return forward


def textcnn(d, tensors):
    o, width = d["options"], int(d["options"]["embedding"])
    widths, count, units = [int(w) for w in o["widths"].split(",")], int(o["filters"]), int(o["hidden"])
    m = load(named(
        embedding=nn.Embedding(tensors["embedding.weight"].shape[0], width), hidden=nn.Linear(len(widths) * count, units),
        scores=nn.Linear(units, len(d["classes"])), **{f"filters{w}": nn.Conv1d(width, count, w) for w in widths}),
        tensors)

    def forward(input):
        lengths = (input != 0).sum(1).clamp(min=1)
        ids = nn.functional.pad(input, (0, max(widths)))
        words, largest = m.embedding(ids).transpose(1, 2), []
        for w in widths:
            maps = getattr(m, f"filters{w}")(words)
            valid = (lengths - w + 1).clamp(min=1)
            nowhere = torch.arange(maps.shape[2])[None] >= valid[:, None]
            largest.append(maps.masked_fill(nowhere[:, None], -1e9).amax(2))
        return {"output": m.scores(torch.relu(m.hidden(torch.relu(torch.cat(largest, 1)))))}

    return forward


def textrnn(d, tensors):
    o, width, hidden = d["options"], int(d["options"]["embedding"]), int(d["options"]["hidden"])
    kind = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[o["cell"]]
    m = load(named(
        embedding=nn.Embedding(tensors["embedding.weight"].shape[0], width),
        recurrent=kind(width, hidden, batch_first=True, bidirectional=True),
        scores=nn.Linear(2 * hidden, len(d["classes"]))), tensors)

    def forward(input):
        packed = nn.utils.rnn.pack_padded_sequence(
            m.embedding(input), (input != 0).sum(1).clamp(min=1), batch_first=True, enforce_sorted=False)
        state = m.recurrent(packed)[1]
        ends = state[0] if isinstance(state, tuple) else state
        return {"output": m.scores(ends.transpose(0, 1).flatten(1))}

    return forward


def word2vec(d, tensors):
    count, width = tensors["words.weight"].shape
    m = load(named(words=nn.Embedding(count, width), neighbors=nn.Embedding(count, width)), tensors)

    def forward(input):
        v = m.words(input)
        return {"output": v, "scores": v @ m.neighbors.weight.t()}

    return forward


def load(module, tensors):
    module.load_state_dict(tensors, strict=True)
    return module.eval()


def pictures(d, tensors):
    shape, classes, form = d["input"], len(d["classes"]), d["options"].get("variant")
    m = {
        "mlp": lambda: pixels_mlp(shape, classes), "lenet5": lambda: lenet5(shape, classes, form),
        "alexnet": lambda: alexnet(shape, classes, form)}[d["name"]]()
    load(m, tensors)
    return lambda input: {"output": m(input)}


def model(d, tensors):
    if d["name"] == "mlp" and "task" in d["options"]:
        return table(d, tensors)
    known = dict(
        autoencoder=autoencoder, forecast=forecast, recommender=recommender, textcnn=textcnn, textrnn=textrnn,
        word2vec=word2vec, rnn=characters, lstm=characters, gru=characters)
    return known.get(d["name"], pictures)(d, tensors)


def difference(ours, theirs):
    """The largest, relative to the largest number of an output."""
    worst = 0
    for name, y in ours.items():
        t = theirs[name].reshape(-1)
        worst = max(worst, float(np.abs(t - y.reshape(-1)).max() / max(1e-30, np.abs(y).max())))
    return worst


def main():
    for folder in map(Path, sys.argv[1:]):
        file = folder / "weights.safetensors"
        with safe_open(file, "np") as f:
            described = json.loads(f.metadata()["cortado.model"])
        sample = np.load(folder / "sample.npz")
        given = {n[3:]: torch.from_numpy(sample[n]) for n in sample.files if n.startswith("in.")}
        given = {n: t.long() if t.dtype == torch.int32 else t for n, t in given.items()}
        ours = {n[4:]: sample[n] for n in sample.files if n.startswith("out.")}
        with torch.no_grad():
            theirs = {n: t.numpy() for n, t in model(described, load_file(file))(**given).items()}
        archive = np.load(folder / "weights.npz")
        read = load_numpy(file)
        assert set(read) == set(archive.files), folder
        print(json.dumps({
            "folder": folder.name, "torch": difference(ours, theirs),
            "safetensors": max(float(np.abs(t - archive[n]).max()) for n, t in read.items()),
            "versions": f"PyTorch {torch.__version__}, safetensors {safetensors.__version__}"}), flush=True)


if __name__ == "__main__":
    main()
