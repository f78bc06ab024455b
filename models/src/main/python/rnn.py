"""The zoo's rnn by PyTorch: same network, data, batches and schedule as ./cortado train rnn."""

from char_model import main

main("rnn")
