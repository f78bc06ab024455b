package io.cortado.benchmarks.sides;

/** A network in training on one batch. */
public interface Training extends AutoCloseable {

  /** Takes one step, forward, backward and SGD with momentum, and returns the loss before it. */
  float step();

  /** Computes the outputs in evaluation mode, with no gradients, until they are there. */
  void forward();

  @Override
  void close();
}
