"""The zoo's lstm by PyTorch: same network, data, batches and schedule as ./cortado train lstm."""

from char_model import main

main("lstm")
