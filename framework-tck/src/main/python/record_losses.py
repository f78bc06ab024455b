#!/usr/bin/env python3
"""Records the values and gradients of torch.nn's losses, for TorchLosses to compare ours with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the file in the repository):

    python3 record_losses.py ../resources/io/cortado/tck/torch

A case's name is a class of torch.nn and the options that it was made with: SmoothL1Loss/beta=0.5,reduction=sum. "data"
says what is special about the inputs. Its tensors are the inputs x0, x1, ..., the output y, its upstream gradient dy, and
for each input that has one the gradient g0, g1, .... A tensor that is an option (weight, pos_weight) has the option's
name. All inputs are exact as floats; PyTorch computes in double precision, and the results are rounded once.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from record_torch import Recorder, exact, randn

NONE, MEAN, SUM = {"reduction": "none"}, {"reduction": "mean"}, {"reduction": "sum"}
REDUCTIONS = [NONE, MEAN, SUM]
BIG = torch.tensor([1e4, -1e4, 1e4, -1e4, 100, -100, 30, -30, 0, 0], dtype=torch.float64)


def uniform(*shape, low=0.0, high=1.0):
    return exact(torch.rand(*shape) * (high - low) + low)


def signs(*shape):
    return (torch.randint(0, 2, shape) * 2 - 1).double()


def bits(*shape):
    return torch.randint(0, 2, shape).double()


def numbers(*values):
    return exact(torch.tensor(values))


class LossRecorder(Recorder):
    def loss(self, kind, inputs, options=None, data=None, wants=1, make=None):
        """Records a case; gradients are those of the first `wants` inputs that are floats."""
        options = dict(options or {})
        parts = [k if torch.is_tensor(v) else f"{k}={v}" for k, v in options.items()]
        name = f"{kind}/{','.join(parts + ([f'data={data}'] if data else []))}"
        if any(key.startswith(name + "/") for key in self.tensors):
            raise ValueError(f"{name} is there already")
        inputs = [x.clone().requires_grad_(i < wants) if x.is_floating_point() else x for i, x in enumerate(inputs)]
        y = (make or getattr(nn, kind))(**options)(*inputs)
        dy = exact(torch.randn(y.shape)).to(y.dtype)
        wanted = [x for x in inputs if x.requires_grad]
        grads = torch.autograd.grad(y, wanted, dy, allow_unused=True)
        tensors = {f"x{i}": x for i, x in enumerate(inputs)} | {"y": y, "dy": dy}
        tensors |= {f"g{i}": g for i, g in enumerate(grads)}
        tensors |= {k: v for k, v in options.items() if torch.is_tensor(v)}
        for key, tensor in tensors.items():
            kept = tensor.detach().to(torch.float32 if tensor.is_floating_point() else torch.int32)
            self.tensors[f"{name}/{key}"] = kept.contiguous()


def regression(r, kind, variants):
    """Losses of a difference: all reductions of all variants, and what is special."""
    for options in variants:
        for reduction in REDUCTIONS:
            x = randn(3, 4) * 2
            t = randn(3, 4)
            if options.get("beta") != 0:  # PyTorch's slope of equal numbers is -1 there, for both of them
                t[0, :2] = x[0, :2]
            r.loss(kind, [x, t], options | reduction, wants=2)
    r.loss(kind, [randn(5), randn(5)], MEAN, "C alone", wants=2)
    r.loss(kind, [randn(2, 3, 2, 2), randn(2, 3, 2, 2)], SUM, "rank 4", wants=2)
    r.loss(kind, [numbers(), numbers()], MEAN, "empty", wants=2)
    r.loss(kind, [numbers(), numbers()], SUM, "empty", wants=2)
    extreme = numbers(1e4, -1e4, 1e15, float("inf"), float("nan"), 1)
    r.loss(kind, [extreme, numbers(-1e4, 1e4, -1e15, 1, 1, float("nan"))], NONE, "extreme", wants=2)


def l1(r):
    regression(r, "L1Loss", [{}])


def mse(r):
    regression(r, "MSELoss", [{}])


def smooth_l1(r):
    regression(r, "SmoothL1Loss", [{}, {"beta": 0.5}, {"beta": 2.5}, {"beta": 0.0}])
    r.loss("SmoothL1Loss", [numbers(1, 2), numbers(1, 3)], {"beta": 0.0} | SUM, "equal", wants=2)


def huber(r):
    regression(r, "HuberLoss", [{}, {"delta": 0.5}, {"delta": 2.5}])


def cross_entropy(r):
    kind = "CrossEntropyLoss"
    weight = uniform(5, low=0.3, high=1.3)
    for i, reduction in enumerate(REDUCTIONS):
        target = torch.randint(5, (4,))
        r.loss(kind, [randn(4, 5), target], reduction)
        r.loss(kind, [randn(4, 5), target], {"weight": weight} | reduction)
        r.loss(kind, [randn(4, 5), target], {"label_smoothing": 0.2} | reduction)
        r.loss(kind, [randn(4, 5), target], {"ignore_index": int(target[0])} | reduction)
        every = {"weight": weight, "label_smoothing": 0.1, "ignore_index": int(target[1])}
        r.loss(kind, [randn(2, 5, 3), torch.randint(5, (2, 3))], every | reduction, "N x C x d")
        soft = exact(torch.softmax(randn(4, 5), 1))
        r.loss(kind, [randn(4, 5), soft], {"weight": weight, "label_smoothing": 0.1} | reduction, "probabilities")
        ignored = torch.full((4,), -100)
        r.loss(kind, [randn(4, 5), ignored], reduction, "all ignored")
        r.loss(kind, [torch.zeros(0, 5).double(), torch.zeros(0).long()], reduction, "empty")
        r.loss(kind, [BIG.reshape(2, 5), torch.tensor([1, 2])], reduction, "logits of 1e4")
    r.loss(kind, [randn(5), torch.tensor(3)], MEAN, "C alone")
    r.loss(kind, [randn(2, 3, 2, 2), exact(torch.softmax(randn(2, 3, 2, 2), 1))], MEAN, "probabilities N x C x d1 x d2")
    x = randn(3, 5)
    x[1, 2] = float("nan")
    r.loss(kind, [x, torch.tensor([0, 1, 2])], NONE, "NaN")


def bce(r):
    kind = "BCELoss"
    for reduction in REDUCTIONS:
        r.loss(kind, [uniform(3, 4), uniform(3, 4)], reduction)
        r.loss(kind, [uniform(3, 4), uniform(3, 4)], {"weight": uniform(3, 4)} | reduction)
        r.loss(kind, [uniform(3, 4), bits(3, 4)], {"weight": uniform(4)} | reduction, "weight of the last axis")
        ends = numbers(0, 1, 0, 1, 0, 1, 0.5)
        r.loss(kind, [ends, numbers(0, 1, 1, 0, 0.5, 0.25, 1)], reduction, "probabilities 0 and 1")
        r.loss(kind, [numbers(), numbers()], reduction, "empty")
    r.loss(kind, [uniform(2, 3, 2), uniform(2, 3, 2)], MEAN, "N x C x d")


def bce_with_logits(r):
    kind = "BCEWithLogitsLoss"
    for reduction in REDUCTIONS:
        weight, positive = uniform(3, 4), uniform(4, high=3)
        r.loss(kind, [randn(3, 4), uniform(3, 4)], reduction)
        r.loss(kind, [randn(3, 4), bits(3, 4)], {"weight": weight} | reduction)
        r.loss(kind, [randn(3, 4), bits(3, 4)], {"pos_weight": positive} | reduction)
        r.loss(kind, [randn(3, 4), uniform(3, 4)], {"weight": weight, "pos_weight": positive} | reduction)
        r.loss(kind, [BIG, bits(10)], reduction, "logits of 1e4")
        r.loss(kind, [numbers(), numbers()], reduction, "empty")
    r.loss(kind, [numbers(float("nan"), float("inf"), 1), numbers(1, 0, 1)], NONE, "NaN and infinity")


def kl_div(r):
    kind = "KLDivLoss"
    for reduction in REDUCTIONS + [{"reduction": "batchmean"}]:
        x = exact(torch.log_softmax(randn(3, 4), 1))
        t = exact(torch.softmax(randn(3, 4), 1))
        r.loss(kind, [x, t], reduction, wants=2)
        r.loss(kind, [x, exact(t.log())], {"log_target": True} | reduction, wants=2)
        r.loss(kind, [numbers(-1e4, 0, -3, -1), numbers(1, 0, 0, 0.5)], reduction, "targets of 0")
        r.loss(kind, [torch.zeros(0, 3).double(), torch.zeros(0, 3).double()], reduction, "empty", wants=2)
    x = exact(torch.log_softmax(randn(2, 3, 4), 1))
    r.loss(kind, [x, exact(torch.softmax(randn(2, 3, 4), 1))], {"reduction": "batchmean"}, "N x C x d", wants=2)
    far = [numbers(-1e4, -200, 0), numbers(-1e4, 0, -300)]
    r.loss(kind, far, {"log_target": True} | NONE, "far below 0", wants=2)


def poisson_nll(r):
    kind = "PoissonNLLLoss"
    counts = numbers(0, 1, 2, 3, 7, 20, 1.5, 0.5, 1, 0, 4, 100).reshape(3, 4)
    for reduction in REDUCTIONS:
        for full in [False, True]:
            r.loss(kind, [randn(3, 4), counts], {"full": full} | reduction)
            rate = uniform(3, 4, high=5)
            r.loss(kind, [rate, counts], {"log_input": False, "full": full} | reduction)
        rate[0, :2] = 0
        r.loss(kind, [rate, counts], {"log_input": False, "eps": 0.001} | reduction, "rates of 0")
        r.loss(kind, [numbers(), numbers()], reduction, "empty")
    r.loss(kind, [randn(3, 4), uniform(3, 4, low=1.5, high=9)], {"full": True} | MEAN, "the target's gradient", wants=2)
    r.loss(kind, [numbers(50, -1e4, 1e4, 1, -2), numbers(1, 2, 3, 0, 1)], NONE, "extreme")
    r.loss(kind, [numbers(0, 0, 1e-9, 2), numbers(0, 3, 1, 1)], {"log_input": False} | NONE, "rates of 0")
    r.loss(kind, [numbers(-1, 2), numbers(1, 1)], {"log_input": False} | NONE, "a negative rate")


def gaussian_nll(r):
    kind = "GaussianNLLLoss"
    for reduction in REDUCTIONS:
        inputs = [randn(3, 4), randn(3, 4), uniform(3, 4, low=0.2, high=3)]
        r.loss(kind, inputs, reduction, wants=3)
        r.loss(kind, inputs, {"full": True} | reduction, wants=3)
        small = [randn(2, 3), randn(2, 3), numbers(0, 1e-9, 0.05, 0.2, 1, 5).reshape(2, 3)]
        r.loss(kind, small, {"eps": 0.1} | reduction, "variances below eps", wants=3)
        r.loss(kind, [randn(3, 4), randn(3, 4), uniform(3, 1, low=0.2)], reduction, "a variance for each row", wants=3)
    r.loss(kind, [randn(3, 4), randn(3, 4), uniform(3, low=0.2)], {"full": True} | MEAN, "variance N", wants=3)
    same = numbers(1, 2, 3)
    r.loss(kind, [same, same, numbers(0, 1, 1e-6)], NONE, "variances of 0", wants=3)
    r.loss(kind, [numbers(), numbers(), numbers()], MEAN, "empty", wants=3)


def hinge_embedding(r):
    kind = "HingeEmbeddingLoss"
    for reduction in REDUCTIONS:
        for options in [{}, {"margin": 0.5}, {"margin": 2.0}, {"margin": -0.5}]:
            r.loss(kind, [randn(3, 4), signs(3, 4)], options | reduction)
        r.loss(kind, [numbers(), numbers()], reduction, "empty")
    r.loss(kind, [numbers(1e4, -1e4, 1e4, -1e4), numbers(1, 1, -1, -1)], NONE, "extreme")
    r.loss(kind, [numbers(float("nan")), numbers(-1)], NONE, "NaN")
    r.loss(kind, [randn(2, 3, 2), signs(2, 3, 2)], SUM, "rank 3")
    r.loss(kind, [numbers(1, 2, -3), numbers(0, 0, 0.5)], NONE, "targets that are neither")


def margin_ranking(r):
    kind = "MarginRankingLoss"
    for reduction in REDUCTIONS:
        for options in [{}, {"margin": 0.5}, {"margin": -0.5}]:
            r.loss(kind, [randn(7), randn(7), signs(7)], options | reduction, wants=2)
        r.loss(kind, [numbers(), numbers(), numbers()], reduction, "empty", wants=2)
    same = numbers(1, 1, 1e4, -1e4)
    r.loss(kind, [same, numbers(1, 1, -1e4, 1e4), numbers(1, -1, 1, 1)], NONE, "ties and extremes", wants=2)
    r.loss(kind, [randn(2, 3), randn(2, 3), signs(2, 3)], {"margin": 1.0} | MEAN, "rank 2", wants=2)


def soft_margin(r):
    kind = "SoftMarginLoss"
    for reduction in REDUCTIONS:
        r.loss(kind, [randn(3, 4) * 3, signs(3, 4)], reduction)
        r.loss(kind, [randn(2, 3, 2), signs(2, 3, 2)], reduction, "rank 3")
        r.loss(kind, [numbers(), numbers()], reduction, "empty")
        r.loss(kind, [numbers(1e4, 50, -50, 0), numbers(1, 1, 1, -1)], reduction, "right by 1e4")
    r.loss(kind, [numbers(-1e4, 1e4, 2), numbers(1, -1, 1)], NONE, "wrong by 1e4")


def multi_label_soft_margin(r):
    kind = "MultiLabelSoftMarginLoss"
    for reduction in REDUCTIONS:
        r.loss(kind, [randn(3, 4), bits(3, 4)], reduction)
        r.loss(kind, [randn(3, 4), bits(3, 4)], {"weight": uniform(4)} | reduction)
        r.loss(kind, [BIG.reshape(2, 5), bits(2, 5)], reduction, "logits of 1e4")
        r.loss(kind, [randn(4), bits(4)], reduction, "C alone")
        r.loss(kind, [torch.zeros(0, 4).double(), torch.zeros(0, 4).double()], reduction, "empty")


def cosine_embedding(r):
    kind = "CosineEmbeddingLoss"
    for reduction in REDUCTIONS:
        for options in [{}, {"margin": 0.3}, {"margin": -0.5}]:
            r.loss(kind, [randn(5, 3), randn(5, 3), signs(5)], options | reduction, wants=2)
        r.loss(kind, [torch.zeros(0, 3).double(), torch.zeros(0, 3).double(), numbers()], reduction, "empty", wants=2)
    r.loss(kind, [randn(4), randn(4), torch.tensor(-1.0).double()], MEAN, "D alone", wants=2)
    zeros = randn(3, 4)
    zeros[:2] = 0
    r.loss(kind, [zeros, randn(3, 4), numbers(1, -1, 1)], NONE, "vectors of zeros", wants=2)
    r.loss(kind, [randn(2, 3) * 1e4, randn(2, 3) * 1e-3, numbers(1, -1)], NONE, "long and short", wants=2)


def triplets(r, kind, variants, make=None):
    for reduction in REDUCTIONS:
        for options in variants:
            r.loss(kind, [randn(4, 3), randn(4, 3), randn(4, 3)], options | reduction, wants=3, make=make)
    empty = [torch.zeros(0, 3).double() for _ in range(3)]
    r.loss(kind, empty, SUM, "empty", wants=3, make=make)
    r.loss(kind, empty, MEAN, "empty", wants=3, make=make)
    r.loss(kind, [randn(3), randn(3), randn(3)], MEAN, "D alone", wants=3, make=make)
    r.loss(kind, [randn(2, 3) * 1e4 for _ in range(3)], NONE, "far apart", wants=3, make=make)


def triplet_margin(r):
    variants = [{}, {"margin": 0.2, "swap": True}, {"p": 1.0}, {"p": 3.0, "swap": True}, {"p": 1.5, "eps": 0.01}]
    triplets(r, "TripletMarginLoss", variants)
    same = randn(2, 3)
    r.loss("TripletMarginLoss", [same, same, randn(2, 3)], NONE, "anchor and positive equal", wants=3)


def triplet_margin_with_distance(r):
    """The distance is the cosine's, so that it is not the other loss again."""

    def make(**options):
        def distance(x, y):
            return 1 - (x * y).sum(-1) / ((x * x).sum(-1) * (y * y).sum(-1) + 1e-6).sqrt()

        return nn.TripletMarginWithDistanceLoss(distance_function=distance, **options)

    variants = [{}, {"margin": 0.25}, {"swap": True}, {"margin": 2.0, "swap": True}]
    triplets(r, "TripletMarginWithDistanceLoss", variants, make)


