#!/usr/bin/env python3
"""Records torch.nn's attention, transformers and other layers, for TorchLayersSuite to compare ours with.

Regenerate, from this folder, with any Python that has PyTorch (1.13.1 made the file in the repository; of
MultiheadAttention where a mask hides all keys, which gave NaN before torch 2.5, 2.13 computed what is there from 1.13.1's inputs):

    python3 record_attention_layers.py ../resources/io/cortado/tck/torch

Cases are named and laid out as record_layers.py says. Options that are no arguments of the class say how it is called.
"""

import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from record_layers import LayerRecorder, integers
from record_torch import exact, randn


def masked(*shape):
    """A boolean mask as integers that hides no row as a whole."""
    mask = (torch.rand(*shape) < 0.4).int()
    mask[..., 0] = 0
    return mask


def causal(n, m):
    return torch.triu(torch.full((n, m), -math.inf, dtype=torch.float64), diagonal=1)


class Functional(nn.Module):
    """A function as a module without parameters."""

    def __init__(self, function, **options):
        super().__init__()
        self.function = function
        self.options = options

    def forward(self, *x):
        return self.function(*x, **self.options)


def attention(q, k, v, mask=None, is_causal=False, scale=None, enable_gqa=False, dropout=0.0):
    """What torch 2's scaled_dot_product_attention is documented to compute; 1.13.1 has it under a private name."""
    if enable_gqa:
        k = k.repeat_interleave(q.size(-3) // k.size(-3), -3)
        v = v.repeat_interleave(q.size(-3) // v.size(-3), -3)
    scores = q @ k.transpose(-2, -1) * (1 / math.sqrt(q.size(-1)) if scale is None else scale)
    if is_causal:
        scores = scores + causal(q.size(-2), k.size(-2))
    if mask is not None:
        scores = scores + (mask if mask.is_floating_point() else torch.zeros(mask.shape).double().masked_fill(mask == 0, -math.inf))
    unseen = (scores == -math.inf).all(-1, keepdim=True)  # a query of no key gives 0
    return scores.masked_fill(unseen, 0).softmax(-1).masked_fill(unseen, 0) @ v


def scaled_dot_product_attention(r):
    def case(inputs, data, **options):
        r.layer("scaled_dot_product_attention", inputs, data=data, make=lambda **o: Functional(attention, **o), **options)

    own = getattr(F, "_scaled_dot_product_attention", None)
    if own is not None:  # the formula above is torch's
        q, k, v = randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4)
        assert torch.allclose(own(q, k, v)[0], attention(q, k, v))
        assert torch.allclose(own(q, k, v, is_causal=True)[0], attention(q, k, v, is_causal=True))
    case([randn(3, 4), randn(5, 4), randn(5, 2)], "plain")
    case([randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4)], "batch")
    case([randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 3)], "heads", scale=0.3)
    case([randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4)], "wide", is_causal=True)
    case([randn(2, 5, 4), randn(2, 3, 4), randn(2, 3, 4)], "tall", is_causal=True)
    case([randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 4), 1 - masked(3, 5)], "seen")
    case([randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 4), 1 - masked(2, 1, 1, 5)], "padding")
    case([randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 4), randn(2, 3, 5)], "added")
    case([randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4), torch.zeros(3, 5).int()], "nothing")
    case([randn(2, 4, 3, 2), randn(2, 2, 5, 2), randn(2, 2, 5, 3)], "groups", enable_gqa=True)
    case([randn(2, 3, 4) * 100, randn(2, 5, 4) * 100, randn(2, 5, 4)], "large")


