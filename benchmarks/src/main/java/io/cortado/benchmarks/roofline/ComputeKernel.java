package io.cortado.benchmarks.roofline;

/** Kernels bound by arithmetic: products, convolutions, recurrent layers. */
public enum ComputeKernel {
  GEMM(
      "GEMM 1024",
      2.0 * 1024 * 1024 * 1024,
      ComputeKernels::gemm,
      "packing, edges of the blocks, the memory's latency"),
  CONV_3X3(
      "3x3 convolution, 64 to 64 channels, 32x32, batch 16",
      ComputeKernels.FLOPS_3X3,
      ComputeKernels::conv3x3,
      "packing; Winograd does fewer operations than are counted"),
  CONV_3X3_DATA(
      "its data gradient", ComputeKernels.FLOPS_3X3, ComputeKernels::conv3x3Data, "as forward"),
  CONV_3X3_FILTER(
      "its filter gradient",
      ComputeKernels.FLOPS_3X3,
      ComputeKernels::conv3x3Filter,
      "packing both operands"),
  CONV_5X5(
      "5x5 convolution, 6 to 16 channels, 14x14, batch 128",
      ComputeKernels.FLOPS_5X5,
      ComputeKernels::conv5x5,
      "few channels: little reuse of what is packed"),
  CONV_5X5_FILTER(
      "its filter gradient",
      ComputeKernels.FLOPS_5X5,
      ComputeKernels::conv5x5Filter,
      "few channels: little reuse of what is packed"),
  LSTM(
      "LSTM 64 to 256, 64 steps, batch 32",
      ComputeKernels.FLOPS_LSTM,
      ComputeKernels::lstm,
      "products of 32 rows, the gates' functions"),
  LSTM_BACKWARD(
      "the same, forward and backward",
      3 * ComputeKernels.FLOPS_LSTM,
      ComputeKernels::lstmBackward,
      "products of 32 rows, the gates' gradients");

  private final String title;
  private final double flops;
  private final MemoryKernel.Maker maker;
  private final String loss;

  ComputeKernel(String title, double flops, MemoryKernel.Maker maker, String loss) {
    this.title = title;
    this.flops = flops;
    this.maker = maker;
    this.loss = loss;
  }

  /** Returns the name that tables have. */
  public String title() {
    return title;
  }

  /** Returns the operations of a call, as the definition has them. */
  public double flops() {
    return flops;
  }

  /** Returns what costs time besides multiply-adds, for the table's last column. */
  public String loss() {
    return loss;
  }

  /** Makes a call of the kernel, with operands of its own. */
  Runnable make(Operands o) {
    return maker.make(o);
  }
}