def nll(r):
    kind = "NLLLoss"
    weight = uniform(5, low=0.3, high=1.3)
    for reduction in REDUCTIONS:
        target = torch.randint(5, (4,))
        x = exact(torch.log_softmax(randn(4, 5), 1))
        r.loss(kind, [x, target], reduction)
        r.loss(kind, [x, target], {"weight": weight} | reduction)
        r.loss(kind, [x, target], {"ignore_index": int(target[0])} | reduction)
        partly = torch.tensor([[0, -100, 4], [-100, 2, 2]])
        r.loss(kind, [randn(2, 5, 3), partly], {"weight": weight} | reduction, "N x C x d partly ignored")
        r.loss(kind, [randn(4, 5), torch.full((4,), -100)], reduction, "all ignored")
        r.loss(kind, [torch.zeros(0, 5).double(), torch.zeros(0).long()], reduction, "empty")
    r.loss(kind, [randn(2, 5, 2, 2), torch.randint(5, (2, 2, 2))], {"weight": weight} | MEAN, "N x C x d1 x d2")
    r.loss(kind, [randn(5), torch.tensor(3)], {"weight": weight} | MEAN, "C alone")
    x = randn(4, 5)
    x[0] = -float("inf")
    x[1, 2] = -float("inf")
    x[2, 0] = float("nan")
    r.loss(kind, [x, torch.tensor([-100, 2, 0, 1])], NONE, "infinity and NaN")


