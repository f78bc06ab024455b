#!/usr/bin/env python3
"""Records where PyTorch's optimizers bring a small network, for TorchOptimizers to compare ours with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the file in the repository):

    python3 record_optimizers.py ../resources/io/cortado/tck/torch

A case's name is a class of torch.optim and the options that it was made with: RMSprop/lr=0.01,momentum=0.9. All train
the same network, Linear(3, 4), Tanh, Linear(4, 2), by the mean square error of six samples (or its negative, to maximize), for
50 steps. Its tensors are the inputs x and t, the weights before (p.NAME) and after (q.NAME), and the optimizer's state afterwards
(s.NAME.STATE). "data=groups" gives the biases twice the learning rate and, where there is one, a weight decay of 0.05; "data=rates"
halves the rate after each 20 steps.

PyTorch 1.13.1 has neither Adafactor nor Muon, nor some options of others. These are written here after the published source of
later versions (torch/optim/_adafactor.py of 2.5, _muon.py of 2.9), in double precision: Muon without the rounding to bfloat16 that
PyTorch's has; decoupled weight decay as the product with 1 - lr weight_decay before a step without decay; maximize, where the
class has it not, as a step by the negated gradient. NAdam is that of foreach=True: the other one of 1.13.1 multiplies by one momentum too
many, which later versions do not.

"data=sparse" trains Embedding(9, 3, sparse=True) instead: step n reads the rows whose numbers are row n of x, [50, 5] integers, and
makes them more like t. Rows come more than once in a step, and some seldom.

L-BFGS makes iterations until rounding decides between them, and the network has many minima. Its cases have fewer "steps" than 50, and
so has Adafactor's case of a large rate.
"""

import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from record_torch import Recorder, exact, randn

STEPS = 50


class Adafactor(torch.optim.Optimizer):
    """As torch.optim.Adafactor of PyTorch 2.5, for float32 parameters: its first eps is 2^-23 unless given."""

    def __init__(self, params, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, maximize=False):
        super().__init__(params, dict(lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, maximize=maximize))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            eps1 = 2**-23 if group["eps"][0] is None else group["eps"][0]
            for p in group["params"]:
                self.update(p, group, eps1, group["eps"][1])

    def update(self, p, group, eps1, eps2):
        grad = -p.grad if group["maximize"] else p.grad
        state = self.state[p]
        state["step"] = step = state.get("step", 0) + 1
        weight = step ** group["beta2_decay"]
        rho = min(group["lr"], 1 / math.sqrt(step))
        alpha = max(eps2, p.norm().item() / math.sqrt(p.numel())) * rho
        p.mul_(1 - group["lr"] * group["weight_decay"])
        if p.dim() > 1:
            row, col = grad.square().mean(-1, keepdim=True), grad.square().mean(-2, keepdim=True)
            state["row_var"] = torch.lerp(state.get("row_var", torch.zeros_like(row)), row, weight)
            state["col_var"] = torch.lerp(state.get("col_var", torch.zeros_like(col)), col, weight)
            variance = state["row_var"] @ state["col_var"] / state["row_var"].mean(-2, keepdim=True).clamp(min=eps1)
        else:
            state["variance"] = torch.lerp(state.get("variance", torch.zeros_like(grad)), grad.square(), weight)
            variance = state["variance"]
        update = variance.clamp(min=eps1 * eps1).rsqrt() * grad
        p.sub_(update, alpha=alpha / max(1.0, update.norm().item() / (math.sqrt(update.numel()) * group["d"])))


