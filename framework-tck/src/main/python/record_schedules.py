#!/usr/bin/env python3
"""Records the learning rates and momenta that PyTorch's schedules set, for TorchSchedulesTest to compare with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the file in the repository):

    python3 record_schedules.py ../resources/io/cortado/tck/torch

A case has rates [groups, steps], those before each step, and momenta of the same shape where the schedule cycles them: SGD's
momentum, Adam's first beta. Two groups have initial rates of 0.4 and 0.03. The names say which schedule it is; the test
has the same one under the same name. Cases of a plateau have the numbers it was given, and the rates after each of them.
"""

import math
import random
import sys
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as lrs
from torch.optim.swa_utils import SWALR

from record_torch import Recorder

STEPS = 200
RATES = (0.4, 0.03)


def optimizer(adam=False):
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in RATES]
    if adam:
        return torch.optim.Adam(groups, lr=1, betas=(0.9, 0.999))
    return torch.optim.SGD(groups, lr=1, momentum=0.9)


def momentum(group):
    return group["betas"][0] if "betas" in group else group["momentum"]


def transposed(rows):
    return torch.tensor(rows, dtype=torch.float64).t()


class After:
    """A schedule, and SWALR from some time on, as the documentation of SWALR has it."""

    def __init__(self, before, swa, start):
        self.before, self.swa, self.start, self.done = before, swa, start, 0

    def step(self):
        (self.before if self.done < self.start else self.swa).step()
        self.done += 1


