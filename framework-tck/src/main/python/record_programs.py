#!/usr/bin/env python3
"""Makes small random programs of tensor operations, and records what PyTorch computes for them and their gradients.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the files in the repository):

    python3 record_programs.py ../resources/io/cortado/tck/torch [how many, 3000 unless said]

A program is a line of programs.txt: steps separated by "; ", of which each makes one tensor, known by its number from 0.
"in 2x3" is an input; "add 0 1" an operation with the numbers of its operands and its arguments; shapes and lists have "x"
and "," between their numbers, "-" is none. The last step is the result, of which element i has the upstream gradient
(i % 7 - 3) / 4 + 1/8. Only what the result depends on is kept.

Only programs are kept that say something about float32: with values and gradients that PyTorch's own float32 gets right
to a few roundings, and away from kinks, ties and comparisons that a small change of the inputs would decide otherwise. A
line ends in " #" where finite differences with a step of 0.01 are right to 0.2 percent as well.

programs.safetensors has all inputs, results and gradients one behind the other, in the order of the lines.
"""

import random
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from record_torch import Recorder, exact

MOST = 60  # elements of a tensor
LARGEST = 50.0
UNARY = {
    "exp": (lambda x: x.max() < 3, torch.exp),
    "expm1": (lambda x: x.max() < 3, torch.expm1),
    "log": (lambda x: x.min() > 0.1, torch.log),
    "log1p": (lambda x: x.min() > -0.8, torch.log1p),
    "sqrt": (lambda x: x.min() > 0.1, torch.sqrt),
    "rsqrt": (lambda x: x.min() > 0.1, torch.rsqrt),
    "reciprocal": (lambda x: x.abs().min() > 0.2, torch.reciprocal),
    "square": (lambda x: x.abs().max() < 5, torch.square),
    "abs": (None, torch.abs),
    "neg": (None, torch.neg),
    "relu": (None, torch.relu),
    "sigmoid": (None, torch.sigmoid),
    "tanh": (None, torch.tanh),
    "erf": (None, torch.erf),
    "sin": (None, torch.sin),
    "cos": (None, torch.cos),
    "floor": (None, torch.floor),
    "round": (None, torch.round),
    "sign": (None, torch.sign),
}
BINARY = {
    "add": (None, torch.add),
    "sub": (None, torch.sub),
    "mul": (None, torch.mul),
    "div": (lambda a, b: b.abs().min() > 0.2, torch.div),
    "minimum": (None, torch.minimum),
    "maximum": (None, torch.maximum),
    "pow": (lambda a, b: a.min() > 0.2 and b.abs().max() < 3, torch.pow),
}
REDUCE = {
    "sum": lambda x, axes, keep: x.sum(axes, keep),
    "mean": lambda x, axes, keep: x.mean(axes, keep),
    "amax": lambda x, axes, keep: x.amax(axes, keep),
    "amin": lambda x, axes, keep: x.amin(axes, keep),
    "logsumexp": lambda x, axes, keep: x.logsumexp(axes, keep),
    "var": lambda x, axes, keep: x.var(axes, True, keep),
    "std": lambda x, axes, keep: x.std(axes, True, keep),
    "norm": lambda x, axes, keep: x.norm(2, axes, keep),
}
EINSUM = ["ij,jk->ik", "ij,ij->i", "ij,j->i", "ij->ji", "bij,bjk->bik", "ijk->kj", "i,j->ij", "bij,bij->b", "ii->i"]

SHAPES = [[], [3], [5], [1], [2, 3], [4, 4], [1, 5], [6, 2], [2, 3, 4], [3, 1, 2], [1, 4, 1], [2, 2, 5], [2, 1, 3, 2]]


class Unfit(Exception):
    """The step cannot be made of what is there."""


def listed(values, mark=","):
    return mark.join(map(str, values)) or "-"


