#!/usr/bin/env python3
"""Records what PyTorch computes, for the conformance kit to compare backends with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the files in the repository):

    python3 record_torch.py ../resources/io/cortado/tck/torch

Each file holds the cases of one family; a tensor is named case/tensor, and case/ints and case/floats say what the case
is, in the order that TorchSuite reads them. All inputs are exact as floats; PyTorch computes in double precision, and the
results are rounded once, when they are written.
"""

import itertools
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

REDUCTIONS = ["none", "mean", "sum"]


class Recorder:
    """Collects tensors and writes them as a safetensors file."""

    def __init__(self):
        self.tensors = {}

    def case(self, name, ints=(), floats=(), **tensors):
        tensors["ints"] = torch.tensor(list(ints), dtype=torch.int32)
        tensors["floats"] = torch.tensor(list(floats), dtype=torch.float32)
        for key, tensor in tensors.items():
            if tensor is not None:
                integer = not tensor.dtype.is_floating_point
                kept = tensor.detach().to(torch.int32 if integer else torch.float32)
                self.tensors[f"{name}/{key}"] = kept.contiguous()

    def write(self, path):
        header, data = {}, b""
        for name, tensor in sorted(self.tensors.items()):
            integer = tensor.dtype == torch.int32
            values = tensor.flatten().tolist()
            raw = struct.pack(f"<{len(values)}{'i' if integer else 'f'}", *values)
            header[name] = {
                "dtype": "I32" if integer else "F32",
                "shape": list(tensor.shape),
                "data_offsets": [len(data), len(data) + len(raw)],
            }
            data += raw
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        path.write_bytes(struct.pack("<Q", len(text)) + text + data)
        print(path.name, path.stat().st_size, "bytes")


def exact(tensor):
    """Rounds to what a float holds, and goes on in double precision."""
    return tensor.float().double()


def randn(*shape):
    return exact(torch.randn(*shape))


def grads(output, inputs, dy):
    return torch.autograd.grad(output, inputs, dy)


