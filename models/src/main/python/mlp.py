"""Trains Cortado's mlp by PyTorch on the same splits, and scikit-learn's models on the same rows beside it.

mlp.py [--task regression|binary|multiclass|multilabel] [--data NAME] [--loss NAMES] [--output KINDS]
[--class-weights] [--thin N] [--folds K]
[--label-smoothing S] [--seed N]: the last line is JSON. Without --task: pictures, whose twelfth
for validation is another one than Cortado's.
"""
import argparse
import gzip
import json
import os
import warnings

import numpy as np
import torch
from torch import nn

import tables

p = argparse.ArgumentParser()
p.add_argument("--task", choices=["regression", "binary", "multiclass", "multilabel"])
p.add_argument("--data")
p.add_argument("--loss", default="")
p.add_argument("--output", default="linear")
p.add_argument("--hidden", default="256,128")
p.add_argument("--activation", default="relu")
p.add_argument("--dropout", type=float)
p.add_argument("--epochs", type=int)
p.add_argument("--lr", type=float)
p.add_argument("--class-weights", action="store_true")
p.add_argument("--thin", type=int, default=1)
p.add_argument("--label-smoothing", type=float)
p.add_argument("--folds", type=int)
p.add_argument("--seed", type=int, default=1)
PICTURES = ("digits", "mnist", "fashion-mnist")
USUAL = dict(regression="diabetes", binary="breast-cancer", multiclass="iris", multilabel="digit-pairs")


def idx(folder, name):
    with gzip.open(os.path.join(folder, name), "rb") as f:
        data = f.read()
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).astype(np.float64)


def pictures(name):
    """Returns scaled pixels and labels of the published training part, then of the test part."""
    if name == "digits":
        rows = np.loadtxt(os.path.join(tables.DATA, "digits", "digits.csv.gz"), delimiter=",")
        return (np.round(rows[:, :64] * 255 / 16) / 255 - 0.3075) / 0.3770, rows[:, 64].astype(int), 898
    mean, deviation = (0.1307, 0.3081) if name == "mnist" else (0.2860, 0.3530)
    installed = os.path.join(tables.DATA, "mnist") if name == "mnist" else "/usr/share/datasets/fashion-mnist"
    folder = tables.place(name, "train-images-idx3-ubyte.gz", installed)
    x = [idx(folder, part + "-images-idx3-ubyte.gz").reshape(-1, 784) for part in ("train", "t10k")]
    y = [idx(folder, part + "-labels-idx1-ubyte.gz").astype(int) for part in ("train", "t10k")]
    return (np.concatenate(x) / 255 - mean) / deviation, np.concatenate(y), len(x[0])


def read(task, name, thin, seed):
    """Returns inputs, targets, names of the classes, the groups of rows, and the rows of the three parts."""
    if name in PICTURES:
        x, y, first = pictures(name)
        train, validation, _ = tables.split([0] * first, seed, 0, 0.2)
        return x, y, list(range(10)), list(y), (train, validation, np.arange(first, len(x)))
    x, y, names, groups = tables.read(name)
    if thin > 1:
        keep, seen = [], 0
        for i, label in enumerate(y):
            seen += label
            if label == 0 or (seen - 1) % thin == 0:
                keep.append(i)
        x, y = x[keep], y[keep]
        groups = list(y)
    return x, y, names, groups, tables.split(groups, seed)


def scaled(args, x, rows):
    """Inputs by what some rows say; pictures are scaled already."""
    return x if (args.data or "") in PICTURES else tables.standardized(x, rows)


def build(inputs, outputs, hidden, activation, dropout):
    layers, n = [], inputs
    for units in hidden:
        layers += [nn.Linear(n, units), dict(relu=nn.ReLU, tanh=nn.Tanh, sigmoid=nn.Sigmoid)[activation]()]
        layers += [nn.Dropout(dropout)] if dropout else []
        n = units
    return nn.Sequential(*layers, nn.Linear(n, outputs))


