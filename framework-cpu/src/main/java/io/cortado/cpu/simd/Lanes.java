package io.cortado.cpu.simd;

import io.cortado.backend.BackendException;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use: the machine's widest, or those that the system property asks for. */
final class Lanes {

  /** The species of every float vector in this package, constant so that loops compile to it. */
  static final VectorSpecies<Float> SPECIES = species();

  /** The ints of a vector of the same size. */
  static final VectorSpecies<Integer> WORDS = SPECIES.withLanes(int.class);

  /** How many floats one vector has. */
  static final int LENGTH = SPECIES.length();

  private Lanes() {}

  /** Throws if the property asks for vectors that the processor has not. */
  static void check(int bits) {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (bits > widest) {
      throw new BackendException(
          "cannot open the cpu backend: %s=%d, but the vectors of this processor have %d bits; leave the property out"
              .formatted(Simd.PROPERTY, bits, widest));
    }
  }

  private static VectorSpecies<Float> species() {
    return switch (System.getProperty(Simd.PROPERTY, "")) {
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default -> FloatVector.SPECIES_PREFERRED;
    };
  }
}
