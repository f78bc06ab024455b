"""The zoo's character models by PyTorch: what rnn.py, lstm.py and gru.py have in common."""

import argparse
import gzip
import json
import math
import os
import pathlib
import time

import torch
from torch import nn

import resume

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/data"


class CharNetwork(nn.Module):
    def __init__(self, cell, characters, embedding, hidden, layers, dropout):
        super().__init__()
        self.embedding = nn.Embedding(characters, embedding)
        kind = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.recurrent = kind(embedding, hidden, layers, dropout=dropout if layers > 1 else 0)
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(hidden, characters)

    def forward(self, x, state):
        y, state = self.recurrent(self.embedding(x), state)
        return self.scores(self.dropout(y)), state


def read(network, text, batch, length, optimizer=None, before_step=lambda: None, after_step=lambda loss: True):
    """Reads a text as streams side by side, the state carried over; returns the mean loss."""
    stream = len(text) // batch
    streams = text[:stream * batch].view(batch, stream)
    losses, state = [], None
    for at in range(0, (stream - 1) // length * length, length):
        x, y = streams[:, at:at + length].T, streams[:, at + 1:at + 1 + length].T
        with torch.set_grad_enabled(optimizer is not None):
            scores, state = network(x, state)
            loss = nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())
        if optimizer is not None:
            before_step()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1)
            optimizer.step()
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        losses.append(loss.item())
        if not after_step(losses[-1]):
            break
    return sum(losses) / len(losses)


def text_of(data):
    for place in (pathlib.Path(os.environ.get("CORTADO_DATA", ".")) / data, RESOURCES / data):
        if (place / "input.txt").exists():
            return (place / "input.txt").read_text()
        if (place / "input.txt.gz").exists():
            return gzip.open(place / "input.txt.gz", "rt").read()
    raise SystemExit(f"{data} is not here: set CORTADO_DATA to the folder that has {data}/input.txt")


def main(cell):
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="tiny-shakespeare")
    p.add_argument("--hidden", type=int, default=256)
    p.add_argument("--layers", type=int, default=1)
    p.add_argument("--dropout", type=float, default=0)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--length", type=int, default=64)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    text = text_of(a.data)
    characters = sorted(set(text))
    encoded = torch.tensor([characters.index(c) for c in text])
    end = int(len(encoded) * 0.9)
    train, validation = encoded[:end], encoded[end:]
    network = CharNetwork(cell, len(characters), 64, a.hidden, a.layers, a.dropout)
    optimizer = torch.optim.Adam(network.parameters(), a.lr)
    per_epoch, step = (len(train) // a.batch_size - 1) // a.length, 0
    steps = a.epochs * per_epoch

    def schedule():
        nonlocal step
        optimizer.param_groups[0]["lr"] = a.lr * (1 + math.cos(math.pi * step / steps)) / 2
        step += 1

    figures = {}
    for epoch in resume.epochs(a.epochs, figures, network=network, optimizer=optimizer):
        begin, step = time.time(), epoch * per_epoch
        network.train()
        loss = read(network, train, a.batch_size, a.length, optimizer, schedule)
        seconds = time.time() - begin
        network.eval()
        check = read(network, validation, min(a.batch_size, 16), a.length)
        print(f"epoch {epoch + 1}  loss {loss:.4f}  val_loss {check:.4f}  {end / seconds:,.0f} characters/s", flush=True)
        figures |= {"validation loss": check, "training loss": loss}
    print(json.dumps(figures))
