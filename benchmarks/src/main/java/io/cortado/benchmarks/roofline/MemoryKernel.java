package io.cortado.benchmarks.roofline;

import static io.cortado.benchmarks.roofline.Bound.COPY;
import static io.cortado.benchmarks.roofline.Bound.READ;
import static io.cortado.benchmarks.roofline.Bound.TRIAD;
import static io.cortado.benchmarks.roofline.Bound.UPDATE;

/**
 * Kernels that do little with each number, and so are bound by memory or by a cache.
 *
 * <p>Each has the floats that it must read and write for each of its elements, whatever it reads
 * again from a cache, and why it is slower than the bound where it is.
 */
public enum MemoryKernel {
  RELU("ReLU", COPY, 2, 2, MemoryKernels::relu, ""),
  RELU_BACKWARD("ReLU backward", TRIAD, 3, 3, MemoryKernels::reluBackward, ""),
  TANH("tanh", COPY, 2, 2, MemoryKernels::tanh, "polynomial and division"),
  TANH_BACKWARD("tanh backward", TRIAD, 3, 3, MemoryKernels::tanhBackward, ""),
  SIGMOID("sigmoid", COPY, 2, 2, MemoryKernels::sigmoid, "polynomial and division"),
  ERF("erf", COPY, 2, 2, MemoryKernels::erf, "polynomials"),
  EXP("exp", COPY, 2, 2, MemoryKernels::exp, "polynomial"),
  LOG("log", COPY, 2, 2, MemoryKernels::log, "polynomial"),
  POW("pow 2.5", COPY, 2, 2, MemoryKernels::pow, "polynomials in double precision"),
  ADD("add", TRIAD, 3, 3, MemoryKernels::add, ""),
  MUL_ACCUMULATE("multiply, beta 1", TRIAD, 4, 3, MemoryKernels::mulAccumulate, ""),
  ADD_ROW("add a row", COPY, 2, 2, MemoryKernels::addRow, "a call for each row"),
  ADD_CHANNEL("add channels", COPY, 2, 2, MemoryKernels::addChannel, "a call for each channel"),
  AXPBY("axpby", UPDATE, 3, 2, MemoryKernels::axpby, ""),
  COPY_BLOCK("copy of a block", COPY, 2, 2, MemoryKernels::copyBlock, ""),
  TRANSPOSE("transposition", COPY, 2, 2, MemoryKernels::transpose, "rows a page apart"),
  PERMUTE("permutation NCHW to NHWC", COPY, 2, 2, MemoryKernels::permute, "rows read in parts"),
  SUM("sum of all", READ, 1, 1, MemoryKernels::sum, ""),
  SUM_ROWS("sum of rows", READ, 1, 1, MemoryKernels::sumRows, ""),
  SUM_COLUMNS("sum of columns (bias)", READ, 1, 1, MemoryKernels::sumColumns, ""),
  SUM_CHANNELS("sum of channels (bias)", READ, 1, 1, MemoryKernels::sumChannels, ""),
  ARG_MAX(
      "argMax of rows",
      READ,
      1,
      1,
      MemoryKernels::argMax,
      "the maximum, then a search for its place"),
  SOFTMAX("softmax", COPY, 2, 2, MemoryKernels::softmax, "three passes, a polynomial"),
  SOFTMAX_BACKWARD("softmax backward", TRIAD, 3, 3, MemoryKernels::softmaxBackward, "two passes"),
  LOG_SOFTMAX("log-softmax", COPY, 2, 2, MemoryKernels::logSoftmax, "three passes, a polynomial"),
  CROSS_ENTROPY("cross-entropy, gradient", COPY, 2, 2, MemoryKernels::crossEntropy, "as softmax"),
  MSE("MSE, gradient", TRIAD, 3, 3, MemoryKernels::mse, ""),
  BCE("BCE, gradient", TRIAD, 3, 3, MemoryKernels::bce, "two logarithms, two divisions"),
  BCE_LOGITS("BCE with logits, gradient", TRIAD, 3, 3, MemoryKernels::bceLogits, "polynomials"),
  BATCH_NORM("batch norm", COPY, 2, 2, MemoryKernels::batchNorm, "two passes"),
  BATCH_NORM_BACKWARD(
      "batch norm backward", TRIAD, 3, 3, MemoryKernels::batchNormBackward, "two passes"),
  BATCH_NORM_1D("batch norm of columns", COPY, 2, 2, MemoryKernels::batchNorm1d, "two passes"),
  LAYER_NORM("layer norm", COPY, 2, 2, MemoryKernels::layerNorm, "three passes over a row"),
  LAYER_NORM_BACKWARD(
      "layer norm backward",
      TRIAD,
      3,
      3,
      MemoryKernels::layerNormBackward,
      "four passes over a row"),
  RMS_NORM("RMS norm", COPY, 2, 2, MemoryKernels::rmsNorm, "passes over a row"),
  GROUP_NORM("group norm", COPY, 2, 2, MemoryKernels::groupNorm, "three passes"),
  GROUP_NORM_BACKWARD(
      "group norm backward", TRIAD, 3, 3, MemoryKernels::groupNormBackward, "three passes"),
  LRN("LRN", COPY, 2, 2, MemoryKernels::lrn, "two roots and a division"),
  LRN_BACKWARD(
      "LRN backward",
      TRIAD,
      3,
      3,
      MemoryKernels::lrnBackward,
      "two passes, two roots and a division"),
  EMBEDDING("embedding", COPY, 2, 2, MemoryKernels::embedding, ""),
  EMBEDDING_BACKWARD("embedding backward", UPDATE, 3, 2, MemoryKernels::embeddingBackward, ""),
  DROPOUT("dropout", COPY, 2, 2, MemoryKernels::dropout, "ten rounds of Philox for four numbers"),
  SGD("SGD with momentum", UPDATE, 5, 3, MemoryKernels::sgd, ""),
  ADAM("Adam", UPDATE, 7, 4, MemoryKernels::adam, "root and division"),
  CLIP_NORM("norm of all gradients", READ, 1, 1, MemoryKernels::clipNorm, ""),
  MAX_POOL("max pool 2x2", COPY, 1.5, 2, MemoryKernels::maxPool, ""),
  MAX_POOL_BACKWARD("max pool 2x2 backward", COPY, 1.5, 2, MemoryKernels::maxPoolBackward, "");

  /** Makes a call of a kernel. */
  interface Maker {
    Runnable make(Operands o);
  }

  private final String title;
  private final Bound bound;
  private final double words;
  private final int arrays;
  private final Maker maker;
  private final String loss;

  MemoryKernel(String title, Bound bound, double words, int arrays, Maker maker, String loss) {
    this.title = title;
    this.bound = bound;
    this.words = words;
    this.arrays = arrays;
    this.maker = maker;
    this.loss = loss;
  }

  /** Returns the name that tables have. */
  public String title() {
    return title;
  }

  /** Returns the loop that bounds the kernel. */
  public Bound bound() {
    return bound;
  }

  /** Returns the floats that must be read and written for each element. */
  public double words() {
    return words;
  }

  /** Returns how many arrays of elements the kernel walks. */
  int arrays() {
    return arrays;
  }

  /** Returns what is done besides reading and writing, for the table's last column. */
  public String loss() {
    return loss;
  }

  /** Makes a call of the kernel, with operands of its own. */
  Runnable make(Operands o) {
    return maker.make(o);
  }
}