def multi_margin(r):
    kind = "MultiMarginLoss"
    weight = uniform(5, low=0.3, high=1.3)
    for reduction in REDUCTIONS:
        for options in [{}, {"p": 2}, {"margin": 0.5}, {"p": 2, "margin": 2.0, "weight": weight}]:
            r.loss(kind, [randn(4, 5), torch.randint(5, (4,))], options | reduction)
    r.loss(kind, [randn(5), torch.tensor(3)], {"weight": weight} | MEAN, "C alone")
    r.loss(kind, [numbers(1e4, -1e4, 0, 1, 2).reshape(1, 5), torch.tensor([1])], {"p": 2} | NONE, "extreme")
    r.loss(kind, [numbers(1, 2, 3).reshape(1, 3), torch.tensor([2])], NONE, "behind by the margin")


def multi_label_margin(r):
    kind = "MultiLabelMarginLoss"
    targets = torch.tensor([[3, 0, -1, 1, 2], [-1, 0, 1, 2, 3], [4, 3, 2, 1, 0], [2, -1, 2, -1, 0]])
    for reduction in REDUCTIONS:
        r.loss(kind, [randn(4, 5), targets], reduction)
        r.loss(kind, [randn(1, 5), torch.tensor([[1, 1, 3, -1, 0]])], reduction, "a label twice")
        r.loss(kind, [randn(5), torch.tensor([0, 4, -1, 0, 0])], reduction, "C alone")
        r.loss(kind, [randn(2, 3), torch.full((2, 3), -1)], reduction, "no labels")
    x = numbers(1e4, -1e4, 0, 1, 2).reshape(1, 5)
    r.loss(kind, [x, torch.tensor([[1, 2, -1, -1, -1]])], NONE, "extreme")


