package io.cortado.backend;

/**
 * The arithmetic and memory of one device.
 *
 * <p>See the package's description for the rules. Operations may run asynchronously, in the order
 * of the calls; {@link #download} and {@link #synchronize} wait. An instance is used by one thread
 * at a time. Wherever {@code beta} stands, 0 means that the output is overwritten whatever it held,
 * and 1 that the result is added to it.
 *
 * <p>This is the table of contents. Each family of operations is an interface, and the families are
 * in five groups:
 *
 * <ul>
 *   <li>memory: {@link MemoryOps}
 *   <li>elements: {@link ElementwiseOps}, {@link PointwiseOps}, {@link CopyOps}, {@link ReduceOps},
 *       {@link OrderOps}, {@link IndexOps}
 *   <li>layers: {@link MatrixOps}, {@link ConvOps}, {@link PoolOps}, {@link MaxPoolOps}, {@link
 *       NormOps}
 *   <li>sequences: {@link EmbeddingOps}, {@link RecurrentOps}, {@link SequenceLossOps}
 *   <li>training: {@link LossOps}, {@link RandomOps}, {@link OptimizerOps}, {@link LossScaleOps}
 * </ul>
 *
 * <p>A backend is cut likewise, into a short chain of one class for each group, as {@link
 * ForwardingBackend} is.
 */
public interface Backend
    extends MemoryOps,
        ElementwiseOps,
        PointwiseOps,
        CopyOps,
        ReduceOps,
        OrderOps,
        IndexOps,
        MatrixOps,
        ConvOps,
        PoolOps,
        MaxPoolOps,
        NormOps,
        EmbeddingOps,
        RecurrentOps,
        SequenceLossOps,
        LossOps,
        RandomOps,
        OptimizerOps,
        LossScaleOps,
        AutoCloseable {

  /** Returns the name users ask for, such as {@code "cpu"}. */
  String name();

  /** Returns one line for a log: what runs here, and why it was chosen over what else there is. */
  String description();

  /**
   * Returns the precision this was opened with; what is computed is at least as exact.
   *
   * <p>Whether gradients are computed in a format that small ones vanish in, and so whether a
   * training scales its loss, is decided by it.
   */
  default MathPrecision precision() {
    return MathPrecision.FLOAT32;
  }

  /** Says whether this backend can {@linkplain #record record} work and repeat it. */
  default boolean canRecord() {
    return false;
  }

  /**
   * Records the operations that some work calls, without executing them.
   *
   * <p>Buffers that are allocated and released meanwhile are the recording's until it is closed. If
   * the work throws, what was recorded is thrown away, and this backend is as it was.
   *
   * @throws RecordingException if the work did what cannot be recorded, such as a download
   * @throws UnsupportedOperationException if this backend {@linkplain #canRecord() cannot}
   */
  default Recording record(Runnable work) {
    throw new UnsupportedOperationException(name() + " executes operations at once");
  }

  /** Frees all memory and threads; a second call does nothing. */
  @Override
  void close();
}