class Muon(torch.optim.Optimizer):
    """As torch.optim.Muon of PyTorch 2.9, but in double precision throughout."""

    def __init__(self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.7750, 2.0315),
                 eps=1e-7, ns_steps=5, adjust_lr_fn=None):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov,
                                      ns=ns_coefficients, eps=eps, steps=ns_steps, adjust=adjust_lr_fn))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                buffer = state.get("momentum_buffer", torch.zeros_like(p))
                state["momentum_buffer"] = buffer = torch.lerp(buffer, p.grad, 1 - group["momentum"])
                update = torch.lerp(p.grad, buffer, group["momentum"]) if group["nesterov"] else buffer
                rows, columns = p.shape
                ratio = math.sqrt(max(1, rows / columns))
                if group["adjust"] == "match_rms_adamw":
                    ratio = 0.2 * math.sqrt(max(rows, columns))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(self.orthogonal(update, group), alpha=group["lr"] * ratio)

    @staticmethod
    def orthogonal(x, group):
        a, b, c = group["ns"]
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / x.norm().clamp(min=group["eps"])
        for _ in range(group["steps"]):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x.T if tall else x


OPTIMIZERS = {"Adafactor": Adafactor, "Muon": Muon}

# What PyTorch 1.13.1's classes do not take.
NOT_IN_1_13 = {
    "NAdam": {"decoupled_weight_decay", "maximize"},
    "RAdam": {"decoupled_weight_decay", "maximize"},
    "Adam": {"decoupled_weight_decay"},
}

