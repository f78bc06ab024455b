"""The steps of EmbeddingStepBenchmark in PyTorch: a table's forward and backward pass and its update.

  embedding_step.py [THREADS...]        1 at first

Prints microseconds a step, for gradients of the whole table and for sparse ones.
"""
import sys

import torch
from torch import nn

from timing import line

WIDTH = 64
BATCH = 512
BATCHES = 64
OPTIMIZERS = {
    "SGD": lambda p, sparse: torch.optim.SGD(p, lr=1e-2),
    "ADAGRAD": lambda p, sparse: torch.optim.Adagrad(p, lr=1e-2),
    "ADAM": lambda p, sparse: (torch.optim.SparseAdam if sparse else torch.optim.Adam)(p, lr=1e-3),
}


def stepper(rows, name, sparse):
    torch.manual_seed(1)
    table = nn.Embedding(rows, WIDTH, sparse=sparse)
    optimizer = OPTIMIZERS[name](list(table.parameters()), sparse)
    batches = [torch.randint(0, rows, (BATCH,)) for _ in range(BATCHES)]
    turn = 0

    def step():
        nonlocal turn
        optimizer.zero_grad(set_to_none=True)
        table(batches[turn]).square().mean().backward()
        optimizer.step()
        turn = (turn + 1) % BATCHES

    return step


def main():
    print("torch", torch.__version__)
    for threads in [int(a) for a in sys.argv[1:]] or [1]:
        torch.set_num_threads(threads)
        for rows in (10000, 100000):
            for name in OPTIMIZERS:
                for sparse in (False, True):
                    kind = "sparse" if sparse else "dense"
                    line(f"{rows} {name} {kind}", threads, stepper(rows, name, sparse))


main()
