"""LeNet-5 by PyTorch, as ./cortado train lenet5 trains it; see classifier.py."""

from classifier import lenet5, main

main(lenet5, "mnist", lambda data: "modern" if data == "fashion-mnist" else "1998",
     lambda data: ("adamw", 2e-3, 0.01, 15, 64, "flip") if data == "fashion-mnist" else
     ("adamw", 2e-3, 0.01, 12, 64, "shift"))