class Program:
    def __init__(self, rng):
        self.rng = rng
        self.steps = []
        self.operands = []
        self.functions = []
        self.values = []

    def add(self, text, operands, function):
        value = function(*[self.values[o] for o in operands])
        if not 0 < value.numel() <= MOST or value.dim() > 4:
            raise Unfit
        if not torch.isfinite(value).all() or value.abs().max() > LARGEST:
            raise Unfit
        self.steps.append(text)
        self.operands.append(operands)
        self.functions.append(function)
        self.values.append(value)
        return len(self.values) - 1

    def input(self, shape):
        if sum(not o for o in self.operands) == 4:
            raise Unfit
        value = exact(torch.rand(shape) * 3 - 1.2 if self.rng.random() < 0.7 else torch.rand(shape) + 0.3)
        number = self.add("in " + listed(shape, "x"), [], lambda: value)
        self.functions[number] = None
        return number

    def pick(self, rank=0):
        # Late ones more often, so that programs are deep.
        fit = [i for i, v in enumerate(self.values) if v.dim() >= rank]
        if not fit:
            raise Unfit
        return fit[-1] if self.rng.random() < 0.6 else self.rng.choice(fit)

    def broadcastable(self, shape):
        """A tensor that fits: one of those that are there, or a new input."""
        fit = []
        for i, v in enumerate(self.values):
            try:
                torch.broadcast_shapes(v.shape, shape)
                fit.append(i)
            except RuntimeError:
                pass
        if fit and self.rng.random() < 0.6:
            return self.rng.choice(fit)
        dims = [d if self.rng.random() < 0.7 else 1 for d in shape]
        return self.input(dims[self.rng.randint(0, len(dims)) if dims else 0:])

    def grow(self):
        kind = self.rng.choice(
            [unary, unary, scalar, binary, binary, binary, choice, reduction, line, line, softmax, layout, layout, layout]
            + [layout, joined, indexed, indexed, ordered, product, product, einsum])
        kind(self, self.rng)

    def pruned(self):
        """The steps that the result depends on, numbered anew."""
        needed, kept = {len(self.steps) - 1}, []
        for i in reversed(range(len(self.steps))):
            if i in needed:
                needed |= set(self.operands[i])
                kept.append(i)
        kept.reverse()
        number = {old: new for new, old in enumerate(kept)}
        steps, functions, inputs = [], [], []
        for i in kept:
            words = self.steps[i].split()
            count = len(self.operands[i])
            words[1:1 + count] = [str(number[o]) for o in self.operands[i]]
            steps.append(" ".join(words))
            functions.append((self.functions[i], [number[o] for o in self.operands[i]]))
            if not self.operands[i]:
                inputs.append(self.values[i])
        return steps, functions, inputs


def unary(p, rng):
    name = rng.choice(list(UNARY))
    domain, function = UNARY[name]
    a = p.pick()
    if domain and not domain(p.values[a]):
        raise Unfit
    p.add(f"{name} {a}", [a], function)


def scalar(p, rng):
    a = p.pick()
    c = rng.choice([0.5, -0.75, 1.25, 2.0, -1.5])
    kind = rng.choice(["addScalar", "mulScalar", "powScalar", "clamp"])
    if kind == "addScalar":
        p.add(f"{kind} {a} {c}", [a], lambda x: x + c)
    elif kind == "mulScalar":
        p.add(f"{kind} {a} {c}", [a], lambda x: x * c)
    elif kind == "powScalar":
        if p.values[a].min() < 0.2:
            raise Unfit
        p.add(f"{kind} {a} {c}", [a], lambda x: x ** c)
    else:
        p.add(f"{kind} {a} -0.6 {abs(c)}", [a], lambda x: x.clamp(-0.6, abs(c)))


def binary(p, rng):
    name = rng.choice(list(BINARY))
    domain, function = BINARY[name]
    a = p.pick()
    b = p.broadcastable(p.values[a].shape)
    if rng.random() < 0.3:
        a, b = b, a
    if domain and not domain(p.values[a], p.values[b]):
        raise Unfit
    p.add(f"{name} {a} {b}", [a, b], function)


def choice(p, rng):
    a = p.pick()
    b, c, d = (p.broadcastable(p.values[a].shape) for _ in range(3))
    try:
        torch.broadcast_shapes(*[p.values[i].shape for i in (a, b, c, d)])
    except RuntimeError as e:
        raise Unfit from e
    p.add(f"where {a} {b} {c} {d}", [a, b, c, d], lambda u, v, x, y: torch.where(u < v, x, y))


def axes_of(p, rng, a):
    rank = p.values[a].dim()
    axes = [i for i in range(rank) if rng.random() < 0.5] or list(range(rank))
    rng.shuffle(axes)
    return [i - rank if rng.random() < 0.3 else i for i in axes]


