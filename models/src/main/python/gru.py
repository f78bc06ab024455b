"""The zoo's gru by PyTorch: same network, data, batches and schedule as ./cortado train gru."""

from char_model import main

main("gru")