def info_nce(r):
    """Not in torch.nn: composed of its functions."""

    def make(temperature=0.1, symmetric=False, reduction="mean"):
        def loss(queries, keys):
            logits = F.normalize(queries) @ F.normalize(keys).T / temperature
            one = F.cross_entropy(logits, torch.arange(len(keys)), reduction=reduction)
            two = F.cross_entropy(logits.T, torch.arange(len(keys)), reduction=reduction)
            return (one + two) / 2 if symmetric else one

        return loss

    for reduction in REDUCTIONS:
        for options in [{}, {"temperature": 0.5}, {"temperature": 0.07, "symmetric": True}]:
            r.loss("InfoNCELoss", [randn(5, 3), randn(5, 3)], options | reduction, wants=2, make=make)
    r.loss("InfoNCELoss", [randn(1, 3), randn(1, 3)], MEAN, "one pair", wants=2, make=make)


def nt_xent(r):
    """Not in torch.nn: composed of its functions."""

    def make(temperature=0.5, reduction="mean"):
        def loss(a, b):
            z = F.normalize(torch.cat([a, b]))
            logits = (z @ z.T / temperature).masked_fill(torch.eye(len(z)) == 1, -float("inf"))
            return F.cross_entropy(logits, torch.arange(len(z)).roll(len(a)), reduction=reduction)

        return loss

    for reduction in REDUCTIONS:
        for options in [{}, {"temperature": 0.1}, {"temperature": 2.0}]:
            r.loss("NTXentLoss", [randn(4, 3), randn(4, 3)], options | reduction, wants=2, make=make)
    r.loss("NTXentLoss", [randn(1, 3), randn(1, 3)], MEAN, "one pair", wants=2, make=make)