def conv(recorder):
    # n, c, h, w, k, kernel, stride, padding, dilation (each h and w), groups
    cases = {
        "plain": (2, 2, 6, 5, 3, 3, 3, 1, 1, 0, 0, 1, 1, 1),
        "padded": (2, 3, 5, 6, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1),
        "same5x5": (1, 1, 7, 7, 3, 5, 5, 1, 1, 2, 2, 1, 1, 1),
        "strided": (2, 2, 9, 8, 3, 3, 2, 2, 3, 1, 0, 1, 1, 1),
        "stride-over-kernel": (1, 2, 10, 9, 2, 2, 2, 4, 3, 0, 0, 1, 1, 1),
        "dilated": (1, 2, 9, 10, 3, 3, 3, 1, 1, 2, 1, 2, 3, 1),
        "grouped": (2, 4, 5, 5, 6, 3, 3, 1, 1, 1, 1, 1, 1, 2),
        "depthwise": (1, 3, 6, 6, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3),
        "pointwise": (2, 7, 3, 4, 5, 1, 1, 1, 1, 0, 0, 1, 1, 1),
        "one-dimensional": (2, 3, 1, 17, 4, 1, 5, 1, 2, 0, 2, 1, 1, 1),
        "kernel-over-image": (1, 2, 2, 3, 3, 5, 5, 1, 1, 2, 2, 1, 1, 1),
        "all-different": (1, 4, 11, 9, 4, 2, 3, 3, 2, 1, 3, 2, 1, 2),
    }
    for name, ints in cases.items():
        n, c, h, w, k, kh, kw, sh, sw, ph, pw, dh, dw, groups = ints
        x = randn(n, c, h, w).requires_grad_()
        weight = randn(k, c // groups, kh, kw).requires_grad_()
        bias = randn(k).requires_grad_()
        y = F.conv2d(x, weight, bias, (sh, sw), (ph, pw), (dh, dw), groups)
        dy = randn(*y.shape)
        dx, dweight, dbias = grads(y, (x, weight, bias), dy)
        recorder.case(
            name, ints, x=x, w=weight, bias=bias, y=y, dy=dy, dx=dx, dw=dweight, dbias=dbias
        )


def pool(recorder):
    def add(name, mode, x, y, kernel, stride, padding, dilation=(1, 1), adaptive=0):
        dy = randn(*y.shape)
        (dx,) = grads(y, (x,), dy)
        ints = [mode, *x.shape, *y.shape[2:], *kernel, *stride, *padding, *dilation, adaptive]
        recorder.case(name, ints, x=x, y=y, dy=dy, dx=dx)

    windows = {
        "2x2": ((7, 8), (2, 2), (2, 2), (0, 0), False),
        "3x3-padded": ((7, 9), (3, 3), (2, 2), (1, 1), False),
        "ceil": ((7, 10), (3, 2), (2, 2), (0, 0), True),
        "ceil-padded": ((6, 9), (3, 4), (2, 3), (1, 2), True),
        "overlapping": ((5, 6), (3, 2), (1, 1), (1, 1), False),
        "gaps": ((8, 9), (2, 2), (3, 4), (0, 0), False),
    }
    for name, (size, kernel, stride, padding, ceil) in windows.items():
        x = randn(1, 2, *size).requires_grad_()
        y = F.max_pool2d(x, kernel, stride, padding, 1, ceil)
        add(f"max-{name}", 0, x, y, kernel, stride, padding)
        ties = exact((torch.randn(1, 2, *size) * 2).round()).requires_grad_()
        y = F.max_pool2d(ties, kernel, stride, padding, 1, ceil)
        add(f"max-ties-{name}", 0, ties, y, kernel, stride, padding)
        for mode, options in {
            1: dict(count_include_pad=True),
            2: dict(count_include_pad=False),
            3: dict(divisor_override=1),
        }.items():
            y = F.avg_pool2d(x, kernel, stride, padding, ceil, **options)
            add(f"average{mode}-{name}", mode, x, y, kernel, stride, padding)
    x = randn(1, 2, 9, 10).requires_grad_()
    y = F.max_pool2d(x, (3, 2), (2, 1), (1, 1), (2, 3), True)
    add("max-dilated", 0, x, y, (3, 2), (2, 1), (1, 1), (2, 3))
    for size, out in [((7, 5), (1, 1)), ((7, 10), (3, 4)), ((5, 3), (7, 4)), ((6, 6), (6, 6))]:
        x = randn(1, 2, *size).requires_grad_()
        name = f"{size[0]}x{size[1]}-to-{out[0]}x{out[1]}"
        for mode, function in {0: F.adaptive_max_pool2d, 1: F.adaptive_avg_pool2d}.items():
            add(f"adaptive{mode}-{name}", mode, x, function(x, out), (0, 0), (0, 0), (0, 0), adaptive=1)


def batch_norm(recorder):
    for (outer, channels, inner), affine, train in itertools.product(
        [(7, 3, 1), (2, 3, 8), (1, 2, 13)], [True, False], [True, False]
    ):
        eps, momentum = 1e-3, 0.1
        x = exact(randn(outer, channels, inner) * 2 + 1).requires_grad_()
        gamma = randn(channels).requires_grad_() if affine else None
        shift = randn(channels).requires_grad_() if affine else None
        mean, var = randn(channels), exact(torch.rand(channels) + 0.5)
        new_mean, new_var = mean.clone(), var.clone()
        y = F.batch_norm(x, new_mean, new_var, gamma, shift, train, momentum, eps)
        dy = randn(*y.shape)
        result = grads(y, (x, gamma, shift) if affine else (x,), dy)
        recorder.case(
            f"{'train' if train else 'infer'}-{outer}x{channels}x{inner}{'-affine' if affine else ''}",
            (outer, channels, inner, int(train)),
            (eps, momentum),
            x=x,
            gamma=gamma,
            shift=shift,
            mean=mean,
            var=var,
            y=y,
            new_mean=new_mean,
            new_var=new_var,
            dy=dy,
            dx=result[0],
            dgamma=result[1] if affine else None,
            dshift=result[2] if affine else None,
        )


def norm(recorder):
    def add(name, spec, eps, function, shape, parameters, affine):
        x = exact(randn(*shape) * 2 + 1).requires_grad_()
        gamma = randn(*parameters).requires_grad_() if affine > 0 else None
        shift = randn(*parameters).requires_grad_() if affine > 1 else None
        y = function(x, gamma, shift, eps)
        dy = randn(*y.shape)
        inputs = [t for t in (x, gamma, shift) if t is not None]
        dx, dgamma, dshift = (*grads(y, inputs, dy), None, None)[:3]
        recorder.case(
            f"{name}-{'x'.join(map(str, shape))}{['', '-scaled', '-affine'][affine]}",
            spec,
            (eps,),
            x=x,
            gamma=gamma,
            shift=shift,
            y=y,
            dy=dy,
            dx=dx,
            dgamma=dgamma,
            dshift=dshift,
        )

    def layer_norm(x, gamma, shift, eps):
        return F.layer_norm(x, (x.shape[-1],), gamma, shift, eps)

    def rms_norm(x, gamma, shift, eps):
        # PyTorch 1.13 has no rms_norm: this is the formula in the documentation of later versions.
        y = x / torch.sqrt(x.square().mean(-1, keepdim=True) + eps)
        return y if gamma is None else y * gamma

    # spec: rows, groups, channels of a group, inner, centred
    eps = exact(torch.tensor(1e-3)).item()
    for rows, width in [(7, 13), (2, 33), (3, 1)]:
        for affine in range(3):
            add("layer", (rows, 1, width, 1, 1), eps, layer_norm, (rows, width), (width,), affine)
        for affine in range(2):
            add("rms", (rows, 1, width, 1, 0), eps, rms_norm, (rows, width), (width,), affine)
    for n, c, groups, inner in [(2, 6, 3, 5), (3, 4, 1, 7), (2, 3, 3, 8), (2, 6, 2, 1)]:

        def group_norm(x, gamma, shift, eps):
            return F.group_norm(x, groups, gamma, shift, eps)

        spec = (n * groups, groups, c // groups, inner, 1)
        for affine in [0, 2]:
            add(f"group{groups}", spec, eps, group_norm, (n, c, inner), (c,), affine)


def lrn(recorder):
    for (n, c, inner), (size, alpha, beta, k) in itertools.product(
        [(2, 7, 5), (1, 3, 4)],
        [(5, 1e-4, 0.75, 2), (3, 1, 0.75, 1), (2, 1, 0.5, 1), (4, 0.5, 1.5, 0.5), (1, 1, 1, 1), (17, 1, 0.75, 1)],
    ):
        factors = exact(torch.tensor([alpha, beta, k])).tolist()
        x = exact(randn(n, c, inner) * 2).requires_grad_()
        y = F.local_response_norm(x, size, *factors)
        dy = randn(*y.shape)
        (dx,) = grads(y, (x,), dy)
        recorder.case(
            f"size{size}-{n}x{c}x{inner}", (n, c, inner, size), factors, x=x, y=y, dy=dy, dx=dx
        )


def embedding(recorder):
    for rows, width, count, padding in [(5, 3, 8, -1), (5, 3, 8, 2), (1, 7, 4, -1), (40, 5, 11, 0)]:
        table = randn(rows, width).requires_grad_()
        indices = torch.randint(rows, (count,))
        indices[-1] = max(padding, 0)
        y = F.embedding(indices, table, None if padding < 0 else padding)
        dy = randn(*y.shape)
        (dtable,) = grads(y, (table,), dy)
        recorder.case(
            f"{rows}x{width}-padding{padding}",
            (rows, width, count, padding),
            indices=indices,
            table=table,
            y=y,
            dy=dy,
            dtable=dtable,
        )


def cross_entropy(recorder):
    options = itertools.product(range(3), [0.0, 0.1], [False, True], [(4, 3, 1), (2, 3, 2)])
    for reduction, smoothing, weighted, (outer, classes, inner) in options:
        shape = (outer, classes, inner) if inner > 1 else (outer, classes)
        base = f"{REDUCTIONS[reduction]}-smooth{smoothing}-{'weighted-' if weighted else ''}{outer}x{classes}x{inner}"
        weight = exact(torch.rand(classes) + 0.3) if weighted else None
        rows = (outer, inner) if inner > 1 else (outer,)
        target = torch.randint(classes, rows)
        partly = target.clone()
        partly.view(-1)[1::3] = -100
        first = target.clone()
        probabilities = exact(torch.softmax(randn(*shape), 1))
        for name, t, ignore in [
            ("all", target, -100),
            ("partly", partly, -100),
            ("first-class-ignored", first, 0),
            ("none", torch.full(rows, -100), -100),
            ("probabilities", probabilities, -100),
        ]:
            logits = exact(randn(*shape) * 3).requires_grad_()
            loss = F.cross_entropy(
                logits,
                t,
                weight,
                ignore_index=ignore,
                reduction=REDUCTIONS[reduction],
                label_smoothing=smoothing,
            )
            (grad,) = grads(loss.sum(), (logits,), None)
            recorder.case(
                f"{base}-{name}",
                (outer, classes, inner, ignore, reduction),
                (smoothing,),
                logits=logits,
                target=t,
                weight=weight,
                loss=loss,
                grad=grad,
            )


def pointwise(recorder):
    def with_weight(losses, weight, reduction):
        losses = losses if weight is None else losses * weight
        return [losses, losses.mean(), losses.sum()][reduction]

    def mse(x, t, w, p, reduction):
        return with_weight(F.mse_loss(x, t, reduction="none"), w, reduction)

    def l1(x, t, w, p, reduction):
        return with_weight(F.l1_loss(x, t, reduction="none"), w, reduction)

    def bce(x, t, w, p, reduction):
        return F.binary_cross_entropy(x, t, w, reduction=REDUCTIONS[reduction])

    def bce_with_logits(x, t, w, p, reduction):
        return F.binary_cross_entropy_with_logits(
            x, t, w, pos_weight=p, reduction=REDUCTIONS[reduction]
        )

    kinds = [mse, l1, bce, bce_with_logits]
    for kind, reduction, weighted in itertools.product(range(4), range(3), [False, True]):
        for positive in [False, True] if kind == 3 else [False]:
            n = 11
            x = randn(n) * 2
            x = exact(torch.sigmoid(x)) if kind == 2 else x
            target = randn(n) if kind < 2 else exact(torch.rand(n))
            target[:3] = x[:3] if kind < 2 else torch.tensor([0, 1, 0.5])
            weight = exact(torch.rand(n) + 0.3) if weighted else None
            pos_weight = exact(torch.rand(n) * 3) if positive else None
            x = x.requires_grad_()
            loss = kinds[kind](x, target, weight, pos_weight, reduction)
            (grad,) = grads(loss.sum(), (x,), None)
            name = kinds[kind].__name__
            name += f"-{REDUCTIONS[reduction]}{'-weighted' if weighted else ''}{'-pos' if positive else ''}"
            recorder.case(
                name,
                (kind, reduction),
                x=x,
                target=target,
                weight=weight,
                pos_weight=pos_weight,
                loss=loss,
                grad=grad,
            )


def functions(recorder):
    lecun = torch.tensor([1.7159, 2 / 3]).double()  # as floats
    cases = {
        "IDENTITY": (0, 0, lambda x: x * 1),
        "AFFINE": (-1.5, 0.25, lambda x: -1.5 * x + 0.25),
        "EXP": (0, 0, torch.exp),
        "LOG": (0, 0, torch.log),
        "SQRT": (0, 0, torch.sqrt),
        "ABS": (0, 0, torch.abs),
        "SQUARE": (0, 0, torch.square),
        "RECIPROCAL": (0, 0, torch.reciprocal),
        "POW": (2.5, 0, lambda x: x**2.5),
        "CLAMP": (-0.5, 1, lambda x: torch.clamp(x, -0.5, 1)),
        "RELU": (0, 0, F.relu),
        "LEAKY_RELU": (0.125, 0, lambda x: F.leaky_relu(x, 0.125)),
        "SIGMOID": (0, 0, torch.sigmoid),
        "TANH": (0, 0, torch.tanh),
        "SCALED_TANH": (*lecun.tolist(), lambda x: lecun[0] * torch.tanh(lecun[1] * x)),
        "ERF": (0, 0, torch.erf),
    }
    for name, (a, b, function) in cases.items():
        x = randn(33) * 2
        if name in ("LOG", "SQRT", "POW"):
            x = x.abs() + 0.125
        else:
            x[:3] = torch.tensor([-0.5, 1, 0]) if name != "RECIPROCAL" else torch.tensor([1, 2, 3])
        x = exact(x).requires_grad_()
        y = function(x)
        dy = randn(33)
        (dx,) = grads(y, (x,), dy)
        recorder.case(name, floats=(a, b), x=x, y=y, dy=dy, dx=dx)


def softmax(recorder):
    for (outer, extent, inner), log in itertools.product(
        [(5, 7, 1), (2, 3, 4), (1, 17, 1)], [False, True]
    ):
        x = exact(randn(outer, extent, inner) * 3).requires_grad_()
        y = (F.log_softmax if log else F.softmax)(x, 1)
        dy = randn(*y.shape)
        (dx,) = grads(y, (x,), dy)
        name = f"{'log-' if log else ''}{outer}x{extent}x{inner}"
        recorder.case(name, (outer, extent, inner, int(log)), x=x, y=y, dy=dy, dx=dx)


def optimizers(recorder):
    steps, n = 20, 7

    def run(name, make, ints, floats):
        param = randn(n).requires_grad_()
        start = param.detach().clone()
        optimizer = make([param])
        all_grads, params = randn(steps, n), []
        for grad in all_grads:
            param.grad = grad.clone()
            optimizer.step()
            params.append(param.detach().clone())
        recorder.case(name, ints, floats, start=start, grads=all_grads, params=torch.stack(params))

    for momentum, dampening, decay, nesterov in [
        (0, 0, 0, False),
        (0, 0, 0.1, False),
        (0.9, 0, 0, False),
        (0.9, 0.5, 0.1, False),
        (0.9, 0, 0, True),
        (0.5, 0, 0.1, True),
    ]:
        run(
            f"sgd-momentum{momentum}-dampening{dampening}-decay{decay}{'-nesterov' if nesterov else ''}",
            lambda p: torch.optim.SGD(p, 0.1, momentum, dampening, decay, nesterov),
            (0, int(nesterov)),
            (0.1, momentum, dampening, decay),
        )
    for decoupled, decay, betas, eps in [
        (False, 0, (0.9, 0.999), 1e-8),
        (False, 0.1, (0.8, 0.99), 1e-6),
        (True, 0.01, (0.9, 0.999), 1e-8),
        (True, 0.3, (0.5, 0.9), 1e-3),
    ]:
        kind = torch.optim.AdamW if decoupled else torch.optim.Adam
        run(
            f"{kind.__name__.lower()}-decay{decay}-betas{betas[0]},{betas[1]}",
            lambda p: kind(p, 0.01, betas, eps, decay),
            (1, int(decoupled)),
            (0.01, *betas, eps, decay),
        )


def rnn(recorder):
    """One layer of each kind, both directions; what belongs to the second one has names that end in 1."""
    shapes = [(3, 2, 5, 4, 1, False), (5, 3, 3, 7, 2, True), (4, 3, 1, 3, 2, False), (6, 4, 2, 5, 1, True)]
    for kind, name in enumerate(["tanh", "relu", "lstm", "gru"]):
        for steps, batch, inputs, hidden, directions, packed in shapes:
            both = {"bidirectional": directions == 2}
            layer = (
                torch.nn.LSTM(inputs, hidden, **both)
                if name == "lstm"
                else torch.nn.GRU(inputs, hidden, **both)
                if name == "gru"
                else torch.nn.RNN(inputs, hidden, nonlinearity=name, **both)
            ).double()
            for parameter in layer.parameters():
                parameter.data = exact(parameter.data)
            x = randn(steps, batch, inputs).requires_grad_()
            h0 = randn(directions, batch, hidden).requires_grad_()
            c0 = randn(directions, batch, hidden).requires_grad_()
            lengths = torch.randint(1, steps + 1, (batch,))
            lengths[-1] = steps
            start = (h0, c0) if name == "lstm" else h0
            given = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False) if packed else x
            y, end = layer(given, start)
            if packed:
                y, _ = torch.nn.utils.rnn.pad_packed_sequence(y)
            hn, cn = end if name == "lstm" else (end, torch.zeros_like(end))
            dy, dhn, dcn = randn(*y.shape), randn(*hn.shape), randn(*cn.shape)
            total = (y * dy).sum() + (hn * dhn).sum() + (cn * dcn).sum()
            parameters = dict(layer.named_parameters())
            wanted = {"x": x, "h0": h0, **({"c0": c0} if name == "lstm" else {}), **parameters}
            gradients = torch.autograd.grad(total, list(wanted.values()))
            tensors = {k.replace("_l0_reverse", "1").replace("_l0", "0"): v for k, v in wanted.items()}
            tensors |= {"d" + k: g for k, g in zip(list(tensors), gradients)}
            recorder.case(
                f"{name}-{steps}x{batch}x{inputs}x{hidden}x{directions}" + ("-packed" if packed else ""),
                (kind, steps, batch, inputs, hidden, directions, int(packed)),
                lengths=lengths,
                y=y,
                hn=hn,
                cn=cn,
                dy=dy,
                dhn=dhn,
                dcn=dcn,
                **tensors,
            )


def rnn_layers(recorder):
    """Whole modules: several layers, both directions, the batch first, sequences of different lengths."""
    options = [
        (2, True, True, False, True),
        (3, False, False, True, False),
        (2, True, True, True, True),
        (1, False, False, False, False),
    ]
    steps, batch, inputs, hidden = 4, 3, 3, 2
    for kind, name in enumerate(["tanh", "relu", "lstm", "gru"]):
        for layers, both, first, packed, bias in options:
            how = {"num_layers": layers, "bidirectional": both, "batch_first": first, "bias": bias}
            made = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(name, torch.nn.RNN)
            module = made(inputs, hidden, **how, **({"nonlinearity": name} if kind < 2 else {})).double()
            for parameter in module.parameters():
                parameter.data = exact(parameter.data)
            x = randn(*((batch, steps) if first else (steps, batch)), inputs).requires_grad_()
            h0 = randn(layers * (1 + both), batch, hidden).requires_grad_()
            c0 = randn(layers * (1 + both), batch, hidden).requires_grad_()
            lengths = torch.tensor([2, steps, 1])
            start = (h0, c0) if name == "lstm" else h0
            pack, pad = torch.nn.utils.rnn.pack_padded_sequence, torch.nn.utils.rnn.pad_packed_sequence
            y, end = module(pack(x, lengths, first, enforce_sorted=False) if packed else x, start)
            if packed:
                y, _ = pad(y, first)
            hn, cn = end if name == "lstm" else (end, torch.zeros_like(end))
            dy, dhn, dcn = randn(*y.shape), randn(*hn.shape), randn(*cn.shape)
            total = (y * dy).sum() + (hn * dhn).sum() + (cn * dcn).sum()
            wanted = {"x": x, "h0": h0, **({"c0": c0} if name == "lstm" else {}), **dict(module.named_parameters())}
            gradients = torch.autograd.grad(total, list(wanted.values()))
            tensors = wanted | {"d" + k: g for k, g in zip(wanted, gradients)}
            recorder.case(
                f"{name}-{layers}x{1 + both}" + ("-first" if first else "") + ("-packed" if packed else ""),
                (kind, inputs, hidden, layers, int(both), int(first), int(packed), int(bias)),
                lengths=lengths,
                y=y,
                hn=hn,
                cn=cn,
                dy=dy,
                dhn=dhn,
                dcn=dcn,
                **tensors,
            )


def main():
    folder = Path(sys.argv[1])
    families = [conv, pool, batch_norm, cross_entropy, pointwise, functions, softmax, optimizers]
    families += [norm, lrn, embedding, rnn, rnn_layers]
    for number, family in enumerate(families):
        torch.manual_seed(number)
        recorder = Recorder()
        family(recorder)
        recorder.write(folder / f"{family.__name__}.safetensors")


if __name__ == "__main__":
    main()