def reduction(p, rng):
    a = p.pick(1)
    name = rng.choice(list(REDUCE))
    axes = axes_of(p, rng, a)
    count = 1
    for axis in axes:
        count *= p.values[a].shape[axis]
    # Of few numbers that are nearly equal a deviation has no digits, and no slope at 0.
    if name in ("var", "std", "norm") and count < 2:
        raise Unfit
    if name in ("std", "norm") and REDUCE[name](p.values[a], axes, False).min() < 0.05:
        raise Unfit
    keep = rng.random() < 0.4
    p.add(f"{name} {a} {listed(axes)} {int(keep)}", [a], lambda x: REDUCE[name](x, axes, keep))


def line(p, rng):
    a = p.pick(1)
    axis = rng.randrange(p.values[a].dim())
    keep = rng.random() < 0.4
    name = rng.choice(["max", "min", "prod", "cumsum"])
    function = {
        "max": lambda x: x.max(axis, keep)[0],
        "min": lambda x: x.min(axis, keep)[0],
        "prod": lambda x: x.prod(axis, keep),
        "cumsum": lambda x: x.cumsum(axis),
    }[name]
    p.add(f"{name} {a} {axis}" + (f" {int(keep)}" if name != "cumsum" else ""), [a], function)


def softmax(p, rng):
    a = p.pick(1)
    axis = rng.randrange(p.values[a].dim())
    name = rng.choice(["softmax", "logSoftmax"])
    p.add(f"{name} {a} {axis}", [a], lambda x: (F.softmax if name == "softmax" else F.log_softmax)(x, axis))


def layout(p, rng):
    a = p.pick(1)
    shape = list(p.values[a].shape)
    rank = len(shape)
    axis = rng.randrange(rank)
    kind = rng.choice(["reshape", "permute", "slice", "flip", "roll", "pad", "padMode", "broadcastTo", "repeat", "diagonal",
                       "unfold", "tril", "triu", "unsqueeze", "squeeze", "transpose"])
    if kind == "reshape":
        flat = rng.choice([[p.values[a].numel()], shape[::-1], [shape[0], -1]])
        dims = list(p.values[a].reshape(flat).shape)
        p.add(f"reshape {a} {listed(dims, 'x')}", [a], lambda x: x.reshape(dims))
    elif kind == "permute":
        order = rng.sample(range(rank), rank)
        p.add(f"permute {a} {listed(order)}", [a], lambda x: x.permute(order))
    elif kind == "transpose":
        other = rng.randrange(rank)
        p.add(f"transpose {a} {axis} {other}", [a], lambda x: x.transpose(axis, other))
    elif kind == "slice":
        start = rng.randrange(shape[axis])
        end = rng.randint(start + 1, shape[axis])
        p.add(f"slice {a} {axis} {start} {end}", [a], lambda x: x.narrow(axis, start, end - start))
    elif kind == "flip":
        axes = sorted(rng.sample(range(rank), rng.randint(1, rank)))
        p.add(f"flip {a} {listed(axes)}", [a], lambda x: x.flip(axes))
    elif kind == "roll":
        shift = rng.randint(-3, 3)
        p.add(f"roll {a} {shift} {axis}", [a], lambda x: x.roll(shift, axis))
    elif kind == "pad":
        widths = [rng.randint(0, 1) for _ in range(2 * rng.randint(1, rank))]
        p.add(f"pad {a} {listed(widths)}", [a], lambda x: F.pad(x, widths))
    elif kind == "padMode":
        if rank != 3 or shape[-1] < 3:
            raise Unfit
        mode, widths = rng.choice(["reflect", "replicate", "circular"]), [rng.randint(0, 2), rng.randint(0, 2)]
        p.add(f"padMode {a} {mode} {listed(widths)}", [a], lambda x: F.pad(x, widths, mode))
    elif kind == "broadcastTo":
        dims = [rng.randint(1, 2)] + [rng.randint(1, 4) if d == 1 else d for d in shape]
        p.add(f"broadcastTo {a} {listed(dims, 'x')}", [a], lambda x: x.broadcast_to(dims))
    elif kind == "repeat":
        times = [rng.randint(1, 2) for _ in range(rank)]
        p.add(f"repeat {a} {listed(times, 'x')}", [a], lambda x: x.repeat(times))
    elif kind == "diagonal":
        other = rng.randrange(rank)
        if other == axis:
            raise Unfit
        offset = rng.randint(-1, 1)
        p.add(f"diagonal {a} {offset} {axis} {other}", [a], lambda x: x.diagonal(offset, axis, other))
    elif kind == "unfold":
        size, step = rng.randint(1, shape[axis]), rng.randint(1, 2)
        p.add(f"unfold {a} {axis} {size} {step}", [a], lambda x: x.unfold(axis, size, step))
    elif kind in ("tril", "triu"):
        if rank < 2:
            raise Unfit
        k = rng.randint(-1, 1)
        p.add(f"{kind} {a} {k}", [a], lambda x: (x.tril if kind == "tril" else x.triu)(k))
    elif kind == "unsqueeze":
        p.add(f"unsqueeze {a} {axis}", [a], lambda x: x.unsqueeze(axis))
    else:
        if shape[axis] != 1:
            raise Unfit
        p.add(f"squeeze {a} {axis}", [a], lambda x: x.squeeze(axis))


