package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Step;
import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Memory that one pass of an operation needs for itself, freed when the pass ends. */
final class Temporaries implements AutoCloseable {

  private final Step step;
  private final List<Buffer> buffers = new ArrayList<>(4);

  Temporaries(Step step) {
    this.step = step;
  }

  /** Hands out room for n floats, contents undefined. */
  Buffer floats(long n) {
    Buffer b = step.scratch(DType.FLOAT32, Math.max(1, n));
    buffers.add(b);
    return b;
  }

  @Override
  public void close() {
    for (int i = buffers.size() - 1; i >= 0; i--) {
      step.free(buffers.get(i));
    }
  }
}
