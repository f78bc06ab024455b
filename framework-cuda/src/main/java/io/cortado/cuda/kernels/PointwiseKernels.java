package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.cuda.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUfunction;

/**
 * Pointwise programs, each as one kernel that is written and compiled when it is first run.
 *
 * <p>A kernel serves all sizes and all parameters. Kernels are kept until the device is closed:
 * there are only as many as formulas and ways of broadcasting, and recorded steps, which nobody
 * counts, launch them again.
 */
public final class PointwiseKernels extends Family {

  /** The most bytes of arguments that all drivers take. */
  private static final int MOST_BYTES = Arguments.BYTES;

  private record Key(PointwiseProgram program, PointwiseLayout.Pattern pattern, boolean reduces) {}

  private final Map<Key, CUfunction> functions = new HashMap<>();
  private final long narrow;

  /** Makes the family of a device. */
  public PointwiseKernels(Kernels kernels) {
    this(kernels, Integer.MAX_VALUE);
  }

  /** Makes a family that counts more elements than these by 64 bits. */
  PointwiseKernels(Kernels kernels, long narrow) {
    super(kernels, PointwiseSource.FILE);
    this.narrow = narrow;
  }

  /** See {@link io.cortado.backend.PointwiseOps#pointwise}. */
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    if (spec.output().size() > 0) {
      PointwiseLayout layout = PointwiseLayout.of(spec, narrow);
      List<Object> arguments = arguments(spec, layout, parameters, inputs);
      Collections.addAll(arguments, outputs);
      launch(spec.program(), layout, false, blocks(spec, layout), arguments);
    }
  }

  /**
   * See {@link io.cortado.backend.PointwiseOps#pointwiseReduce}.
   *
   * <p>Each thread adds up its elements and each block its threads' sums, in an order that the
   * extents and, because threads take four elements at a time where they can, the alignment decide.
   */
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    long n = spec.output().size();
    float divisor = op == ReduceOp.MEAN ? (float) n : 1f;
    if (n == 0) {
      total(0, divisor, y, y);
      return;
    }
    PointwiseLayout layout = PointwiseLayout.of(spec, narrow);
    int blocks = blocks(spec, layout);
    List<Object> arguments = arguments(spec, layout, parameters, inputs);
    arguments.add(divisor);
    if (blocks == 1) {
      arguments.add(y);
      Collections.addAll(arguments, outputs);
      launch(spec.program(), layout, true, blocks, arguments);
      return;
    }
    try (Scratch scratch = kernels().context.memory().scratch((long) blocks * Float.BYTES)) {
      arguments.add(scratch.pointer());
      Collections.addAll(arguments, outputs);
      launch(spec.program(), layout, true, blocks, arguments);
      total(blocks, divisor, scratch.pointer(), y);
    }
  }

  private void total(int parts, float divisor, Object sums, Buffer y) {
    String kernel = "pointwise_total";
    launch(kernels().function("loss.cu", kernel), kernel, 1, parts, divisor, sums, y);
  }

  private static int blocks(PointwiseSpec spec, PointwiseLayout layout) {
    long n = spec.output().size();
    boolean fours = PointwiseSource.isByFours(spec.program(), layout.pattern());
    return blocks(fours ? Math.ceilDiv(n, 4L) : n);
  }

  /** Returns a kernel's first arguments, up to the inputs. */
  private static List<Object> arguments(
      PointwiseSpec spec, PointwiseLayout layout, float[] parameters, Buffer[] inputs) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(spec.output().size());
    if (parameters.length > 0) {
      arguments.add(parameters);
    }
    long[] struct = layout.struct();
    if (struct.length > 0) {
      arguments.add(struct);
    }
    Collections.addAll(arguments, inputs);
    // The outputs, and the divisor that a sum has besides.
    checkRoom(spec, struct.length + inputs.length + spec.program().outputs().size() + 1);
    return arguments;
  }

  private void launch(
      PointwiseProgram program,
      PointwiseLayout layout,
      boolean reduces,
      int blocks,
      List<Object> arguments) {
    launch(
        function(new Key(program, layout.pattern(), reduces)),
        PointwiseSource.KERNEL,
        blocks,
        arguments.toArray());
  }

  private static void checkRoom(PointwiseSpec spec, int longs) {
    long bytes = Long.BYTES * (longs + 2L + spec.program().parameters() / 2);
    if (bytes > MOST_BYTES) {
      throw new BackendException(
          "a pointwise program of %d inputs, %d outputs and %d parameters takes %d bytes of arguments, and a kernel %d: split it"
              .formatted(
                  spec.program().inputs(),
                  spec.program().outputs().size(),
                  spec.program().parameters(),
                  bytes,
                  MOST_BYTES));
    }
  }

  private CUfunction function(Key key) {
    CUfunction function = functions.get(key);
    if (function == null) {
      function = compile(key);
      functions.put(key, function);
    }
    return function;
  }

  private CUfunction compile(Key key) {
    String source = PointwiseSource.of(key.program, key.pattern, key.reduces);
    try {
      return kernels().generated(PointwiseSource.FILE, source, PointwiseSource.KERNEL);
    } catch (BackendException e) {
      String generated = PointwiseSource.generated(key.program, key.pattern, key.reduces);
      throw new BackendException(
          "%s%nThis was for the pointwise program%n%s%nwhose kernel is%n%s"
              .formatted(e.getMessage(), key.program, generated),
          e);
    }
  }
}
