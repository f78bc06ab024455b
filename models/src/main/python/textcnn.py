"""The zoo's textcnn by PyTorch: same network, texts, split, batches and schedule as ./cortado train textcnn."""

import argparse
import json

import torch
from torch import nn

import texts

NOWHERE = -1e9


class TextCnn(nn.Module):
    def __init__(self, tokens, width, widths, count, units, p, classes):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        nn.init.uniform_(self.embedding.weight, -0.25, 0.25)
        self.filters = nn.ModuleList(nn.Conv1d(width, count, w) for w in widths)
        self.dropout = nn.Dropout(p)
        self.hidden = nn.Linear(len(widths) * count, units)
        self.scores = nn.Linear(units, classes)

    def forward(self, ids, lengths):
        words = self.embedding(ids).transpose(1, 2)
        largest = []
        for conv in self.filters:
            maps = conv(words)
            valid = (lengths - conv.kernel_size[0] + 1).clamp(min=1)
            nowhere = torch.arange(maps.shape[2])[None] >= valid[:, None]
            largest.append((maps + NOWHERE * nowhere[:, None]).amax(2))
        h = torch.relu(self.hidden(self.dropout(torch.relu(torch.cat(largest, 1)))))
        return self.scores(self.dropout(h))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="imdb")
    p.add_argument("--vocabulary", type=int, default=20000)
    p.add_argument("--longest", type=int, default=1000)
    p.add_argument("--embedding", type=int, default=48)
    p.add_argument("--widths", default="1,2,3")
    p.add_argument("--filters", type=int, default=128)
    p.add_argument("--hidden", type=int, default=64)
    p.add_argument("--dropout", type=float, default=0.5)
    p.add_argument("--word-dropout", type=float)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--epochs", type=int, default=14)
    p.add_argument("--ema", type=float)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    if a.word_dropout is None:
        a.word_dropout = 0.5 if a.data == "imdb" else 0.3
    if a.ema is None:
        a.ema = 0.999 if a.data == "imdb" else 0
    parts, tokens, classes = texts.load(a.data, a.vocabulary, a.longest)
    print(f"{a.data}: {[len(t) for t, _ in parts]} texts, {tokens} tokens", flush=True)
    widths = sorted({int(w) for w in a.widths.split(",")})
    network = TextCnn(tokens, a.embedding, widths, a.filters, a.hidden, a.dropout, len(classes))
    accuracy, loss = texts.fit(network, parts, a, max(widths))
    print(json.dumps({"test accuracy": accuracy, "test loss": loss}))


if __name__ == "__main__":
    main()
