"""The zoo's textrnn by PyTorch: same network, texts, split, batches and schedule as ./cortado train textrnn."""

import argparse
import json

import torch
from torch import nn

import texts


class TextRnn(nn.Module):
    def __init__(self, tokens, width, cell, hidden, p, classes):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        kind = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.recurrent = kind(width, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(p)
        self.scores = nn.Linear(2 * hidden, classes)

    def forward(self, ids, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        state = self.recurrent(packed)[1]
        ends = state[0] if isinstance(state, tuple) else state
        return self.scores(self.dropout(ends.transpose(0, 1).flatten(1)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="names")
    p.add_argument("--cell", default="lstm")
    p.add_argument("--vocabulary", type=int, default=20000)
    p.add_argument("--longest", type=int, default=100)
    p.add_argument("--embedding", type=int, default=32)
    p.add_argument("--hidden", type=int, default=64)
    p.add_argument("--dropout", type=float, default=0.5)
    p.add_argument("--word-dropout", type=float, default=0)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--ema", type=float, default=0)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    parts, tokens, classes = texts.load(a.data, a.vocabulary, a.longest, lambda text: list(text.lower()))
    print(f"{a.data}: {[len(t) for t, _ in parts]} texts, {tokens} tokens", flush=True)
    network = TextRnn(tokens, a.embedding, a.cell, a.hidden, a.dropout, len(classes))
    accuracy, loss = texts.fit(network, parts, a)
    print(json.dumps({"test accuracy": accuracy, "test loss": loss}))


if __name__ == "__main__":
    main()