def joined(p, rng):
    a = p.pick(1)
    shape = list(p.values[a].shape)
    axis = rng.randrange(len(shape))
    if rng.random() < 0.5:
        others = [i for i, v in enumerate(p.values) if v.dim() == len(shape)
                  and all(x == y or k == axis for k, (x, y) in enumerate(zip(v.shape, shape)))]
        b = rng.choice(others)
        p.add(f"concat {a} {b} {axis}", [a, b], lambda x, y: torch.cat([x, y], axis))
    else:
        b = rng.choice([i for i, v in enumerate(p.values) if list(v.shape) == shape])
        p.add(f"stack {a} {b} {axis}", [a, b], lambda x, y: torch.stack([x, y], axis))


def indexed(p, rng):
    a = p.pick(1)
    shape = list(p.values[a].shape)
    axis = rng.randrange(len(shape))
    kind = rng.choice(["indexSelect", "gather", "scatterAdd"])
    if kind == "indexSelect":
        places = [rng.randrange(shape[axis]) for _ in range(rng.randint(1, 5))]
        p.add(f"indexSelect {a} {axis} {listed(places)}", [a], lambda x: x.index_select(axis, torch.tensor(places)))
        return
    dims = [rng.randint(1, 4) if i == axis else rng.randint(1, d) for i, d in enumerate(shape)]
    size = int(torch.tensor(dims).prod())
    places = [rng.randrange(shape[axis]) for _ in range(size)]
    index = torch.tensor(places).reshape(dims)
    text = f"{axis} {listed(dims, 'x')} {listed(places)}"
    if kind == "gather":
        p.add(f"gather {a} {text}", [a], lambda x: x.gather(axis, index))
    else:
        b = p.input(dims)
        p.add(f"scatterAdd {a} {b} {text}", [a, b], lambda x, y: x.scatter_add(axis, index, y))


def ordered(p, rng):
    a = p.pick(1)
    axis = rng.randrange(p.values[a].dim())
    down = rng.random() < 0.5
    if rng.random() < 0.5:
        p.add(f"sort {a} {axis} {int(down)}", [a], lambda x: x.sort(axis, down)[0])
    else:
        k = rng.randint(1, p.values[a].shape[axis])
        p.add(f"topk {a} {k} {axis} {int(down)}", [a], lambda x: x.topk(k, axis, down)[0])


def product(p, rng):
    a = p.pick(1)
    shape = list(p.values[a].shape)
    if len(shape) > 3:
        raise Unfit
    if len(shape) == 1 and rng.random() < 0.5:
        b = p.input([rng.randint(1, 4)])
        p.add(f"outer {a} {b}", [a, b], torch.outer)
        return
    other = [shape[-1]] if rng.random() < 0.2 else [shape[-1], rng.randint(1, 4)]
    if len(shape) == 3 and len(other) == 2 and rng.random() < 0.5:
        other = [rng.choice([1, shape[0]])] + other
    b = p.input(other)
    p.add(f"matmul {a} {b}", [a, b], torch.matmul)


def einsum(p, rng):
    equation = rng.choice(EINSUM)
    a = p.pick(1)
    terms = equation.split("->")[0].split(",")
    shape = list(p.values[a].shape)
    if len(shape) != len(terms[0]):
        raise Unfit
    extents = {}
    for letter, extent in zip(terms[0], shape):
        if extents.setdefault(letter, extent) != extent:
            raise Unfit
    operands = [a]
    for term in terms[1:]:
        operands.append(p.input([extents.setdefault(letter, rng.randint(1, 4)) for letter in term]))
    text = " ".join(map(str, operands))
    p.add(f"einsum{len(operands)} {text} {equation}", operands, lambda *x: torch.einsum(equation, *x))


