"""Records the losses of the first 20 training steps of the character models in PyTorch, for CharModelTest.

    python3 char_model_losses.py > ../resources/io/cortado/models/char-model-losses.csv

Weights come from a hash of their position, as lenet5_losses.py makes them. Made with PyTorch 1.13.1.
"""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "main/python"))

from char_model import CharNetwork, read, text_of
from lenet5_losses import set_weights

STEPS = 20


def main():
    torch.set_num_threads(1)
    text = text_of("shakespeare-sample")
    characters = sorted(set(text))
    encoded = torch.tensor([characters.index(c) for c in text])
    print("cell,step,loss")
    for cell in ("rnn", "lstm", "gru"):
        network = CharNetwork(cell, len(characters), 16, 32, 2, 0)
        set_weights(network)
        optimizer = torch.optim.Adam(network.parameters(), 3e-3)
        losses = []

        def after(loss):
            losses.append(loss)
            return len(losses) < STEPS

        read(network, encoded, 8, 24, optimizer, after_step=after)
        for step, loss in enumerate(losses):
            print(f"{cell},{step},{loss:.9g}")


if __name__ == "__main__":
    main()
