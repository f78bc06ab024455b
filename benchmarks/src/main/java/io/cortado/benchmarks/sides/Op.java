package io.cortado.benchmarks.sides;

/** A layer of a {@link FeedForward} network; parameters and shapes as in PyTorch. */
public sealed interface Op {

  /** A convolution with a square kernel and a bias. */
  record Conv(int in, int out, int kernel, int stride, int padding) implements Op {}

  /** The largest value of each square window. */
  record MaxPool(int kernel, int stride) implements Op {}

  /** A fully connected layer with a bias. */
  record Linear(int in, int out) implements Op {}

  /** {@code max(x, 0)}. */
  record Relu() implements Op {}

  /** {@code 1 / (1 + exp(-x))}. */
  record Sigmoid() implements Op {}

  /** All axes but the first become one. */
  record Flatten() implements Op {}
}
