#!/usr/bin/env python3
"""Records what scikit-learn, NLTK and sacreBLEU compute, for RecordedMetricsTest to compare metrics with.

Regenerate, from this folder, with a Python that has them (scikit-learn 1.2.1, NLTK 3.10.3 and sacreBLEU 2.6.0 made the
file in the repository):

    python3 record_metrics.py ../resources/io/cortado/metrics/recorded.json

What they do not have is a few lines of NumPy here: perplexity, calibration error, and top-k accuracy, where scikit-learn
breaks ties for the last class. Scores are multiples of powers of two, so that they have many ties and are exact as floats.
"""

import json
import sys
import warnings

import numpy as np
from nltk.translate.bleu_score import corpus_bleu
from sacrebleu.metrics import BLEU
from sklearn import metrics as sk


def probabilities(rng, n, classes):
    """Rows of sixteenths that sum to 1."""
    return rng.multinomial(16, [1 / classes] * classes, size=n) / 16


def one_hot(labels, classes):
    return np.eye(classes, dtype=int)[labels]


def calibration(p, right, bins):
    index = np.clip(np.ceil(p * bins).astype(int) - 1, 0, bins - 1)
    gaps = [
        (np.sum(index == b) / len(p), abs(right[index == b].mean() - p[index == b].mean()))
        for b in range(bins)
        if np.any(index == b)
    ]
    return sum(share * gap for share, gap in gaps), max(gap for _, gap in gaps)


def averages(expected, name, compute):
    for average in ["micro", "macro", "weighted"]:
        expected[f"{name}_{average}"] = compute(average)


def classes(rng, n, count, occurring):
    scores, labels = probabilities(rng, n, count), rng.integers(0, occurring, n)
    said, e = np.argmax(scores, axis=1), {}
    own = scores[np.arange(n), labels][:, None]
    before = (scores > own) | ((scores == own) & (np.arange(count) < labels[:, None]))
    e["accuracy"] = sk.accuracy_score(labels, said)
    e["top2_accuracy"] = np.mean(before.sum(axis=1) < 2)
    e["balanced_accuracy"] = sk.balanced_accuracy_score(labels, said)
    e["balanced_accuracy_adjusted"] = sk.balanced_accuracy_score(labels, said, adjusted=True)
    for name, compute in [
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
        ("f1", sk.f1_score),
    ]:
        averages(e, name, lambda a: compute(labels, said, average=a, zero_division=0))
        every = compute(labels, said, average=None, labels=range(count), zero_division=0)
        e[f"{name}_per_class"] = every.tolist()
    e["confusion_matrix"] = sk.confusion_matrix(labels, said, labels=range(count)).flatten().tolist()
    for weights in [None, "linear", "quadratic"]:
        name = "cohen_kappa" + ("" if weights is None else f"_{weights}")
        e[name] = sk.cohen_kappa_score(labels, said, labels=range(count), weights=weights)
    e["matthews_correlation"] = sk.matthews_corrcoef(labels, said)
    e["expected_calibration_error"], e["maximum_calibration_error"] = calibration(
        scores.max(axis=1), said == labels, 15
    )
    hot = one_hot(labels, count)
    if count == 2:
        e["roc_auc"] = sk.roc_auc_score(labels, scores[:, 1])
        e["average_precision"] = sk.average_precision_score(labels, scores[:, 1])
    elif occurring == count:
        e["roc_auc"] = sk.roc_auc_score(labels, scores, multi_class="ovr")
        e["roc_auc_weighted"] = sk.roc_auc_score(labels, scores, multi_class="ovr", average="weighted")
        e["roc_auc_micro"] = sk.roc_auc_score(hot, scores, average="micro")
        e["average_precision"] = sk.average_precision_score(hot, scores)
        e["average_precision_weighted"] = sk.average_precision_score(hot, scores, average="weighted")
        e["average_precision_micro"] = sk.average_precision_score(hot, scores, average="micro")
    return {"scores": scores.flatten().tolist(), "columns": count, "labels": labels.tolist(), "expected": e}