def reduced(losses, reduction):
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def focal(r):
    """Not in torch.nn: torchvision's sigmoid_focal_loss."""

    def make(alpha=0.25, gamma=2.0, reduction="mean"):
        def loss(x, t):
            x, t = torch.broadcast_tensors(x, t)
            p = torch.sigmoid(x)
            wrong = 1 - p * t - (1 - p) * (1 - t)
            losses = F.binary_cross_entropy_with_logits(x, t, reduction="none") * wrong**gamma
            return reduced(losses * (alpha * t + (1 - alpha) * (1 - t)) if alpha >= 0 else losses, reduction)

        return loss

    for reduction in REDUCTIONS:
        for options in [{}, {"alpha": 0.7, "gamma": 1.5}, {"alpha": -1.0, "gamma": 3.0}]:
            r.loss("FocalLoss", [randn(3, 4) * 2, bits(3, 4)], options | reduction, make=make)
    r.loss("FocalLoss", [randn(3, 4), uniform(4)], MEAN, "broadcast", make=make)


def dice(r):
    """Not in torch.nn: composed of its functions."""

    def make(smooth=1.0, reduction="mean"):
        def loss(p, t):
            both = p.flatten(2).sum(-1) + t.flatten(2).sum(-1)
            return reduced(1 - (2 * (p * t).flatten(2).sum(-1) + smooth) / (both + smooth), reduction)

        return loss

    for reduction in REDUCTIONS:
        for options in [{}, {"smooth": 0.1}, {"smooth": 10.0}]:
            r.loss("DiceLoss", [uniform(2, 3, 4, 2), bits(2, 3, 4, 2)], options | reduction, wants=2, make=make)
    r.loss("DiceLoss", [uniform(2, 3, 5), torch.zeros(2, 3, 5).double()], MEAN, "nothing there", wants=2, make=make)


