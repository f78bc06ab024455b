"""AlexNet's form for CIFAR-10 by PyTorch, as ./cortado train alexnet trains it; see classifier.py."""

from classifier import alexnet, main

main(alexnet, "cifar-10", lambda data: "cifar", lambda data: ("sgd", 0.05, 5e-4, 40, 128, "cutout"))