def labelled(rng, n, columns):
    scores = rng.integers(0, 9, (n, columns)) / 8
    targets = (rng.random((n, columns)) < 0.2 + 0.5 * scores).astype(int)
    e = {}
    if columns == 1:
        targets, flat = targets[:, 0], scores[:, 0]
        fpr, tpr, thresholds = sk.roc_curve(targets, flat, drop_intermediate=False)
        precision, recall, _ = sk.precision_recall_curve(targets, flat)
        e["roc_curve"] = np.stack([thresholds[1:], fpr[1:], tpr[1:]], axis=1).flatten().tolist()
        e["precision_recall_curve"] = np.stack([precision[::-1], recall[::-1]], axis=1).flatten().tolist()
        e["binary_accuracy"] = sk.accuracy_score(targets, flat > 0.5)
        e["expected_calibration_error"], e["maximum_calibration_error"] = calibration(flat, targets, 15)
        e["roc_auc"] = sk.roc_auc_score(targets, flat)
        e["average_precision"] = sk.average_precision_score(targets, flat)
        e["f1_macro"] = sk.f1_score(targets, flat > 0.5)
    else:
        for average in ["micro", "macro", "weighted"]:
            suffix = "" if average == "macro" else f"_{average}"
            e["roc_auc" + suffix] = sk.roc_auc_score(targets, scores, average=average)
            e["average_precision" + suffix] = sk.average_precision_score(targets, scores, average=average)
        for name, compute in [
            ("precision", sk.precision_score),
            ("recall", sk.recall_score),
            ("f1", sk.f1_score),
        ]:
            averages(e, name, lambda a: compute(targets, scores > 0.5, average=a, zero_division=0))
            e[f"{name}_per_class"] = compute(targets, scores > 0.5, average=None, zero_division=0).tolist()
    return {
        "scores": scores.flatten().tolist(),
        "columns": columns,
        "targets": targets.flatten().tolist(),
        "expected": e,
    }


def regression(rng, n, columns, offset):
    y = np.float32(offset + rng.normal(size=(n, columns)))
    x = np.float32(y + 0.3 * rng.normal(size=(n, columns)))
    y64, x64 = y.astype(np.float64), x.astype(np.float64)
    return {
        "scores": x64.flatten().tolist(),
        "columns": columns,
        "targets": y64.flatten().tolist(),
        "expected": {
            "mse": sk.mean_squared_error(y64, x64),
            "rmse": np.sqrt(sk.mean_squared_error(y64, x64)),
            "mae": sk.mean_absolute_error(y64, x64),
            "r2": sk.r2_score(y64, x64),
        },
    }


def logits(rng, n, count):
    z = np.float32(5 * rng.normal(size=(n, count))).astype(np.float64)
    labels = rng.integers(0, count, n)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    ece, mce = calibration(p.max(axis=1), np.argmax(p, axis=1) == labels, 15)
    return {
        "scores": z.flatten().tolist(),
        "columns": count,
        "labels": labels.tolist(),
        "expected": {
            "perplexity": np.exp(-np.mean(np.log(p[np.arange(n), labels]))),
            "logits_roc_auc": sk.roc_auc_score(labels, p, multi_class="ovr"),
            "logits_average_precision": sk.average_precision_score(one_hot(labels, count), p),
            "logits_expected_calibration_error": ece,
            "logits_maximum_calibration_error": mce,
        },
    }


def bleu(rng):
    """Corpora of small vocabularies, so that there are matches; the short ones lack longer n-grams."""
    cases = []
    sizes = [(4, 1, 14, 6), (6, 1, 9, 4), (3, 1, 5, 2), (9, 1, 6, 2), (30, 1, 8, 3), (2, 1, 3, 1), (3, 5, 12, 5)]
    for vocabulary, shortest, longest, sentences in sizes:

        def sentence():
            return [f"w{k}" for k in rng.integers(0, vocabulary, rng.integers(shortest, longest + 1))]

        hypotheses = [sentence() for _ in range(sentences)]
        references = [[sentence(), sentence()] for _ in range(sentences)]
        lines = [" ".join(h) for h in hypotheses]
        streams = [[" ".join(r[k]) for r in references] for k in range(2)]
        case = {"hypotheses": hypotheses, "references": references, "sacrebleu": {}, "nltk": []}
        for method in ["none", "exp", "floor", "add-k"]:
            for order in [2, 4]:
                scorer = BLEU(
                    smooth_method=method, max_ngram_order=order, tokenize="none", force=True, effective_order=False
                )
                case["sacrebleu"][f"{method}-{order}"] = scorer.corpus_score(lines, streams).score / 100
        for weights in [(1.0,), (0.5, 0.5), (0.7, 0.2, 0.1), (0.25, 0.25, 0.25, 0.25)]:
            if min(map(len, hypotheses)) < len(weights):
                continue  # of a hypothesis without n-grams NLTK counts one
            case["nltk"].append({"weights": weights, "score": corpus_bleu(references, hypotheses, weights=weights)})
        cases.append(case)
    return cases


def main():
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(7)
    data = {
        "classes": classes(rng, 60, 4, 4),
        "classes-one-absent": classes(rng, 40, 5, 4),
        "two-classes": classes(rng, 50, 2, 2),
        "binary": labelled(rng, 70, 1),
        "labels": labelled(rng, 50, 4),
        "numbers": regression(rng, 50, 1, 0),
        "columns": regression(rng, 40, 3, 2),
        "far-from-zero": regression(rng, 60, 1, 3000),
        "logits": logits(rng, 45, 6),
    }
    with open(sys.argv[1], "w") as file:
        json.dump({"data": data, "bleu": bleu(rng)}, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