def multihead(r):
    def call(masks, need_weights, average):
        def run(m, q, k, v, *rest):
            rest = [x.bool() if not x.is_floating_point() else x for x in rest]
            given = dict(zip(masks.split("x"), rest)) if masks else {}
            out = m(q, k, v, need_weights=need_weights, average_attn_weights=average,
                    key_padding_mask=given.get("padding"), attn_mask=given.get("attn"))
            return [out[0]] if out[1] is None else list(out)
        return run

    def case(inputs, more=(), masks=None, need_weights=True, average=True, data=None, itself=False, **options):
        said = dict(options)
        if masks:
            said["masks"] = masks
        if not need_weights:
            said["need_weights"] = False
        if not average:
            said["average_attn_weights"] = False
        run = call(masks, need_weights, average)
        if itself:
            said["itself"] = True
        one = (lambda m, x, *rest: run(m, x, x, x, *rest)) if itself else run
        extra = {"masks", "need_weights", "average_attn_weights", "itself"}
        r.layer("MultiheadAttention", list(inputs) + list(more), data=data, call=one,
                make=lambda **o: nn.MultiheadAttention(**{k: v for k, v in o.items() if k not in extra}), **said)

    cross = lambda: [randn(3, 2, 4), randn(5, 2, 4), randn(5, 2, 4)]
    case(cross(), embed_dim=4, num_heads=2)
    case(cross(), need_weights=False, embed_dim=4, num_heads=2)
    case(cross(), average=False, embed_dim=4, num_heads=2, bias=False)
    case([randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4)], embed_dim=4, num_heads=4, batch_first=True)
    case([randn(3, 4), randn(5, 4), randn(5, 4)], data="single", embed_dim=4, num_heads=1)
    case([randn(3, 2, 4)], itself=True, need_weights=False, embed_dim=4, num_heads=2)
    case([randn(2, 3, 4)], itself=True, embed_dim=4, num_heads=2, batch_first=True)
    wide = lambda: [randn(3, 2, 4), randn(5, 2, 3), randn(5, 2, 6)]
    case(wide(), embed_dim=4, num_heads=2, kdim=3, vdim=6)
    case(wide(), need_weights=False, embed_dim=4, num_heads=2, kdim=3, vdim=6, bias=False)
    case(cross(), embed_dim=4, num_heads=2, add_bias_kv=True)
    case(cross(), embed_dim=4, num_heads=2, add_zero_attn=True, need_weights=False)
    case(cross(), [masked(2, 5)], masks="padding", embed_dim=4, num_heads=2, add_bias_kv=True, add_zero_attn=True)
    case(cross(), [masked(2, 5)], masks="padding", need_weights=False, embed_dim=4, num_heads=2)
    case(cross(), [masked(3, 5)], masks="attn", need_weights=False, embed_dim=4, num_heads=2)
    case(cross(), [randn(4, 3, 5)], masks="attn", need_weights=False, embed_dim=4, num_heads=2, data="added")
    case(cross(), [randn(3, 5), masked(2, 5)], masks="attnxpadding", embed_dim=4, num_heads=2)
    case(cross(), [randn(3, 5), masked(2, 5)], masks="attnxpadding", need_weights=False, embed_dim=4, num_heads=2)
    case(cross(), [torch.ones(2, 5).int()], masks="padding", need_weights=False, embed_dim=4, num_heads=2, data="nothing")
    case([randn(3, 4), randn(5, 4), randn(5, 4)], [masked(5)], masks="padding", data="single", embed_dim=4, num_heads=2)


def transformers(r):
    size = dict(d_model=4, nhead=2, dim_feedforward=6, dropout=0.0)

    def encoder_layer(inputs, masks=None, data=None, **options):
        def run(m, x, *rest):
            given = dict(zip(masks.split("x"), [y.bool() if not y.is_floating_point() else y for y in rest])) if masks else {}
            return m(x, src_mask=given.get("attn"), src_key_padding_mask=given.get("padding"))
        said = options | ({"masks": masks} if masks else {})
        r.layer("TransformerEncoderLayer", inputs, data=data, call=run,
                make=lambda masks=None, **o: nn.TransformerEncoderLayer(**o), **size, **said)

    encoder_layer([randn(3, 2, 4)])
    encoder_layer([randn(3, 2, 4)], norm_first=True)
    encoder_layer([randn(2, 3, 4)], batch_first=True, activation="gelu")
    encoder_layer([randn(3, 4)], data="single", layer_norm_eps=0.1)
    encoder_layer([randn(3, 2, 4), causal(3, 3)], masks="attn")
    encoder_layer([randn(2, 3, 4), masked(2, 3)], masks="padding", batch_first=True, norm_first=True)

    def decoder_layer(inputs, masks=None, data=None, **options):
        def run(m, x, memory, *rest):
            given = dict(zip(masks.split("x"), [y.bool() if not y.is_floating_point() else y for y in rest])) if masks else {}
            return m(x, memory, tgt_mask=given.get("attn"), memory_key_padding_mask=given.get("padding"))
        said = options | ({"masks": masks} if masks else {})
        r.layer("TransformerDecoderLayer", inputs, data=data, call=run,
                make=lambda masks=None, **o: nn.TransformerDecoderLayer(**o), **size, **said)

    decoder_layer([randn(3, 2, 4), randn(5, 2, 4)])
    decoder_layer([randn(3, 2, 4), randn(5, 2, 4)], norm_first=True, activation="gelu")
    decoder_layer([randn(2, 3, 4), randn(2, 5, 4)], batch_first=True, layer_norm_eps=0.1)
    decoder_layer([randn(3, 4), randn(5, 4)], data="single")
    decoder_layer([randn(3, 2, 4), randn(5, 2, 4), causal(3, 3), masked(2, 5)], masks="attnxpadding")

    def encoder(num_layers=2, norm=False, norm_first=False, batch_first=False):
        layer = nn.TransformerEncoderLayer(**size, norm_first=norm_first, batch_first=batch_first)
        return nn.TransformerEncoder(layer, num_layers, nn.LayerNorm(4) if norm else None)

    def decoder(num_layers=2, norm=False, norm_first=False, batch_first=False):
        layer = nn.TransformerDecoderLayer(**size, norm_first=norm_first, batch_first=batch_first)
        return nn.TransformerDecoder(layer, num_layers, nn.LayerNorm(4) if norm else None)

    for options in [{}, {"num_layers": 1, "norm": True}, {"norm_first": True, "norm": True}, {"batch_first": True}]:
        r.layer("TransformerEncoder", [randn(3, 2, 4)], make=encoder, **options)
        r.layer("TransformerDecoder", [randn(3, 2, 4), randn(3, 2, 4)], make=decoder, **options)
    for options in [{}, {"norm_first": True}, {"batch_first": True, "activation": "gelu"}, {"num_decoder_layers": 2}]:
        r.layer("Transformer", [randn(3, 2, 4), randn(3, 2, 4)],
                **(size | {"num_encoder_layers": 1, "num_decoder_layers": 1} | options))


