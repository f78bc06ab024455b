#!/usr/bin/env python3
"""Records what torch.nn's layers compute, for TorchLayersSuite to compare ours with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the files in the repository):

    python3 record_layers.py ../resources/io/cortado/tck/torch

A case's name is a class of torch.nn, a dash, and the options that it was made with: Conv2d-in_channels=3,kernel_size=3x2.
"data" says what is special about the inputs. Its tensors are the inputs x, x1, ..., the state before the call p.NAME for
each entry of state_dict, the outputs y, y1, ..., for those that are floats the upstream gradients dy, dy1, ..., the
gradients of inputs dx, dx1, ... and of parameters d.NAME, and the buffers after the call a.NAME where it changed them.
All inputs are exact as floats; PyTorch computes in double precision, and the results are rounded once. The script writes
the names of all classes of torch.nn, too, so that the page of the comparison leaves none out.

Other families have a script of their own that takes LayerRecorder from here.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from record_torch import Recorder, exact, randn


def text(option):
    return "x".join(map(str, option)) if isinstance(option, (tuple, list)) else str(option)


def numbered(name, i):
    return name + (str(i) if i else "")


class LayerRecorder(Recorder):
    def layer(self, kind, inputs, data=None, make=None, call=None, **options):
        """Records a case.

        inputs: a tensor or several; those that are floats get a gradient
        data: what is special about them
        make: what makes the module of the options, if it is not torch.nn's class
        call: what calls the module with the inputs, if it is more than that
        """
        parts = [f"{k}={text(v)}" for k, v in options.items()] + ([f"data={data}"] if data else [])
        name = f"{kind}-{','.join(parts or ['data=default'])}"
        if any(key.startswith(name + "/") for key in self.tensors):
            raise ValueError(f"{name} is there already")
        module = (make or getattr(nn, kind))(**options).double()
        self.randomize(module)
        tensors = {f"p.{k}": v.clone() for k, v in module.state_dict().items()}
        inputs = [x.clone() for x in (inputs if isinstance(inputs, (tuple, list)) else [inputs])]
        wanted = {}
        for i, x in enumerate(inputs):
            if x.is_floating_point():
                wanted[numbered("dx", i)] = x.requires_grad_()
            tensors[numbered("x", i)] = x
        wanted |= {f"d.{k}": p for k, p in module.named_parameters()}
        y = call(module, *inputs) if call else module(*inputs)
        y = y if isinstance(y, (tuple, list)) else [y]
        floats = {}
        for i, output in enumerate(y):
            tensors[numbered("y", i)] = output
            if output.is_floating_point():
                floats[numbered("dy", i)] = exact(torch.randn(output.shape))
        outputs = [output for output in y if output.is_floating_point()]
        grads = torch.autograd.grad(outputs, list(wanted.values()), list(floats.values()), allow_unused=True)
        tensors |= floats | {k: g for k, g in zip(wanted, grads) if g is not None}
        for k, v in module.named_buffers():
            if not torch.equal(v, tensors[f"p.{k}"]):
                tensors[f"a.{k}"] = v
        for key, tensor in tensors.items():
            kept = tensor.detach().to(torch.float32 if tensor.is_floating_point() else torch.int32)
            self.tensors[f"{name}/{key}"] = kept.contiguous()

    @staticmethod
    def randomize(module):
        """Gives all parameters and buffers values that tell them apart from their defaults."""
        with torch.no_grad():
            for p in module.parameters():
                p.copy_(exact(torch.randn(p.shape) * 0.5))
            for k, b in module.named_buffers():
                if b.is_floating_point():
                    b.copy_(exact(torch.rand(b.shape) + 0.5) if k.endswith("var") else exact(torch.randn(b.shape)))


def integers(high, *shape):
    return torch.randint(0, high, shape)


class RMSNorm(nn.Module):
    """What later versions have as a layer."""

    def __init__(self, normalized_shape, eps=torch.finfo(torch.float32).eps, elementwise_affine=True):
        super().__init__()
        self.axes = tuple(range(-len(normalized_shape), 0))
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(normalized_shape)) if elementwise_affine else None

    def forward(self, x):
        y = x * torch.rsqrt(x.square().mean(self.axes, keepdim=True) + self.eps)
        return y if self.weight is None else y * self.weight


def basic(r):
    """Layers of features, of tables and of normalisation."""
    r.layer("Linear", randn(4, 3), in_features=3, out_features=5)
    r.layer("Linear", randn(4, 3), in_features=3, out_features=5, bias=False)
    r.layer("Linear", randn(2, 3, 4), in_features=4, out_features=1)
    r.layer("Linear", randn(3), in_features=3, out_features=2)
    r.layer("Flatten", randn(2, 3, 4, 2))
    r.layer("Flatten", randn(2, 3, 4, 2), start_dim=0)
    r.layer("Flatten", randn(2, 3, 4, 2), start_dim=2)
    r.layer("Flatten", randn(2, 3, 4, 2), start_dim=-2)
    r.layer("Embedding", integers(5, 4), num_embeddings=5, embedding_dim=3)
    r.layer("Embedding", integers(5, 2, 6), num_embeddings=5, embedding_dim=3, padding_idx=1)
    r.layer("Embedding", integers(5, 2, 6), num_embeddings=5, embedding_dim=2, padding_idx=-1)
    r.layer("Embedding", integers(1, 2, 3), num_embeddings=1, embedding_dim=1)
    for rank, shape, kind in [(1, (4, 3), "flat"), (1, (4, 3, 5), "sequences"), (2, (3, 3, 2, 4), None),
                              (3, (2, 3, 2, 2, 3), None)]:
        for options in [{}, {"eps": 0.1, "momentum": 0.7}, {"momentum": None}, {"affine": False},
                        {"track_running_stats": False}]:
            r.layer(f"BatchNorm{rank}d", randn(*shape) * 2, data=kind, num_features=3, **options)
    for shape in [(4,), (3, 4)]:
        for options in [{}, {"eps": 0.1}, {"elementwise_affine": False}]:
            r.layer("LayerNorm", randn(2, 3, 4), normalized_shape=shape, **options)
    for groups, channels, shape in [(2, 4, (3, 4, 5)), (1, 3, (2, 3, 2, 2)), (3, 3, (4, 3, 5))]:
        for options in [{}, {"eps": 0.1, "affine": False}]:
            r.layer("GroupNorm", randn(*shape), num_groups=groups, num_channels=channels, **options)
    for rank, shape in [(1, (2, 3, 5)), (2, (2, 3, 2, 4)), (3, (2, 3, 2, 2, 3))]:
        for options in [{}, {"affine": True}, {"eps": 0.1}, {"eps": 0.1, "affine": True}]:
            r.layer(f"InstanceNorm{rank}d", randn(*shape), num_features=3, **options)
    for extents, options in [((3, 4), {}), ((3, 4), {"eps": 0.1}), ((4,), {"elementwise_affine": False}), ((4,), {})]:
        r.layer("RMSNorm", randn(2, 3, 4), make=RMSNorm, normalized_shape=extents, **options)
    r.layer("LocalResponseNorm", randn(2, 7, 3, 2) * 3, size=5)
    r.layer("LocalResponseNorm", randn(2, 7, 3, 2) * 3, size=3, alpha=0.5, beta=0.9, k=2.0)
    r.layer("LocalResponseNorm", randn(2, 7, 3) * 3, size=4, alpha=1.0, beta=0.5, k=1.0)
    r.layer("LocalResponseNorm", randn(2, 4, 3, 2) * 3, size=1, alpha=2.0)


def conv(r):
    """Convolutions, plain and transposed, over one to three axes."""
    sizes = {1: (9,), 2: (7, 6), 3: (5, 6, 5)}
    for axes, size in sizes.items():
        kind = f"Conv{axes}d"
        uneven = {1: 3, 2: (3, 2), 3: (2, 3, 1)}[axes]
        r.layer(kind, randn(2, 3, *size), in_channels=3, out_channels=2, kernel_size=3)
        r.layer(kind, randn(2, 2, *size), in_channels=2, out_channels=3, kernel_size=uneven, stride=2, padding=1)
        r.layer(kind, randn(1, 2, *size), in_channels=2, out_channels=2, kernel_size=2, dilation=2, padding=2)
        r.layer(kind, randn(2, 4, *size), in_channels=4, out_channels=6, kernel_size=3, groups=2, padding=1, bias=False)
        r.layer(kind, randn(1, 3, *size), in_channels=3, out_channels=3, kernel_size=2, groups=3, stride=3)
        for mode in ["reflect", "replicate", "circular"]:
            r.layer(kind, randn(2, 2, *size), in_channels=2, out_channels=2, kernel_size=3, padding=2, padding_mode=mode)
        r.layer(kind, randn(1, 2, *size), in_channels=2, out_channels=2, kernel_size=3, padding="valid")
        r.layer(kind, randn(1, 2, *size), in_channels=2, out_channels=2, kernel_size=4, padding="same")
        r.layer(kind, randn(1, 2, *size), in_channels=2, out_channels=1, kernel_size=2, padding="same", dilation=3)
        r.layer(kind, randn(1, 1, *size), in_channels=1, out_channels=2, kernel_size=4, padding="same",
                padding_mode="circular")
        size = tuple(s - 2 for s in size)
        kind = f"ConvTranspose{axes}d"
        r.layer(kind, randn(2, 3, *size), in_channels=3, out_channels=2, kernel_size=3)
        r.layer(kind, randn(2, 2, *size), in_channels=2, out_channels=3, kernel_size=uneven, stride=2, padding=1,
                output_padding=1)
        r.layer(kind, randn(1, 2, *size), in_channels=2, out_channels=2, kernel_size=2, dilation=2, padding=1)
        r.layer(kind, randn(2, 4, *size), in_channels=4, out_channels=6, kernel_size=3, groups=2, padding=1, bias=False)
        r.layer(kind, randn(1, 3, *size), in_channels=3, out_channels=3, kernel_size=2, groups=3, stride=3,
                output_padding=2)


def distinct(*shape):
    """Numbers far enough apart that it is clear which is the largest, with some that are equal."""
    count = int(torch.tensor(shape).prod())
    return exact((torch.randperm(count) // 2).double().reshape(shape) / 8 - 1)


def pool(r):
    """Poolings over one to three axes."""
    sizes = {1: (11,), 2: (9, 8), 3: (5, 7, 6)}
    for axes, size in sizes.items():
        x = distinct(1, 2, *size)
        uneven = {1: 4, 2: (3, 2), 3: (2, 3, 2)}[axes]
        kind = f"MaxPool{axes}d"
        r.layer(kind, x, kernel_size=2)
        r.layer(kind, x, kernel_size=uneven, stride=2, padding=1)
        r.layer(kind, x, kernel_size=3, stride=2, ceil_mode=True)
        r.layer(kind, x, kernel_size=2, stride=1, dilation=2)
        r.layer(kind, x, kernel_size=3, stride=3, padding=1, dilation=2, ceil_mode=True)
        if axes < 3:
            r.layer(kind, x, kernel_size=3, stride=2, padding=1, return_indices=True)
            r.layer(kind, x, kernel_size=uneven, return_indices=True, ceil_mode=True)
        kind = f"AvgPool{axes}d"
        r.layer(kind, x, kernel_size=2)
        r.layer(kind, x, kernel_size=uneven, stride=2, padding=1)
        r.layer(kind, x, kernel_size=3, stride=2, padding=1, ceil_mode=True)
        r.layer(kind, x, kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)
        r.layer(kind, x, kernel_size=uneven, stride=3, ceil_mode=True, count_include_pad=False)
        if axes > 1:
            r.layer(kind, x, kernel_size=3, stride=2, padding=1, divisor_override=5)
            r.layer(kind, x, kernel_size=2, ceil_mode=True, divisor_override=1)
        for output in [1, 3, {1: 4, 2: (5, 2), 3: (3, 1, 4)}[axes], size]:
            r.layer(f"AdaptiveAvgPool{axes}d", x, output_size=output)
            r.layer(f"AdaptiveMaxPool{axes}d", x, output_size=output)
            if axes < 3:
                r.layer(f"AdaptiveMaxPool{axes}d", x, output_size=output, return_indices=True)
    for axes in (1, 2):
        x = exact(torch.rand(1, 2, *sizes[axes]) + 0.1)
        x[0, 0, :2] = 0
        for p in (1, 2, 3, 1.5):
            r.layer(f"LPPool{axes}d", x, norm_type=p, kernel_size=2)
        r.layer(f"LPPool{axes}d", x, norm_type=2, kernel_size=3, stride=2, ceil_mode=True)
    for axes, max_pool in {1: F.max_pool1d, 2: F.max_pool2d}.items():
        for size, options in [((8, 6), {"kernel_size": 2}), ((9, 7), {"kernel_size": 3, "stride": 2}),
                              ((9, 7), {"kernel_size": 3, "stride": 2, "padding": 1}),
                              ((8, 5), {"kernel_size": 2, "stride": 3})]:
            x, indices = max_pool(distinct(2, 2, *size[:axes]), return_indices=True, **options)
            r.layer(f"MaxUnpool{axes}d", [x, indices], **options)
        size = (9, 7)[:axes]
        x, indices = max_pool(distinct(1, 2, *size), kernel_size=2, return_indices=True)
        r.layer(f"MaxUnpool{axes}d", [x, indices], kernel_size=2, data=f"output_size {text(size)}",
                call=lambda m, a, i: m(a, i, output_size=size))


def fractional(module, x, samples):
    """Calls the layer with given samples, in single precision: a start must round down where a float's does."""
    module._random_samples = samples.detach().float()
    y = module(x.float())
    module._random_samples = None
    return (y[0].double(), y[1]) if isinstance(y, tuple) else y.double()


