package io.cortado.tck.reference;

/**
 * A complete backend of plain loops: floats in, doubles inside, floats out.
 *
 * <p>It is the seam's readable specification, and what the kit tests itself on. Every access is
 * checked against the exact length of the buffer. It is far too slow to train with. The operations
 * are in the superclasses, by {@link io.cortado.backend.Backend}'s groups.
 */
public final class ReferenceBackend extends ReferenceTrainingOps {

  /** Makes one with no memory in use. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "reference: plain loops in double precision, for tests";
  }

  @Override
  public void close() {}
}