def hinge(r):
    """Not in torch.nn, as a loss of two classes: composed of its functions."""

    def make(squared=False, reduction="mean"):
        def loss(x, t):
            losses = (1 - t * x).clamp(min=0)
            return reduced(losses ** 2 if squared else losses, reduction)

        return loss

    for reduction in REDUCTIONS:
        for squared in [{}, {"squared": True}]:
            r.loss("HingeLoss", [randn(3, 4) * 2, signs(3, 4)], squared | reduction, make=make)
            r.loss("HingeLoss", [randn(3, 4) * 2, signs(4)], squared | reduction, "broadcast", make=make)


def gaussian_kl(r):
    """Not in torch.nn: the divergence of torch.distributions."""

    def make(reduction="mean"):
        def loss(mean, log_variance):
            code = torch.distributions.Normal(mean, (log_variance / 2).exp())
            unit = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
            return reduced(torch.distributions.kl_divergence(code, unit).sum(-1), reduction)

        return loss

    for reduction in REDUCTIONS:
        r.loss("GaussianKLLoss", [randn(3, 4), randn(3, 4)], reduction, wants=2, make=make)
        r.loss("GaussianKLLoss", [randn(3, 4) * 10, randn(3, 4) * 8], reduction, "far", wants=2, make=make)
        r.loss("GaussianKLLoss", [randn(3, 4) * 1e-3, randn(3, 4) * 1e-3], reduction, "near", wants=2, make=make)


