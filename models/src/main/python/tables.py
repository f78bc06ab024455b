"""The tables of the zoo and their splits, row for row those of Cortado's RowSplit."""
import csv
import gzip
import os

import numpy as np

import rdata

DATA = os.path.join(os.path.dirname(__file__), "..", "resources", "io", "cortado", "models", "data")
MASK = (1 << 64) - 1


def mix(value):
    z = (value + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def split(groups, seed, test=0.2, validation=0.2):
    """Returns the rows for training, validation and the test; each group by itself."""
    parts, at, sizes = ([], [], []), {}, {}
    for g in groups:
        sizes[g] = sizes.get(g, 0) + 1
    for i in sorted(range(len(groups)), key=lambda i: mix(mix(seed & MASK) ^ i)):
        g = groups[i]
        first = int(test * sizes[g])
        both = first + int(validation * sizes[g])
        n = at[g] = at.get(g, -1) + 1
        parts[2 if n < first else 1 if n < both else 0].append(i)
    return tuple(np.array(p, dtype=int) for p in parts)


def folds(groups, rows, seed, k):
    """Returns k folds of rows that do not test, as Cortado's RowFolds deals them; groups are numbers, as of all rows."""
    size, parts = {}, [[] for _ in range(k)]
    for i in rows:
        size[groups[i]] = size.get(groups[i], 0) + 1
    after, at = 0, {}
    for g in sorted(size):
        at[g] = after
        after += size[g]
    for i in sorted(map(int, rows), key=lambda i: mix(mix(seed & MASK) ^ i)):
        parts[at[groups[i]] % k].append(i)
        at[groups[i]] += 1
    return [np.array(p, dtype=int) for p in parts]


def place(name, file, installed):
    """Returns where a file of a set is: $CORTADO_DATA, the cache, where Debian has it."""
    folders = [os.path.join(os.environ.get("CORTADO_DATA", ""), name)]
    folders += [os.path.expanduser("~/.cache/cortado/" + name), installed]
    return next(f for f in folders if os.path.exists(os.path.join(f, file)))


def read(name):
    """Returns inputs, targets (classes from 0, numbers, or 0/1 labels), names of the targets, groups."""
    if name == "spam":
        frame = rdata.rda(place(name, "spam.rda", "/usr/lib/R/site-library/kernlab/data") + "/spam.rda", "spam")
        codes, names = frame.pop("type")
        return np.array(list(frame.values())).T, np.array(codes), names, codes
    if name == "digit-pairs":
        rows = np.loadtxt(os.path.join(DATA, "digits", "digits.csv.gz"), delimiter=",")
        order = split([0] * len(rows), -1, 0, 0)[0]
        x, y = np.zeros((len(rows) // 2, 8, 12)), np.zeros((len(rows) // 2, 10))
        for k in range(len(x)):
            for half in (0, 1):
                row = rows[order[2 * k + half]]
                here = x[k, :, 4 * half : 4 * half + 8]
                np.maximum(here, row[:64].reshape(8, 8), out=here)
                y[k, int(row[64])] = 1
        return x.reshape(len(x), -1), y, [str(c) for c in range(10)], [0] * len(x)
    file = "breast-cancer" if name == "cell-nuclei" else name
    with gzip.open(os.path.join(DATA, "tables", file + ".csv.gz"), "rt") as f:
        header, *rows = csv.reader(f)
    if name == "cell-nuclei":
        values = np.array([r[:-1] for r in rows], float)
        return values[:, :20], values[:, 20:], header[20:30], [0] * len(rows)
    x = np.array([r[:-1] for r in rows], float)
    last = [r[-1] for r in rows]
    if name == "diabetes":
        return x, np.array(last, float)[:, None], header[-1:], [0] * len(rows)
    names = sorted(set(last))
    codes = [names.index(v) for v in last]
    return x, np.array(codes), names, codes


def standardized(x, train):
    mean, deviation = x[train].mean(0), x[train].std(0)
    return (x - mean) / np.where(deviation > 0, deviation, 1)