def samples(planes, axes):
    """What moves fractional windows, 0 and what is next below 1 among it."""
    u = torch.rand(*planes, axes)
    u[0, 0, 0] = 0
    u[-1, -1, -1] = 1 - 2**-24
    return u.double()


def places(r):
    """Maxima with their places over three axes and what undoes them, and fractional windows."""
    size = (5, 7, 6)
    x = distinct(2, 2, *size)
    for options in [{"kernel_size": 2}, {"kernel_size": (2, 3, 2), "stride": 2, "padding": 1},
                    {"kernel_size": 3, "stride": 2, "ceil_mode": True}, {"kernel_size": 2, "stride": 1, "dilation": 2},
                    {"kernel_size": 3, "stride": 2, "padding": 1}, {"kernel_size": (1, 2, 3), "stride": (1, 3, 2)},
                    {"kernel_size": (2, 1, 3), "dilation": (3, 1, 2), "padding": (1, 0, 1)}, {"kernel_size": size},
                    {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}]:
        r.layer("MaxPool3d", x, return_indices=True, **options)
    for output in [1, 2, 3, (3, 1, 4), (5, 2, 3), (1, 7, 6), (4, 5, 5), size, (7, 8, 9)]:
        r.layer("AdaptiveMaxPool3d", x, output_size=output, return_indices=True)
    for size, options in [((4, 6, 6), {"kernel_size": 2}), ((5, 7, 7), {"kernel_size": 3, "stride": 2}),
                          ((5, 7, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
                          ((5, 5, 8), {"kernel_size": 2, "stride": 3}), ((4, 6, 5), {"kernel_size": (2, 3, 1)}),
                          ((3, 7, 5), {"kernel_size": (1, 3, 3), "stride": (1, 2, 2), "padding": (0, 1, 1)}),
                          ((2, 2, 2), {"kernel_size": 1})]:
        y, indices = F.max_pool3d(distinct(2, 2, *size), return_indices=True, **options)
        # Of equal elements in one place PyTorch keeps any, and we their mean; the gradients are the same.
        r.layer("MaxUnpool3d", [y, indices], **options)
    for size, kernel in [((5, 7, 7), 2), ((5, 8, 9), (2, 3, 2))]:
        y, indices = F.max_pool3d(distinct(1, 2, *size), kernel_size=kernel, return_indices=True)
        r.layer("MaxUnpool3d", [y, indices], kernel_size=kernel, data=f"output_size {text(size)}",
                call=lambda m, a, i: m(a, i, output_size=size))
    for axes, size in [(2, (11, 9)), (3, (7, 9, 8))]:
        kind = f"FractionalMaxPool{axes}d"
        kernel = {2: (3, 2), 3: (2, 3, 1)}[axes]
        output = {2: (4, 7), 3: (3, 5, 7)}[axes]
        most = size if axes == 2 else tuple(s - 1 for s in size)  # over three axes PyTorch asks for one element more
        ratio = {2: (0.5, 0.7), 3: (0.4, 0.6, 0.75)}[axes]
        for options in [{"kernel_size": 2, "output_size": 5}, {"kernel_size": 3, "output_size": output if axes == 2 else 4},
                        {"kernel_size": kernel, "output_size": output}, {"kernel_size": kernel, "output_size": 1},
                        {"kernel_size": most, "output_size": 1}, {"kernel_size": 1, "output_size": most},
                        {"kernel_size": 2, "output_ratio": 0.5}, {"kernel_size": kernel, "output_ratio": ratio}]:
            for indices in [False, True]:
                r.layer(kind, [distinct(2, 2, *size), samples((2, 2), axes)], call=fractional, return_indices=indices,
                        **options)


class CircularPad(nn.Module):
    """What later versions have as a layer."""

    def __init__(self, padding):
        super().__init__()
        self.padding = padding

    def forward(self, x):
        return F.pad(x, self.padding, mode="circular")


def shuffled(module, x):
    """What ChannelShuffle computes, by functions that have a gradient: 1.13.1's own has none."""
    y = x.unflatten(1, (module.groups, -1)).transpose(1, 2).flatten(1, 2)
    assert torch.equal(y, module(x.detach()))
    return y


def shape(r):
    """Layers that put elements elsewhere: padding, resampling, shuffling, folding."""
    sizes = {1: (7,), 2: (5, 6), 3: (4, 5, 4)}
    widths = {1: (2, 1), 2: (2, 0, 1, 3), 3: (1, 2, 0, 1, 3, 1)}
    for axes, size in sizes.items():
        for kind in ["ConstantPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"]:
            if kind == "ZeroPad" and axes != 2:
                continue
            options = {"value": 1.5} if kind == "ConstantPad" else {}
            make = CircularPad if kind == "CircularPad" else None
            uniform = (2,) * (2 * axes)
            r.layer(f"{kind}{axes}d", randn(2, 2, *size), padding=uniform if make else 2, make=make, **options)
            r.layer(f"{kind}{axes}d", randn(2, 2, *size), padding=widths[axes], make=make, **options)
            r.layer(f"{kind}{axes}d", randn(1, 3, *size), padding=widths[axes][::-1], make=make, **options)
            if kind in ("ConstantPad", "ZeroPad"):
                r.layer(f"{kind}{axes}d", randn(2, 2, *size), padding=tuple(1 - w for w in widths[axes]), **options)
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[axes]
        uneven = {1: 2.5, 2: (2.5, 1.5), 3: (2.0, 1.0, 1.5)}[axes]
        new = {1: 5, 2: (3, 11), 3: (6, 3, 4)}[axes]
        for options in [{"scale_factor": 2.0}, {"scale_factor": uneven}, {"size": new}, {"size": 1}]:
            r.layer("Upsample", randn(1, 2, *size), data=f"{axes} axes", **options)
            for align in [False, True]:
                r.layer("Upsample", randn(1, 2, *size), mode=mode, align_corners=align, **options)
                if axes == 2:
                    r.layer("Upsample", randn(1, 2, *size), mode="bicubic", align_corners=align, **options)
    for factor in [1.5, 2.0, 3.0, (1.0, 2.5)]:
        r.layer("UpsamplingNearest2d", randn(1, 2, 4, 3), scale_factor=factor)
        r.layer("UpsamplingBilinear2d", randn(1, 2, 4, 3), scale_factor=factor)
    r.layer("Identity", randn(3, 2))
    r.layer("Unflatten", randn(2, 6, 3), dim=1, unflattened_size=(2, 3))
    r.layer("Unflatten", randn(2, 6, 3), dim=-1, unflattened_size=(3, 1))
    r.layer("Unflatten", randn(4, 3), dim=0, unflattened_size=(2, 2))
    r.layer("Unflatten", randn(4, 12), dim=1, unflattened_size=(2, 3, 2))
    for batch in [(2,), (), (2, 3)]:
        for factor in [2, 3]:
            data = f"{len(batch)} batch axes"
            r.layer("PixelShuffle", randn(*batch, 2 * factor**2, 2, 3), data=data, upscale_factor=factor)
            r.layer("PixelUnshuffle", randn(*batch, 2, 2 * factor, 3 * factor), data=data, downscale_factor=factor)
    for groups in [1, 2, 3, 6]:
        r.layer("ChannelShuffle", randn(2, 6, 2, 2), groups=groups, call=shuffled)
    for options in [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2}, {"stride": (3, 1), "padding": (0, 1)}]:
        for kernel in [2, (3, 2)]:
            x = randn(2, 3, 6, 5)
            r.layer("Unfold", x, kernel_size=kernel, **options)
            columns = nn.Unfold(kernel, **options)(x)
            r.layer("Fold", randn(*columns.shape), output_size=(6, 5), kernel_size=kernel, **options)


def classes():
    """The names of all classes of torch.nn, in the order of its own list."""
    names = [name for name in nn.modules.__all__ if name != "Module"]
    others = [name for name in dir(nn) if isinstance(getattr(nn, name), type) and name not in nn.modules.__all__]
    return names + [name for name in others if issubclass(getattr(nn, name), nn.Module)]


def main():
    torch.manual_seed(11)
    folder = Path(sys.argv[1])
    (folder / "classes.txt").write_text("\n".join(classes()) + "\n")
    for family in [basic, conv, pool, shape, places]:
        recorder = LayerRecorder()
        family(recorder)
        recorder.write(folder / f"layers_{family.__name__}.safetensors")


if __name__ == "__main__":
    main()