def features(r):
    r.layer("PReLU", randn(3, 4))
    r.layer("PReLU", randn(5), init=0.1)
    r.layer("PReLU", randn(2, 3, 4), num_parameters=3)
    r.layer("PReLU", randn(4, 3), num_parameters=3, init=0.5)
    r.layer("PReLU", torch.tensor([[0.0, -1e4, 1e4, -1.0]]).double(), data="edges")
    for options in [{}, {"lower": 0.1, "upper": 0.2}, {"lower": 0.0, "upper": 0.0}, {"lower": 0.3, "upper": 0.5}]:
        r.layer("RReLU", randn(3, 4), make=lambda **o: nn.RReLU(**o).eval(), data="eval", **options)
    r.layer("GLU", randn(3, 4))
    r.layer("GLU", randn(4, 3), dim=0)
    r.layer("GLU", randn(2, 4, 3), dim=1)
    r.layer("GLU", randn(2, 2, 6) * 30, dim=-1)
    for dim, shape in [(0, (4,)), (1, (3, 4)), (0, (3, 4)), (-2, (2, 3, 4))]:
        r.layer("Softmin", randn(*shape), dim=dim, data="x".join(map(str, shape)))
    r.layer("Softmax2d", randn(2, 3, 2, 4))
    r.layer("Softmax2d", randn(3, 2, 4), data="single")
    r.layer("Softmax2d", randn(2, 3, 2, 4) * 100, data="large")
    r.layer("Softmax2d", randn(2, 1, 2, 2), data="one channel")
    sizes = dict(in1_features=3, in2_features=4, out_features=2)
    r.layer("Bilinear", [randn(5, 3), randn(5, 4)], **sizes)
    r.layer("Bilinear", [randn(5, 3), randn(5, 4)], **sizes, bias=False)
    r.layer("Bilinear", [randn(2, 3, 3), randn(2, 3, 4)], **sizes, data="axes")
    r.layer("Bilinear", [randn(3), randn(4)], **sizes, data="single")
    zero = randn(3, 4)
    zero[1] = 0
    r.layer("CosineSimilarity", [randn(3, 4), randn(3, 4)])
    r.layer("CosineSimilarity", [randn(3, 4), randn(3, 4)], dim=0)
    r.layer("CosineSimilarity", [randn(2, 3, 4), randn(3, 4)], dim=-1, eps=1e-3)
    r.layer("CosineSimilarity", [randn(3, 4) * 0.1, randn(3, 4)], dim=1, eps=0.5, data="short")
    r.layer("CosineSimilarity", [zero, randn(3, 4)], data="zero")
    for options in [{}, {"p": 1.0}, {"p": 3.0, "eps": 0.01}, {"p": math.inf}, {"keepdim": True}, {"p": 0.5}]:
        r.layer("PairwiseDistance", [randn(3, 4), randn(3, 4)], **options)
    r.layer("PairwiseDistance", [randn(4), randn(4)], data="single")