def total_variation(r):
    """Not in torch.nn: composed of its functions."""

    def make(reduction="mean"):
        def loss(x):
            down, right = x.diff(dim=2).abs(), x.diff(dim=3).abs()
            return reduced(down.sum((1, 2, 3)) + right.sum((1, 2, 3)), reduction)

        return loss

    for reduction in REDUCTIONS:
        r.loss("TotalVariationLoss", [randn(2, 3, 4, 5)], reduction, make=make)
        r.loss("TotalVariationLoss", [randn(3, 1, 1, 6)], reduction, "one row", make=make)
        r.loss("TotalVariationLoss", [randn(1, 2, 7, 1)], reduction, "one column", make=make)


def ctc(r):
    kind = "CTCLoss"

    def inputs(*shape):
        return exact(torch.log_softmax(randn(*shape) * 2, -1))

    def labels(*shape, classes=5, blank=0):
        drawn = torch.randint(classes - 1, shape)
        return drawn + (drawn >= blank).long()

    for reduction in REDUCTIONS:
        for blank in [{}, {"blank": 4}, {"blank": 2, "zero_infinity": True}]:
            target = labels(3, 4, blank=blank.get("blank", 0))
            lengths = [torch.tensor([9, 8, 6]), torch.tensor([4, 2, 1])]
            r.loss(kind, [inputs(9, 3, 5), target, *lengths], blank | reduction, "padded")
        lengths = [torch.tensor([9, 9, 7]), torch.tensor([3, 2, 4])]
        r.loss(kind, [inputs(9, 3, 5), labels(9), *lengths], reduction, "one behind the other")
        repeats = torch.tensor([[1, 1, 1], [2, 2, 3]])
        r.loss(kind, [inputs(6, 2, 4), repeats, torch.tensor([5, 6]), torch.tensor([3, 3])], reduction, "repeats")
        short = [torch.tensor([4, 6]), torch.tensor([3, 3])]
        r.loss(kind, [inputs(6, 2, 4), repeats, *short], reduction, "impossible")
        r.loss(kind, [inputs(6, 2, 4), repeats, *short], {"zero_infinity": True} | reduction, "impossible")
        none = [labels(2, 3, classes=4), torch.tensor([5, 3]), torch.tensor([0, 2])]
        r.loss(kind, [inputs(5, 2, 4), *none], reduction, "empty target")
        r.loss(kind, [inputs(7, 5), labels(3), torch.tensor(7), torch.tensor(3)], reduction, "T x C")
    big = torch.log_softmax(BIG.repeat(2)[:20].reshape(5, 1, 4), -1)
    r.loss(kind, [exact(big), labels(1, 2, classes=4), torch.tensor([5]), torch.tensor([2])], SUM, "logits of 1e4")
    r.loss(kind, [inputs(120, 1, 6), labels(1, 50, classes=6), torch.tensor([120]), torch.tensor([50])], SUM, "long")


FAMILIES = [l1, mse, smooth_l1, huber, cross_entropy, bce, bce_with_logits, kl_div, poisson_nll, gaussian_nll]
FAMILIES += [hinge_embedding, margin_ranking, soft_margin, multi_label_soft_margin, cosine_embedding]
FAMILIES += [triplet_margin, triplet_margin_with_distance, nll, multi_margin, multi_label_margin]
FAMILIES += [info_nce, nt_xent, ctc, focal, dice, hinge, gaussian_kl, total_variation]


def main():
    recorder = LossRecorder()
    for number, family in enumerate(FAMILIES):
        torch.manual_seed(number)
        family(recorder)
    recorder.write(Path(sys.argv[1]) / "losses.safetensors")


if __name__ == "__main__":
    main()
