package io.cortado.cuda.kernels;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.UnaryOp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The text of a family of kernels as the compiler gets it.
 *
 * <p>The numbers that Java and CUDA C have to agree on are written into the text from Java's own
 * declarations, and so cannot differ.
 */
final class KernelSource {

  /** The threads of a block; a power of two, because sums over a block halve it. */
  static final int BLOCK = 256;

  /** The most axes that are left once those which can be seen as one are. */
  static final int MAX_AXES = 12;

  /** The sides of a tile that a permutation moves; a warp. */
  static final int TILE = 32;

  /** How many runs of numbers a recurrent layer's parameters are copied by at a time. */
  static final int RNN_PARTS = 8;

  private KernelSource() {}

  /** Returns the text of one file with all that belongs in front of it. */
  static String of(String file) {
    return with(read(file));
  }

  /** Returns some kernels with all that belongs in front of them. */
  static String with(String kernels) {
    StringBuilder text = new StringBuilder();
    define(text, "BLOCK", BLOCK);
    define(text, "MAX_AXES", MAX_AXES);
    define(text, "TILE", TILE);
    define(text, "RNN_PARTS", RNN_PARTS);
    enumeration(text, "UNARY_", UnaryOp.Kind.values());
    enumeration(text, "BINARY_", BinaryOp.values());
    enumeration(text, "LOSS_", PointwiseLossSpec.Kind.values());
    enumeration(text, "POOL_", PoolSpec.Mode.values());
    enumeration(text, "RANDOM_", RandomSpec.Kind.values());
    enumeration(text, "RNN_", RnnSpec.Kind.values());
    define(text, "LOSS_SCALE", LossScaleSpec.SCALE);
    define(text, "LOSS_SCALE_FOUND", LossScaleSpec.FOUND);
    define(text, "LOSS_SCALE_TRACKER", LossScaleSpec.TRACKER);
    define(text, "LOSS_SCALE_SKIPPED", LossScaleSpec.SKIPPED);
    define(text, "SGD_LR", SgdSpec.LR);
    define(text, "ADAM_LR", AdamSpec.LR);
    define(text, "ADAM_DECAY_FACTOR", AdamSpec.DECAY_FACTOR);
    // NVRTC has no headers of its own for these two.
    text.append("#ifndef NAN\n#define NAN __int_as_float(0x7fffffff)\n#endif\n");
    text.append("#ifndef INFINITY\n#define INFINITY __int_as_float(0x7f800000)\n#endif\n");
    return text.append(read("common.cu")).append(kernels).toString();
  }

  private static void define(StringBuilder text, String name, int value) {
    text.append("#define ").append(name).append(' ').append(value).append('\n');
  }

  private static void enumeration(StringBuilder text, String prefix, Enum<?>[] values) {
    for (Enum<?> value : values) {
      define(text, prefix + value.name(), value.ordinal());
    }
  }

  private static String read(String file) {
    try (InputStream in = KernelSource.class.getResourceAsStream("/kernels/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks kernels/" + file + ": it is incomplete");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("kernels/" + file + " cannot be read from the jar", e);
    }
  }
}