def train(make, loss, x, t, rows, check, recipe, seed, until=None):
    """Trains by AdamW, the cosine as long as for all epochs; returns the network and, an epoch each, losses and outputs."""
    torch.manual_seed(seed)
    net = make()
    lr, decay, epochs, batch = recipe
    batch = min(batch, len(rows))
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=decay)
    steps = epochs * -(-len(rows) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses, outputs = [], []
    for _ in range(until or epochs):
        net.train()
        for part in torch.tensor(rows)[torch.randperm(len(rows))].split(batch):
            value = loss(net(x[part]), t[part])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
        net.eval()
        with torch.no_grad():
            if check is not None:
                outputs.append(net(x[check]))
                losses.append(float(loss(outputs[-1], t[check])))
    return net, losses, [o.double().numpy() for o in outputs]


def chosen(task, figures, losses):
    """Returns how many epochs folds choose, as FoldCurves says; each has a line, an epoch a column."""
    figures, losses = np.array(figures), np.array(losses)
    mean = figures.mean(0)
    best = 0
    for e in range(1, len(mean)):
        if mean[e] > mean[best] + 1e-9 or (mean[e] >= mean[best] - 1e-9 and losses.mean(0)[e] < losses.mean(0)[best]):
            best = e
    if task == "regression":
        return best + 1
    worse = figures[:, best : best + 1] - figures
    good = worse.mean(0) <= worse.std(0, ddof=1) / np.sqrt(len(figures)) + 1e-9
    return max(best, np.flatnonzero(good).max(initial=best)) + 1


def measures(task, told, y):
    """Returns the figures of answers: numbers, or scores above 0.5 of what is there, or of each class."""
    from sklearn import metrics as m

    if task == "regression":
        figures = {"test R2": m.r2_score(y, told)}
        return figures | ({"test RMSE": np.sqrt(np.mean((told - y) ** 2))} if y.shape[1] == 1 else {})
    if task == "multiclass":
        best = told.argmax(1)
        return {"test accuracy": np.mean(best == y), "macro F1": m.f1_score(y, best, average="macro")}
    said = told > 0.5
    if task == "multilabel":
        return {
            "micro F1": m.f1_score(y, said, average="micro"),
            "macro F1": m.f1_score(y, said, average="macro"),
            "all labels right": np.mean((said == (y > 0.5)).all(1)),
        }
    said, told = said.ravel(), told.ravel()
    return {
        "test accuracy": np.mean(said == y),
        "precision": m.precision_score(y, said, zero_division=0),
        "recall": m.recall_score(y, said),
        "F1": m.f1_score(y, said),
        "average precision": m.average_precision_score(y, told),
    }


class Coded:
    """A table's targets as numbers to train on, scaled and weighted by some rows alone, and outputs as answers."""

    def __init__(self, task, coding, y, names, rows, weights, smoothing):
        self.task, self.coding = task, coding
        self.columns = 1 if task == "binary" else len(names) if y.ndim == 1 else y.shape[1]
        self.end = {"mse01": "sigmoid", "mse11": "tanh"}.get(coding, coding if task == "regression" else "linear")
        self.shift, self.scale, pos, balance = 0, 1, None, None
        if task == "regression":
            values = y[rows]
            if self.end == "linear":
                self.shift, self.scale = values.mean(0), values.std(0)
            else:
                low, high = (-0.8, 0.8) if self.end == "tanh" else (0.1, 0.9)
                self.scale = (values.max(0) - values.min(0)) / (high - low)
                self.shift = values.min(0) - low * self.scale
            t = (y - self.shift) / self.scale
        elif coding == "ce":
            t = y
            if weights:
                counts = np.bincount(y[rows], minlength=self.columns)
                balance = torch.tensor(len(rows) / (self.columns * counts), dtype=torch.float32)
        else:
            t = np.eye(self.columns)[y] if task == "multiclass" else y.reshape(len(y), -1)
            if weights:
                there = t[rows].sum(0)
                pos = torch.tensor((len(rows) - there) / there, dtype=torch.float32)
            t = 2 * t - 1 if coding == "mse11" else t
            t = t * (1 - smoothing) + smoothing / 2 if coding == "bce" else t
        self.t = torch.tensor(t) if coding == "ce" else torch.tensor(t, dtype=torch.float32)
        usual = nn.MSELoss()
        self.loss = dict(ce=nn.CrossEntropyLoss(balance, label_smoothing=smoothing), bce=nn.BCEWithLogitsLoss(pos_weight=pos)).get(coding, usual)

    def make(self, inputs, net):
        last = dict(sigmoid=nn.Sigmoid, tanh=nn.Tanh, linear=nn.Identity)[self.end]
        return nn.Sequential(build(inputs, self.columns, *net), last())

    def told(self, out):
        if self.coding == "bce":
            return 1 / (1 + np.exp(-out))
        return (out + 1) / 2 if self.coding == "mse11" else out * self.scale + self.shift


def main_figure(task, told, y):
    """The figure that folds choose by: R2, accuracy, or micro F1."""
    if task == "binary":
        return np.mean((told.ravel() > 0.5) == y)
    if task == "multiclass":
        return np.mean(told.argmax(1) == y)
    return next(iter(measures(task, told, y).values()))


def ours(args, coding, x, y, names, groups, parts, net, recipe, folds, smoothing):
    """Trains as Cortado does; returns the test figures."""
    task, seed, weights = args.task, args.seed, args.class_weights
    rows, check, test = parts
    both = np.concatenate([check, rows])

    def trained(on, by, until=None):
        coded, X = Coded(task, coding, y, names, scaling(on), weights, smoothing), scaled(args, x, scaling(on))
        X = torch.tensor(X, dtype=torch.float32)
        make = lambda: coded.make(x.shape[1], net)
        return coded, X, train(make, coded.loss, X, coded.t, on, by, recipe, seed, until)

    # One split has scaled all by its three fifths, the last training as well.
    scaling = lambda on: rows if folds == 1 else on
    if folds == 1:
        _, _, (_, losses, _) = trained(rows, check)
        epochs = int(np.argmin(losses)) + 1
    else:
        dealt = tables.folds(groups, both, seed, folds)
        figures, losses = [], []
        for k, fold in enumerate(dealt):
            coded, _, (_, lost, outputs) = trained(np.concatenate(dealt[:k] + dealt[k + 1 :]), fold)
            figures.append([main_figure(task, coded.told(o), y[fold]) for o in outputs])
            losses.append(lost)
        epochs = chosen(task, figures, losses)
    coded, X, (model, _, _) = trained(both, None, epochs)
    with torch.no_grad():
        return measures(task, coded.told(model(X[test]).double().numpy()), y[test])


def scikit(task, x, y, names, parts, hidden, seed, weights):
    """Returns the figures of scikit-learn's MLP, of one tuned by the validation rows, and of a linear model."""
    from sklearn import linear_model, multioutput, neural_network

    warnings.filterwarnings("ignore")
    rows, check, test = parts
    both = np.concatenate([check, rows])
    regression = task == "regression"
    shift, scale = (y[rows].mean(0), y[rows].std(0)) if regression else (0, 1)
    t = (y - shift) / scale if regression else y

    def told(model, of):
        if regression:
            return model.predict(x[of]).reshape(len(of), -1) * scale + shift
        if task == "multilabel" and hasattr(model, "estimators_"):
            return np.stack([p[:, 1] for p in model.predict_proba(x[of])], 1)
        return model.predict_proba(x[of])[:, 1:] if task == "binary" else model.predict_proba(x[of])

    kind = neural_network.MLPRegressor if regression else neural_network.MLPClassifier
    flat = (lambda a: a.ravel() if regression and a.shape[1] == 1 else a)
    mlp = lambda **k: kind(hidden_layer_sizes=hidden, max_iter=1000 if few else 200, random_state=seed, **k)
    few = len(both) < 1000
    figure = {"regression": "test R2", "multilabel": "micro F1"}.get(task, "test accuracy")

    def tried(setting):
        return measures(task, told(mlp(**setting).fit(x[rows], flat(t[rows])), check), y[check])[figure]

    grid = [dict(alpha=a, early_stopping=e) for a in (1e-4, 1) for e in ((False, True) if few else (False,))]
    best = max(grid, key=tried)
    if regression:
        linear = linear_model.LinearRegression()
    else:
        linear = linear_model.LogisticRegression(max_iter=5000, class_weight="balanced" if weights else None)
        linear = multioutput.MultiOutputClassifier(linear) if task == "multilabel" else linear
    return {
        "scikit-learn's MLP": mlp().fit(x[both], flat(t[both])),
        "tuned scikit-learn's MLP": mlp(**best).fit(x[both], flat(t[both])),
        "linear model": linear.fit(x[both], t[both]),
    }, lambda model: measures(task, told(model, test), y[test])


def recipe_for(rows):
    return (3e-3, 1, 100 if rows < 1000 else 40, 32) if rows < 10_000 else (1e-3, 0.01, 15, 128)


def tabular(args):
    args.data = args.data or USUAL[args.task]
    x, y, names, groups, parts = read(args.task, args.data, args.thin, args.seed)
    hidden = () if args.hidden == "none" else tuple(int(u) for u in args.hidden.split(","))
    dropout = args.dropout if args.dropout is not None else 0.1 if args.task == "regression" else 0.2
    lr, decay, epochs, batch = recipe_for(len(parts[0]))
    recipe = (args.lr or lr, decay, args.epochs or epochs, batch)
    small = len(parts[0]) < 10_000
    folds = args.folds or (5 if small else 1)
    smoothing = args.label_smoothing if args.label_smoothing is not None else 0.1 if small and args.task != "binary" else 0
    codings = args.output if args.task == "regression" else args.loss or dict(multiclass="ce").get(args.task, "bce")
    figures = {}
    for i, coding in enumerate(codings.split(",")):
        net = (hidden, args.activation, dropout)
        found = ours(args, coding, x, y, names, groups, parts, net, recipe, folds, smoothing)
        figures |= {(coding + "'s " if i else "") + k: v for k, v in found.items()}
    if len(x) <= 10_000:  # on more rows scikit-learn takes hours
        X = scaled(args, x, parts[0])
        models, measured = scikit(args.task, X, y, names, parts, hidden, args.seed, args.class_weights)
        for name, model in models.items():
            figures |= {"%s: %s" % (name, k): v for k, v in measured(model).items()}
    return {k: float(v) for k, v in figures.items()}


def classifier(args):
    """The network of pictures: 256 and 128 units, the best epoch by the accuracy on a twelfth."""
    x, y, first = pictures(args.data or "mnist")
    small = args.data == "digits"
    lr, decay, epochs, batch = (2e-3, 0.01, 60, 32) if small else (1e-3, 0.01, 15, 128)
    epochs = args.epochs or epochs
    train_rows, check, _ = tables.split(list(y[:first]), args.seed, 0, 1 / 12)
    torch.manual_seed(args.seed)
    net = build(x.shape[1], 10, (256, 128), "relu", 0.2)
    X, T = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * -(-len(train_rows) // batch))
    best, tested = -1, 0
    for _ in range(epochs):
        net.train()
        for part in torch.tensor(train_rows)[torch.randperm(len(train_rows))].split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(X[part]), T[part]).backward()
            optimizer.step()
            schedule.step()
        net.eval()
        with torch.no_grad():
            accuracy = float((net(X[check]).argmax(1) == T[check]).float().mean())
            if accuracy > best:
                best, tested = accuracy, float((net(X[first:]).argmax(1) == T[first:]).float().mean())
    return {"test accuracy": tested}


if __name__ == "__main__":
    arguments = p.parse_args()
    print(json.dumps(tabular(arguments) if arguments.task else classifier(arguments)))