# Options of two or three numbers, and the names that the parts have here.
PAIRS = {
    "betas": ("beta1", "beta2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
    "eps": ("eps1", "eps2"),
    "ns_coefficients": ("a", "b", "c"),
}

CASES = {
    "SGD": [
        dict(lr=0.1),
        dict(lr=0.05, momentum=0.9, dampening=0.5, weight_decay=0.01),
        dict(lr=0.05, momentum=0.9, nesterov=True),
        dict(lr=0.1, weight_decay=0.01, maximize=True),
        dict(lr=0.05, momentum=0.9, dampening=0.5, weight_decay=0.01, maximize=True),
        dict(lr=0.05, momentum=0.9, nesterov=True, maximize=True),
        dict(lr=0.1, data="sparse"),
        dict(lr=0.1, momentum=0.9, data="sparse"),
    ],
    "Adam": [
        dict(),
        dict(lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
        dict(lr=0.01, betas=(0.8, 0.9), amsgrad=True),
        dict(lr=0.01, weight_decay=0.1, amsgrad=True, maximize=True),
        dict(lr=0.01, maximize=True),
        dict(lr=0.01, weight_decay=0.1, decoupled_weight_decay=True),
    ],
    "AdamW": [
        dict(),
        dict(lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
        dict(lr=0.01, betas=(0.8, 0.9), amsgrad=True),
        dict(lr=0.01, weight_decay=0.1, maximize=True),
        dict(lr=0.01, data="groups"),
    ],
    "Adamax": [
        dict(),
        dict(lr=0.01, betas=(0.8, 0.95), eps=1e-3),
        dict(lr=0.01, weight_decay=0.1),
        dict(lr=0.01, weight_decay=0.1, maximize=True),
    ],
    "NAdam": [
        dict(),
        dict(lr=0.01, betas=(0.8, 0.95), eps=1e-6, momentum_decay=0.1),
        dict(lr=0.01, weight_decay=0.1),
        dict(lr=0.01, weight_decay=0.1, decoupled_weight_decay=True, data="groups"),
        dict(lr=0.01, maximize=True),
    ],
    "RAdam": [
        dict(),
        dict(lr=0.01, betas=(0.8, 0.9), eps=1e-6),
        dict(lr=0.01, betas=(0.8, 0.99999), weight_decay=0.1),
        dict(lr=0.01, weight_decay=0.1, decoupled_weight_decay=True),
        dict(lr=0.01, maximize=True),
    ],
    "Adagrad": [
        dict(),
        dict(lr=0.1, lr_decay=0.1, data="rates"),
        dict(lr=0.1, initial_accumulator_value=0.5, eps=1e-3),
        dict(lr=0.1, weight_decay=0.1),
        dict(lr=0.1, weight_decay=0.1, maximize=True),
        dict(lr=0.1, lr_decay=0.1, data="sparse"),
    ],
    "SparseAdam": [
        dict(data="sparse"),
        dict(lr=0.01, betas=(0.8, 0.95), eps=1e-4, data="sparse"),
        dict(lr=0.01, maximize=True, data="sparse"),
        dict(lr=0.1, betas=(0.5, 0.9), data="sparse"),
    ],
    "Adadelta": [
        dict(),
        dict(lr=0.5, rho=0.7, eps=1e-4),
        dict(weight_decay=0.1, eps=1e-4),
        dict(weight_decay=0.1, eps=1e-4, maximize=True),
    ],
    "RMSprop": [
        dict(),
        dict(lr=0.005, alpha=0.9, eps=1e-6),
        dict(lr=0.005, centered=True, eps=1e-4),
        dict(lr=0.002, momentum=0.9, data="groups"),
        dict(lr=0.002, momentum=0.5, centered=True, weight_decay=0.1, eps=1e-4, maximize=True),
    ],
    "Rprop": [
        dict(),
        dict(lr=0.02, etas=(0.3, 1.5)),
        dict(lr=0.02, step_sizes=(1e-3, 0.03)),
        dict(lr=0.02, maximize=True),
    ],
    "ASGD": [
        dict(),
        dict(lr=0.1, t0=10),
        dict(lr=0.1, lambd=0.01, alpha=0.5, t0=5, data="rates"),
        dict(lr=0.1, t0=0, weight_decay=0.1),
        dict(lr=0.1, t0=20, weight_decay=0.1, maximize=True),
    ],
    "Adafactor": [
        dict(),
        dict(lr=0.005, beta2_decay=-0.5, d=2.0),
        dict(lr=0.02, eps=(1e-2, 0.02)),
        dict(lr=0.4, steps=10),
        dict(lr=0.02, weight_decay=0.1, data="groups"),
        dict(lr=0.02, weight_decay=0.1, maximize=True),
    ],
    "Muon": [
        dict(),
        dict(lr=0.02, momentum=0.9, nesterov=False),
        dict(lr=0.02, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"),
        dict(lr=0.02, ns_coefficients=(1.5, -0.5, 0.0), ns_steps=8),
        dict(lr=0.02, data="rates"),
    ],
    "LBFGS": [
        dict(lr=0.3, max_iter=2, steps=8),
        dict(lr=0.1, max_iter=3, history_size=2, steps=8),
        dict(max_iter=2, line_search_fn="strong_wolfe", steps=6),
        dict(lr=0.5, max_iter=4, max_eval=9, history_size=5, line_search_fn="strong_wolfe", steps=3),
        dict(lr=0.1, tolerance_grad=0.1, tolerance_change=0.01, steps=10),
        dict(lr=0.05, max_iter=1, history_size=5, steps=15),
        dict(max_iter=3, history_size=2, line_search_fn="strong_wolfe", steps=3),
    ],
}


def network():
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(exact(p))
    return net, randn(6, 3), randn(6, 2)


def rows():
    torch.manual_seed(5)
    net = nn.Sequential(nn.Embedding(9, 3, sparse=True)).double()
    with torch.no_grad():
        net[0].weight.copy_(exact(net[0].weight))
    numbers = (torch.rand(STEPS, 5).square() * 9).long()
    return net, numbers, randn(5, 3)


def name_of(kind, options):
    parts = []
    for key, value in options.items():
        names = PAIRS[key] if isinstance(value, tuple) else (key,)
        values = value if isinstance(value, tuple) else (value,)
        parts += [f"{n}={v}" for n, v in zip(names, values)]
    return f"{kind}/{','.join(parts) if parts else 'data=defaults'}"


class Training:
    """Fifty steps of one optimizer."""

    def __init__(self, kind, options):
        self.options = options
        self.number = 0
        self.net, self.x, self.t = rows() if options.get("data") == "sparse" else network()
        self.start = {n: p.detach().clone() for n, p in self.net.named_parameters()}
        taken = {k: v for k, v in options.items() if k not in ("data", "steps")}
        self.emulated = {k: taken.pop(k) for k in NOT_IN_1_13.get(kind, set()) & set(taken)}
        self.decay = taken.pop("weight_decay", 0) if self.emulated.get("decoupled_weight_decay") else 0
        params = list(self.net.parameters())
        if kind == "Muon":
            params = [p for p in params if p.dim() == 2]
        lr = taken.get("lr")
        if kind == "NAdam":
            taken["foreach"] = True
        if options.get("data") == "groups":
            own = {"lr": 2 * lr, **({} if self.decay else {"weight_decay": 0.05})}
            biases = {"params": [p for p in params if p.dim() == 1], **own}
            params = [biases, {"params": [p for p in params if p.dim() > 1]}]
        self.optimizer = OPTIMIZERS.get(kind, getattr(torch.optim, kind, None))(params, **taken)
        self.decays = [0.05 if i == 0 and options.get("data") == "groups" else self.decay
                       for i in range(len(self.optimizer.param_groups))]

    def loss(self):
        x = self.x[self.number] if self.options.get("data") == "sparse" else self.x
        loss = (self.net(x) - self.t).square().mean()
        return -loss if self.options.get("maximize") else loss

    def closure(self):
        self.optimizer.zero_grad()
        loss = self.loss()
        loss.backward()
        return loss

    def step(self, number):
        self.number = number
        if self.options.get("data") == "rates" and number > 0 and number % 20 == 0:
            for group in self.optimizer.param_groups:
                group["lr"] /= 2
        if isinstance(self.optimizer, torch.optim.LBFGS):
            self.optimizer.step(self.closure)
            return
        self.closure()
        with torch.no_grad():
            for group, decay in zip(self.optimizer.param_groups, self.decays):
                for p in group["params"]:
                    if self.emulated.get("decoupled_weight_decay"):
                        p.mul_(1 - group["lr"] * decay)
                    if self.emulated.get("maximize"):
                        p.grad.neg_()
        self.optimizer.step()

    def state(self):
        for name, p in self.net.named_parameters():
            for key, value in self.optimizer.state.get(p, {}).items():
                if torch.is_tensor(value) and value.dim() > 0 and not isinstance(self.optimizer, torch.optim.LBFGS):
                    yield f"s.{name}.{key}", value.to_dense() if value.is_sparse else value


def train(recorder, kind, options):
    training = Training(kind, options)
    for number in range(options.get("steps", STEPS)):
        training.step(number)
    tensors = {f"p.{n}": p for n, p in training.start.items()}
    tensors.update({f"q.{n}": p for n, p in training.net.named_parameters()})
    tensors.update(training.state())
    recorder.case(name_of(kind, options), x=training.x, t=training.t, **tensors)
    print(name_of(kind, options), training.loss().item())


def averages(recorder):
    """Averages of the weights of a training by SGD, updated every second step."""
    decay = 0.9
    functions = {
        "swa": None,
        "ema": lambda average, p, n: decay * average + (1 - decay) * p,
        "custom": lambda average, p, n: (average * n + 2 * p) / (n + 2),
        "late": None,
    }
    for name, function in functions.items():
        training = Training("SGD", dict(lr=0.1, momentum=0.9))
        average = AveragedModel(training.net, avg_fn=function)
        for number in range(STEPS):
            training.step(number)
            if number % 2 == 1 and (name != "late" or number > 40):
                average.update_parameters(training.net)
        tensors = {f"p.{n}": p for n, p in training.start.items()}
        tensors.update({f"q.{n}": p for n, p in average.module.named_parameters()})
        recorder.case(f"AveragedModel/avg_fn={name}", x=training.x, t=training.t, **tensors)


def main():
    recorder = Recorder()
    for kind, cases in CASES.items():
        for options in cases:
            train(recorder, kind, options)
    averages(recorder)
    recorder.write(Path(sys.argv[1]) / "torch_optim.safetensors")


if __name__ == "__main__":
    main()
