package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnCell;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.DeviceAddress;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * What a step of a recurrent layer does besides matrix products, in one launch; and how parameters
 * get into cuDNN's order and back.
 */
public final class RnnKernels extends Family implements RnnCell {

  private static final int PARTS = KernelSource.RNN_PARTS;
  private static final int FIELDS = 4;

  /**
   * A run of numbers to be copied: {@code to = from + beta * to}.
   *
   * @param count how many numbers
   */
  public record Part(CUdeviceptr from, CUdeviceptr to, long count, float beta) {}

  /** Makes the family of a device. */
  public RnnKernels(Kernels kernels) {
    super(kernels, "rnn.cu");
  }

  /** Returns the fields of the kernels' struct RnnStep. */
  private static int[] step(RnnSpec s, int t) {
    return new int[] {
      s.kind().ordinal(), t, s.batch(), s.hidden(), s.width(), s.outputStride(), s.outputOffset()
    };
  }

  private static CUdeviceptr at(Buffer reserve, long element) {
    return CudaBuffer.of(reserve).at(element);
  }

  private static @Nullable CUdeviceptr cell(RnnSpec s, Buffer reserve, int state) {
    return s.kind() == RnnSpec.Kind.LSTM ? at(reserve, s.cellAt(state)) : null;
  }

  private static @Nullable CUdeviceptr candidate(RnnSpec s, Buffer reserve, int t) {
    return s.kind() == RnnSpec.Kind.GRU ? at(reserve, s.candidateAt(t)) : null;
  }

  @Override
  public void forward(
      RnnSpec s,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer recurrent,
      @Nullable Buffer biasIh,
      @Nullable Buffer biasHh,
      Buffer y) {
    each(
        "rnn_forward",
        s.stateSize(),
        step(s, t),
        s.stateSize(),
        lengths,
        at(reserve, s.gatesAt(t)),
        recurrent,
        biasIh,
        biasHh,
        at(reserve, s.hiddenAt(s.before(t))),
        at(reserve, s.hiddenAt(s.after(t))),
        cell(s, reserve, s.before(t)),
        cell(s, reserve, s.after(t)),
        candidate(s, reserve, t),
        y);
  }

  @Override
  public void backward(
      RnnSpec s,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer dy,
      Buffer dh,
      @Nullable Buffer dc) {
    each(
        "rnn_backward",
        s.stateSize(),
        step(s, t),
        s.stateSize(),
        lengths,
        at(reserve, s.gatesAt(t)),
        at(reserve, s.hiddenAt(s.before(t))),
        at(reserve, s.hiddenAt(s.after(t))),
        cell(s, reserve, s.before(t)),
        cell(s, reserve, s.after(t)),
        candidate(s, reserve, t),
        dy,
        dh,
        dc);
  }

  /** Copies runs of numbers, as many as a launch takes at a time. */
  public void copy(List<Part> parts) {
    for (int from = 0; from < parts.size(); from += PARTS) {
      long[] table = new long[PARTS * FIELDS];
      long longest = 0;
      for (int i = 0; i < PARTS && from + i < parts.size(); i++) {
        Part part = parts.get(from + i);
        table[i * FIELDS] = DeviceAddress.of(part.from());
        table[i * FIELDS + 1] = DeviceAddress.of(part.to());
        table[i * FIELDS + 2] = part.count();
        table[i * FIELDS + 3] = Integer.toUnsignedLong(Float.floatToRawIntBits(part.beta()));
        longest = Math.max(longest, part.count());
      }
      each("rnn_copy", longest, table);
    }
  }
}