def tables(r):
    size = dict(num_embeddings=5, embedding_dim=3)
    r.layer("Embedding", integers(5, 6), **size, max_norm=0.5)
    r.layer("Embedding", integers(5, 2, 4), **size, max_norm=0.7, norm_type=1.0, padding_idx=1)
    r.layer("Embedding", torch.tensor([0, 2, 2, 2, 4]), **size, scale_grad_by_freq=True)
    r.layer("Embedding", torch.tensor([[0, 2], [2, 2], [4, 0]]), **size, scale_grad_by_freq=True, padding_idx=0, max_norm=1.0)

    def bag(inputs, **options):
        r.layer("EmbeddingBag", inputs, **size, **options)

    indices = torch.tensor([1, 2, 4, 4, 3, 2, 4, 0])
    offsets = torch.tensor([0, 3, 3, 7])
    for mode in ["sum", "mean", "max"]:
        bag([integers(5, 3, 4)], mode=mode)
        bag([indices, offsets], mode=mode, data="offsets")
        bag([indices, torch.tensor([0, 2, 2, 8])], mode=mode, include_last_offset=True)
        bag([indices, offsets], mode=mode, padding_idx=4)
        bag([torch.tensor([[4, 1, 4], [4, 4, 4]])], mode=mode, padding_idx=-1, data="rows")
    bag([integers(5, 2, 3)], max_norm=0.6)
    # 1.13.1 takes the frequency of another row where these differ; where they do not, it is right.
    bag([torch.tensor([[1, 2, 4], [4, 2, 1]])], scale_grad_by_freq=True, mode="sum")
    weights = dict(call=lambda m, x, o, w: m(x, o, w))
    r.layer("EmbeddingBag", [indices, offsets, randn(8)], **size, mode="sum", data="weights", **weights)
    r.layer("EmbeddingBag", [integers(5, 2, 3), randn(2, 3)], **size, mode="sum", data="weights of rows",
            call=lambda m, x, w: m(x, per_sample_weights=w))
    r.layer("EmbeddingBag", [indices, offsets, randn(8)], **size, mode="sum", padding_idx=2, data="weights", **weights)


def adaptive(r):
    def case(n, labels, **options):
        r.layer("AdaptiveLogSoftmaxWithLoss", [randn(*([n] if n else []), 8), torch.tensor(labels)], **options,
                call=lambda m, x, t: [*m(x, t)] + ([m.log_prob(x), m.predict(x)] if n else []))

    size = dict(in_features=8, n_classes=11)
    case(6, [0, 10, 3, 4, 8, 2], **size, cutoffs=[3, 7], div_value=2.0)
    case(4, [0, 2, 1, 2], **size, cutoffs=[3, 7], div_value=2.0, data="head alone")
    case(3, [8, 7, 10], **size, cutoffs=[3, 7], div_value=2.0, head_bias=True, data="last cluster")
    case(5, [10, 1, 1, 0, 5], **size, cutoffs=[1])
    case(4, [9, 1, 4, 0], **size, cutoffs=[2, 4, 9], div_value=1.5, head_bias=True)
    case(None, 9, **size, cutoffs=[3, 7], div_value=2.0, data="single")


def norms(r):
    """Parametrisations, under the names of torch.nn.utils.parametrizations, which lacks weight_norm in 1.13.1."""
    def linear(dim="0"):
        return nn.utils.weight_norm(nn.Linear(3, 4), dim=None if dim == "None" else int(dim))

    for options in [{}, {"dim": "1"}, {"dim": "None"}]:
        r.layer("weight_norm", randn(5, 3), make=linear, data="linear", **options)
    r.layer("weight_norm", randn(2, 2, 5, 4), make=lambda: nn.utils.weight_norm(nn.Conv2d(2, 3, 3)), data="conv")
    for key in [k for k in r.tensors if k.startswith("weight_norm")]:
        name = key.replace(".weight_g", ".parametrizations.weight.original0")
        name = name.replace(".weight_v", ".parametrizations.weight.original1")
        r.tensors[name] = r.tensors.pop(key)

    def spectral(dim=0, n_power_iterations=1, eps=1e-12, eval=False):
        m = nn.utils.parametrizations.spectral_norm(
            nn.Linear(3, 4), dim=dim, n_power_iterations=n_power_iterations, eps=eps)
        return m.eval() if eval else m

    for options in [{}, {"dim": 1}, {"n_power_iterations": 3}, {"eval": True}]:
        r.layer("spectral_norm", randn(5, 3), make=spectral, data="linear", **options)
    r.layer("spectral_norm", randn(2, 2, 5, 4), data="conv",
            make=lambda: nn.utils.parametrizations.spectral_norm(nn.Conv2d(2, 3, 3)))


def main():
    torch.manual_seed(23)
    recorder = LayerRecorder()
    for family in [scaled_dot_product_attention, multihead, transformers, features, tables, norms, adaptive]:
        family(recorder)
    recorder.write(Path(sys.argv[1]) / "layers_attention.safetensors")


if __name__ == "__main__":
    main()