def schedules():
    """Returns what makes each schedule; those after the line have a momentum to compare."""
    plain = {
        "step-30": lambda o: lrs.StepLR(o, 30),
        "step-7-0.8": lambda o: lrs.StepLR(o, 7, 0.8),
        "step-1-1.01": lambda o: lrs.StepLR(o, 1, 1.01),
        "multistep": lambda o: lrs.MultiStepLR(o, [30, 80]),
        "multistep-twice": lambda o: lrs.MultiStepLR(o, [5, 50, 50, 120], 0.5),
        "multistep-zero": lambda o: lrs.MultiStepLR(o, [0, 199], 0.3),
        "constant": lambda o: lrs.ConstantLR(o),
        "constant-0.5-100": lambda o: lrs.ConstantLR(o, 0.5, 100),
        "constant-1": lambda o: lrs.ConstantLR(o, 1, 3),
        "linear": lambda o: lrs.LinearLR(o),
        "linear-0.01-1-150": lambda o: lrs.LinearLR(o, 0.01, 1, 150),
        "linear-1-0.2-60": lambda o: lrs.LinearLR(o, 1, 0.2, 60),
        "exponential-0.97": lambda o: lrs.ExponentialLR(o, 0.97),
        "exponential-1.01": lambda o: lrs.ExponentialLR(o, 1.01),
        "exponential-1": lambda o: lrs.ExponentialLR(o, 1),
        "cosine-50": lambda o: lrs.CosineAnnealingLR(o, 50),
        "cosine-200-0.001": lambda o: lrs.CosineAnnealingLR(o, 200, 0.001),
        "cosine-7-0.02": lambda o: lrs.CosineAnnealingLR(o, 7, 0.02),
        "restarts-40": lambda o: lrs.CosineAnnealingWarmRestarts(o, 40),
        "restarts-10-2": lambda o: lrs.CosineAnnealingWarmRestarts(o, 10, 2),
        "restarts-3-3-0.01": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3, 3, 0.01),
        "polynomial": lambda o: lrs.PolynomialLR(o),
        "polynomial-150-2": lambda o: lrs.PolynomialLR(o, 150, 2),
        "polynomial-199-0.5": lambda o: lrs.PolynomialLR(o, 199, 0.5),
        "lambda": lambda o: lrs.LambdaLR(o, lambda t: 0.95**t),
        "lambda-each": lambda o: lrs.LambdaLR(o, [lambda t: 1 / (1 + t), lambda t: 1 + t // 30]),
        "lambda-sine": lambda o: lrs.LambdaLR(o, lambda t: 1.5 + math.sin(t)),
        "multiplicative": lambda o: lrs.MultiplicativeLR(o, lambda t: 0.98),
        "multiplicative-each": lambda o: lrs.MultiplicativeLR(
            o, [lambda t: 1 - 1 / (t + 1), lambda t: 1.1 if t % 2 == 0 else 0.9]
        ),
        "multiplicative-cosine": lambda o: lrs.MultiplicativeLR(o, lambda t: 1 + 0.1 * math.cos(t)),
        "sequential-warmup-cosine": lambda o: lrs.SequentialLR(
            o, [lrs.LinearLR(o, 0.01, 1, 20), lrs.CosineAnnealingLR(o, 180, 0.001)], [20]
        ),
        "sequential-constant-exponential": lambda o: lrs.SequentialLR(
            o, [lrs.ConstantLR(o, 0.1, 2), lrs.ExponentialLR(o, 0.9)], [2]
        ),
        "sequential-three": lambda o: lrs.SequentialLR(
            o, [lrs.LinearLR(o, 0.5, 1, 10), lrs.StepLR(o, 15, 0.7), lrs.PolynomialLR(o, 60, 2)], [30, 110]
        ),
        "chained-constant-exponential": lambda o: lrs.ChainedScheduler(
            [lrs.ConstantLR(o, 0.1, 20), lrs.ExponentialLR(o, 0.99)]
        ),
        "chained-warmup-cosine": lambda o: lrs.ChainedScheduler(
            [lrs.LinearLR(o, 0.1, 1, 30), lrs.CosineAnnealingLR(o, 60, 0.002)]
        ),
        "chained-five": lambda o: lrs.ChainedScheduler(
            [
                lrs.StepLR(o, 40, 0.5),
                lrs.MultiStepLR(o, [10, 90], 0.8),
                lrs.MultiplicativeLR(o, lambda t: 1.01),
                lrs.PolynomialLR(o, 250, 0.9),
                lrs.CosineAnnealingLR(o, 70),
            ]
        ),
        "chained-lambda": lambda o: lrs.ChainedScheduler(
            [lrs.ExponentialLR(o, 0.9), lrs.LambdaLR(o, lambda t: 1 / (1 + t)), lrs.StepLR(o, 10, 0.5)]
        ),
        "chained-sequential": lambda o: lrs.ChainedScheduler(
            [
                lrs.SequentialLR(o, [lrs.ConstantLR(o, 0.5, 10), lrs.CosineAnnealingLR(o, 170)], [30]),
                lrs.StepLR(o, 50, 0.5),
            ]
        ),
        "swa": lambda o: SWALR(o, 0.02),
        "swa-linear-25": lambda o: SWALR(o, 0.05, 25, "linear"),
        "swa-at-once": lambda o: SWALR(o, 0.05, 0),
        "swa-each": lambda o: SWALR(o, [0.02, 0.5], 40),
        "swa-after-exponential": lambda o: After(lrs.ExponentialLR(o, 0.98), SWALR(o, 0.05, 20, "linear"), 60),
        "cyclic-no-momentum": lambda o: lrs.CyclicLR(o, 0.01, 0.3, 20, cycle_momentum=False),
        "onecycle-no-momentum": lambda o: lrs.OneCycleLR(o, 0.3, STEPS, cycle_momentum=False),
    }
    cycled = {
        "cyclic": lambda o: lrs.CyclicLR(o, 0.01, 0.3, 25),
        "cyclic-up-down": lambda o: lrs.CyclicLR(o, 0.01, 0.3, 7, 16),
        "cyclic-triangular2": lambda o: lrs.CyclicLR(o, 0.01, 0.3, 11, 20, "triangular2"),
        "cyclic-exp-range": lambda o: lrs.CyclicLR(
            o, 0.01, 0.3, 30, mode="exp_range", gamma=0.99, base_momentum=0.5, max_momentum=0.95
        ),
        "cyclic-of-cycle": lambda o: lrs.CyclicLR(o, 0.01, 0.3, 12, scale_fn=lambda c: 1 / (c * c)),
        "cyclic-of-iterations": lambda o: lrs.CyclicLR(
            o, 0.01, 0.3, 12, 9, scale_fn=lambda t: 0.5 * (1 + math.cos(t / 9)), scale_mode="iterations"
        ),
        "cyclic-each": lambda o: lrs.CyclicLR(
            o, [0.01, 0.2], [0.3, 0.9], 10, 5, base_momentum=[0.8, 0.6], max_momentum=[0.9, 0.7]
        ),
        "onecycle": lambda o: lrs.OneCycleLR(o, 0.3, STEPS),
        "onecycle-linear": lambda o: lrs.OneCycleLR(o, 0.3, STEPS, anneal_strategy="linear", pct_start=0.45),
        "onecycle-three-phase": lambda o: lrs.OneCycleLR(o, 0.3, STEPS, three_phase=True, pct_start=0.37),
        "onecycle-three-phase-linear": lambda o: lrs.OneCycleLR(
            o, 0.3, STEPS, anneal_strategy="linear", three_phase=True, div_factor=10, final_div_factor=50
        ),
        "onecycle-epochs": lambda o: lrs.OneCycleLR(
            o, 0.3, epochs=9, steps_per_epoch=23, base_momentum=0.7, max_momentum=0.99, div_factor=3
        ),
        "onecycle-each": lambda o: lrs.OneCycleLR(o, [0.3, 0.05], STEPS, pct_start=0.1),
        "onecycle-no-rise": lambda o: lrs.OneCycleLR(o, 0.3, STEPS, pct_start=0.0),
        "adam-onecycle": lambda o: lrs.OneCycleLR(o, 0.3, STEPS),
    }
    return plain, cycled


def follow(recorder, name, make, cycles):
    o = optimizer(name.startswith("adam"))
    schedule, rates, momenta = make(o), [], []
    for _ in range(STEPS):
        rates.append([g["lr"] for g in o.param_groups])
        momenta.append([momentum(g) for g in o.param_groups])
        o.step()
        schedule.step()
    recorder.case(
        name, rates=transposed(rates), momenta=transposed(momenta) if cycles else None
    )


def plateaus(recorder):
    options = {
        "min": dict(),
        "patience3": dict(patience=3, factor=0.5),
        "abs": dict(patience=2, threshold=0.05, threshold_mode="abs", factor=0.7),
        "cooldown": dict(patience=1, cooldown=8, factor=0.5, threshold=0.01),
        "min-lr": dict(patience=0, min_lr=0.02, factor=0.5),
        "min-lr-each": dict(patience=0, min_lr=[0.1, 0.005], factor=0.5, cooldown=2),
        "eps": dict(patience=1, eps=0.01, factor=0.8),
        "max": dict(mode="max", patience=2, factor=0.6),
        "max-abs": dict(mode="max", patience=2, factor=0.6, threshold=0.1, threshold_mode="abs", cooldown=3),
        "negative": dict(patience=2, factor=0.9),
        "nan": dict(patience=4, factor=0.9),
    }
    generator = random.Random(0)
    for name, given in options.items():
        o = optimizer()
        schedule, rates, numbers = lrs.ReduceLROnPlateau(o, **given), [], []
        for t in range(STEPS):
            falling = 2 / (1 + t // 20) + generator.choice([0, 0.0625, 0.125, 0.25])
            number = 3 - falling if name.startswith("max") else falling
            number = -1 / number if name == "negative" else number
            number = math.nan if name == "nan" and t % 3 == 0 else number
            number = torch.tensor(number, dtype=torch.float32).item()
            schedule.step(number)
            numbers.append(number)
            rates.append([g["lr"] for g in o.param_groups])
        recorder.case(f"plateau-{name}", numbers=torch.tensor(numbers), rates=transposed(rates))


def main():
    warnings.simplefilter("ignore")
    recorder = Recorder()
    plain, cycled = schedules()
    for name, make in plain.items():
        follow(recorder, name, make, False)
    for name, make in cycled.items():
        follow(recorder, name, make, True)
    plateaus(recorder)
    recorder.write(Path(sys.argv[1]) / "schedules.safetensors")


if __name__ == "__main__":
    main()
