package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseSpec;
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

  private record Key(PointwiseProgram program, PointwiseLayout.Pattern pattern) {}

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
    long n = spec.output().size();
    if (n == 0) {
      return;
    }
    PointwiseLayout layout = PointwiseLayout.of(spec, narrow);
    List<Object> arguments = new ArrayList<>(4 + inputs.length + outputs.length);
    arguments.add(n);
    if (parameters.length > 0) {
      arguments.add(parameters);
    }
    long[] struct = layout.struct();
    if (struct.length > 0) {
      arguments.add(struct);
    }
    Collections.addAll(arguments, inputs);
    Collections.addAll(arguments, outputs);
    checkRoom(spec, struct.length + inputs.length + outputs.length);
    boolean fours = PointwiseSource.isByFours(spec.program(), layout.pattern());
    launch(
        function(spec.program(), layout.pattern()),
        PointwiseSource.KERNEL,
        blocks(fours ? Math.ceilDiv(n, 4L) : n),
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

  private CUfunction function(PointwiseProgram program, PointwiseLayout.Pattern pattern) {
    Key key = new Key(program, pattern);
    CUfunction function = functions.get(key);
    if (function == null) {
      function = compile(program, pattern);
      functions.put(key, function);
    }
    return function;
  }

  private CUfunction compile(PointwiseProgram program, PointwiseLayout.Pattern pattern) {
    String source = PointwiseSource.of(program, pattern);
    try {
      return kernels().generated(PointwiseSource.FILE, source, PointwiseSource.KERNEL);
    } catch (BackendException e) {
      throw new BackendException(
          "%s%nThis was for the pointwise program%n%s%nwhose kernel is%n%s"
              .formatted(e.getMessage(), program, PointwiseSource.generated(program, pattern)),
          e);
    }
  }
}
