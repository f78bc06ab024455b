"""The zoo's word2vec by PyTorch: same words, pairs, draws, steps and questions as ./cortado train word2vec.

    python3 word2vec.py --data imdb --seed 1

Skip-gram with negative sampling (Mikolov et al. 2013). The last line is the figures as JSON.
"""

import argparse
import collections
import json
import pathlib
import re

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import char_model
import texts

ANALOGIES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/word2vec/analogies.txt"
LAST = 1e-4
TOGETHER = 1 << 18


def lines_of(data):
    text = "\n".join(texts.texts_of(data)[0]) if data == "imdb" else char_model.text_of(data)
    return [texts.words(line) for line in re.split(r"\r\n|\r|\n", text)]


class Corpus:
    """A text by the numbers of its words; rare words are passed over."""

    def __init__(self, lines, known, rare):
        counts = collections.Counter(w for line in lines for w in line)
        often = sorted((w for w, n in counts.items() if n >= rare), key=lambda w: (-counts[w], w))[:known]
        self.numbers = {w: i for i, w in enumerate(often)}
        self.counts = np.array([counts[w] for w in often], dtype=np.float64)
        encoded = [[self.numbers[w] for w in line if w in self.numbers] for line in lines]
        self.words = np.array([w for line in encoded for w in line], dtype=np.int64)
        self.lines = np.repeat(np.arange(len(encoded)), [len(line) for line in encoded])


def pairs(corpus, window, sample, random):
    """Yields words and their neighbors, in the text's order, some at a time."""
    ratio = sample / (corpus.counts / corpus.counts.sum())
    kept = random.random(len(corpus.words)) < np.minimum(1, np.sqrt(ratio) + ratio)[corpus.words]
    words, lines = corpus.words[kept], corpus.lines[kept]
    offsets = np.array([d for d in range(-window, window + 1) if d])
    for begin in range(0, len(words), TOGETHER):
        here = np.arange(begin, min(begin + TOGETHER, len(words)))
        near = here[:, None] + offsets
        inside = (near >= 0) & (near < len(words))
        near = near.clip(0, len(words) - 1)
        reach = random.integers(1, window + 1, len(here))
        inside &= (lines[near] == lines[here][:, None]) & (np.abs(offsets) <= reach[:, None])
        yield np.broadcast_to(words[here][:, None], near.shape)[inside], words[near][inside]


def batches(stream, size):
    """Cuts what comes into batches of one size; what is left at the end is passed over."""
    centers, neighbors = np.empty(0, np.int64), np.empty(0, np.int64)
    for c, n in stream:
        centers, neighbors = np.concatenate([centers, c]), np.concatenate([neighbors, n])
        whole = len(centers) // size * size
        for i in range(0, whole, size):
            yield centers[i:i + size], neighbors[i:i + size]
        centers, neighbors = centers[whole:], neighbors[whole:]


def negatives(neighbors, count, noise, random):
    """Draws words by the power 3/4 of their counts, other ones than the neighbor."""
    drawn = np.searchsorted(noise, random.random((len(neighbors), count)), side="right")
    for _ in range(10):
        same = drawn == neighbors[:, None]
        if not same.any():
            break
        drawn[same] = np.searchsorted(noise, random.random(same.sum()), side="right")
    return drawn


def analogies(vectors, numbers):
    """Returns how many questions were asked, answered right, and right among five."""
    v = F.normalize(vectors, dim=1)
    relations, asked, right, near = {}, 0, 0, 0
    for line in ANALOGIES.read_text().splitlines():
        if line.startswith(": "):
            current = relations.setdefault(line[2:], [])
        elif line.strip() and not line.startswith("#"):
            pair = line.split(" ")[:2]
            if all(w in numbers for w in pair):
                current.append([numbers[w] for w in pair])
    for known in relations.values():
        for a, b in known:
            for c, d in known:
                if (a, b) != (c, d):
                    cosines = v @ (v[c] + v[b] - v[a])
                    cosines[[a, b, c]] = -np.inf
                    best = cosines.topk(5).indices.tolist()
                    asked, right, near = asked + 1, right + (best[0] == d), near + (d in best)
    return asked, right, near


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="imdb")
    p.add_argument("--width", type=int, default=100)
    p.add_argument("--window", type=int, default=5)
    p.add_argument("--negatives", type=int, default=5)
    p.add_argument("--sample", type=float, default=1e-4)
    p.add_argument("--vocabulary", type=int, default=10000)
    p.add_argument("--rare", type=int, default=5)
    p.add_argument("--batch-size", type=int, default=1024)
    p.add_argument("--lr", type=float, default=0.025)
    p.add_argument("--epochs", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    corpus = Corpus(lines_of(a.data), a.vocabulary, a.rare)
    print(f"{len(corpus.words):,} words, {len(corpus.numbers):,} different ones", flush=True)

    def epoch(number):
        random = np.random.default_rng([a.seed, number])
        return batches(pairs(corpus, a.window, a.sample, random), a.batch_size)

    steps, step = sum(1 for e in range(a.epochs) for _ in epoch(e)), 0
    noise = np.cumsum(corpus.counts ** 0.75)
    noise /= noise[-1]
    words = nn.Embedding(len(corpus.numbers), a.width, sparse=True)
    neighbors = nn.Embedding(len(corpus.numbers), a.width, sparse=True)
    nn.init.uniform_(words.weight, -0.5 / a.width, 0.5 / a.width)
    nn.init.zeros_(neighbors.weight)
    # Down the sum over the pairs, and the loss that is told is the mean.
    optimizer = torch.optim.SGD([words.weight, neighbors.weight], a.lr * a.batch_size)
    target = torch.zeros(a.batch_size, 1 + a.negatives)
    target[:, 0] = 1
    for e in range(a.epochs):
        draws, losses = np.random.default_rng([a.seed, e, 1]), []
        for center, neighbor in epoch(e):
            optimizer.param_groups[0]["lr"] = a.lr * a.batch_size * (1 + (LAST - 1) * min(1, step / steps))
            others = np.concatenate([neighbor[:, None], negatives(neighbor, a.negatives, noise, draws)], 1)
            v, u = words(torch.from_numpy(center)), neighbors(torch.from_numpy(others))
            scores = (u @ v.unsqueeze(2)).squeeze(2)
            loss = F.binary_cross_entropy_with_logits(scores, target, reduction="sum") / a.batch_size
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
        print(f"epoch {e + 1}  loss {np.mean(losses):.4f}", flush=True)
    asked, right, near = analogies(words.weight.detach(), corpus.numbers)
    figures = {"loss": float(np.mean(losses))}
    if asked:
        figures |= {"analogies": right / asked, "analogies among five": near / asked, "analogies asked": asked}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
