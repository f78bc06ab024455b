package io.cortado.tck;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The memory of {@link FaultyBackend}, and what spoils an output. */
abstract class FaultyMemoryOps extends ForwardingBackend {

  /** Stands for the beta of outputs that have none. */
  static final float NO_BETA = Float.NaN;

  record Slice(Buffer whole, long offset) {}

  final Fault fault;
  final Map<Buffer, Slice> slices = new IdentityHashMap<>();

  FaultyMemoryOps(Backend delegate, Fault fault) {
    super(delegate);
    this.fault = fault;
  }

  /** Returns beta, or what the fault makes of it. */
  final float beta(String operation, int output, float beta) {
    if (fault.operation().equals(operation) && fault.output() == output) {
      return switch (fault.kind()) {
        case BETA_TAKEN_FOR_0 -> 0;
        case BETA_TAKEN_FOR_1 -> 1;
        default -> beta;
      };
    }
    return beta;
  }

  /** Runs a call and spoils an output if this is the one. */
  final void spoil(
      String operation, int output, @Nullable Buffer out, long n, float beta, Runnable call) {
    if (out == null || !fault.operation().equals(operation) || fault.output() != output) {
      call.run();
      return;
    }
    int count = (int) n;
    float[] before = new float[count];
    float[] after = new float[count];
    download(out, 0, before, 0, count);
    call.run();
    download(out, 0, after, 0, count);
    switch (fault.kind()) {
      case LAST_ELEMENT_LEFT -> after[count - 1] = before[count - 1];
      case ONE_ELEMENT_OFF -> after[count / 2] += 1e-3f * (1 + Math.abs(after[count / 2]));
      case SIGN -> {
        for (int i = 0; i < count; i++) {
          after[i] = -after[i];
        }
      }
      case ONE_TOO_MANY_WRITTEN -> {
        Slice s = slices.get(out);
        if (s != null) {
          upload(new float[1], 0, s.whole(), s.offset() + n, 1);
        }
      }
      case NEIGHBOUR_READ -> {
        Slice s = slices.get(out);
        if (s != null) {
          float[] neighbour = new float[1];
          download(s.whole(), s.offset() - 1, neighbour, 0, 1);
          after[0] += 0 * neighbour[0];
        }
      }
      case OLD_TIMES_ZERO -> {
        for (int i = 0; beta == 0 && i < count; i++) {
          after[i] += beta * before[i];
        }
      }
      case BETA_TAKEN_FOR_0, BETA_TAKEN_FOR_1 -> {}
    }
    upload(after, 0, out, 0, count);
  }

  // ---------------------------------------------------------------- memory

  @Override
  public Buffer slice(Buffer buffer, long offset, long length) {
    Buffer slice = super.slice(buffer, offset, length);
    slices.put(slice, new Slice(buffer, offset));
    return slice;
  }

  @Override
  public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length) {
    if (dst.dtype() == DType.FLOAT32) {
      long n = dstOffset + length;
      spoil("copy", 0, dst, n, NO_BETA, () -> super.copy(src, srcOffset, dst, dstOffset, length));
    } else {
      super.copy(src, srcOffset, dst, dstOffset, length);
    }
  }

  @Override
  public void fill(Buffer dst, long length, float value) {
    spoil("fill", 0, dst, length, NO_BETA, () -> super.fill(dst, length, value));
  }
}