def upstream(shape, dtype):
    count = int(torch.tensor(shape).prod()) if shape else 1
    i = torch.arange(count)
    return ((i % 7 - 3) / 4 + 0.125).to(dtype).reshape(shape)


def evaluate(functions, leaves):
    values, rest = [], iter(leaves)
    for function, operands in functions:
        values.append(next(rest) if function is None else function(*[values[o] for o in operands]))
    return values[-1]


def run(functions, inputs, dtype):
    leaves = [x.to(dtype).clone().requires_grad_() for x in inputs]
    y = evaluate(functions, leaves)
    if not y.requires_grad:
        return None
    grads = torch.autograd.grad(y, leaves, upstream(list(y.shape), dtype), allow_unused=True)
    return y.detach(), [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, grads)]


def far(a, b):
    """How far apart, beside the largest of each tensor or 1."""
    worst = 0.0
    for x, y in zip(a, b):
        scale = max(1.0, float(y.abs().max()))
        worst = max(worst, float((x.double() - y).abs().max()) / scale)
    return worst


def fit(functions, inputs):
    exactly = run(functions, inputs, torch.float64)
    if exactly is None:
        return None
    y, grads = exactly
    everything = [y] + grads
    if not all(torch.isfinite(t).all() and t.abs().max() < 1e3 for t in everything):
        return None
    rough = run(functions, inputs, torch.float32)
    if far([rough[0]], [y]) > 5e-7 or far(rough[1], grads) > 2e-6:
        return None
    for scale in (1e-3, -1e-3):
        moved = [x + scale * torch.rand_like(x) for x in inputs]
        nearby = run(functions, moved, torch.float64)
        if far([nearby[0]] + nearby[1], everything) > 0.1:
            return None
    return y, grads


def smooth(functions, inputs):
    """Whether finite differences with a step of 0.01 say the same, whatever the result's weights are."""
    return all(smooth_once(functions, inputs) for _ in range(4))


def smooth_once(functions, inputs):
    leaves = [x.clone().requires_grad_() for x in inputs]
    y = evaluate(functions, leaves)
    weights = torch.randn_like(y)
    grads = torch.autograd.grad(y, leaves, weights, allow_unused=True)
    for k, (x, g) in enumerate(zip(inputs, grads)):
        for i in range(x.numel()):
            sides = []
            for step in (0.01, -0.01):
                moved = [t.clone() for t in inputs]
                moved[k].view(-1)[i] += step
                sides.append(float((evaluate(functions, moved) * weights).sum()))
            difference = (sides[0] - sides[1]) / 0.02
            if abs(difference - (0.0 if g is None else float(g.reshape(-1)[i]))) > 2e-3 * max(1.0, abs(difference)):
                return False
    return True


def program(seed):
    rng = random.Random(seed)
    torch.manual_seed(seed)
    p = Program(rng)
    p.input(rng.choice(SHAPES))
    wanted, tries = rng.randint(3, 13), 0
    while len(p.steps) < wanted and tries < 200:
        tries += 1
        size = len(p.steps)
        try:
            p.grow()
        except Unfit:
            for part in (p.steps, p.operands, p.functions, p.values):
                del part[size:]
    return p.pruned()


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    lines, inputs, results, gradients, seed = [], [], [], [], 0
    seen = set()
    while len(lines) < count:
        seed += 1
        steps, functions, values = program(seed)
        if len(steps) < 2 or not any(len(o) for _, o in functions) or "; ".join(steps) in seen:
            continue
        found = fit(functions, values)
        if found is None:
            continue
        y, grads = found
        seen.add("; ".join(steps))
        lines.append("; ".join(steps) + (" #" if smooth(functions, values) else ""))
        inputs += [x.reshape(-1) for x in values]
        results.append(y.reshape(-1))
        gradients += [g.reshape(-1) for g in grads]
    folder = Path(sys.argv[1])
    (folder / "programs.txt").write_text("\n".join(lines) + "\n")
    recorder = Recorder()
    recorder.case("all", inputs=torch.cat(inputs), results=torch.cat(results), gradients=torch.cat(gradients))
    recorder.write(folder / "programs.safetensors")
    print(count, "of", seed, "programs;", sum(line.endswith("#") for line in lines), "for finite differences")


if __name__ == "__main__":
    main()
