package io.cortado.backend.spec;

/**
 * One recurrent layer over whole sequences, all of its directions.
 *
 * <p>{@link RnnSpec} has the formulas and the shapes.
 *
 * @param kind what is computed in each step
 * @param steps of the longest sequence
 * @param batch how many sequences
 * @param input features of an input
 * @param hidden features of a state
 * @param directions 1: from the first step to the last; 2: beside it one from the last to the first
 * @param bias whether there are biases
 * @param lengths whether sequences have lengths of their own, which are on the device
 */
public record RnnLayerSpec(
    RnnSpec.Kind kind,
    int steps,
    int batch,
    int input,
    int hidden,
    int directions,
    boolean bias,
    boolean lengths) {

  /** Returns one of the directions. */
  public RnnSpec direction(int d) {
    return new RnnSpec(kind, steps, batch, input, hidden, d, directions);
  }

  /** Returns the numbers that a step computes for each sequence before the state. */
  public int width() {
    return kind.gates() * hidden;
  }

  /** Returns the elements of the states, all directions. */
  public long statesSize() {
    return (long) directions * batch * hidden;
  }

  /** Returns the features of an output, all directions. */
  public int outputWidth() {
    return directions * hidden;
  }

  /** Returns the elements of the input. */
  public long inputSize() {
    return (long) steps * batch * input;
  }

  /** Returns the elements of the output. */
  public long outputSize() {
    return (long) steps * batch * outputWidth();
  }

  /** Returns the multiply-adds of the matrix products. */
  public long multiplyAdds() {
    return directions * direction(0).multiplyAdds();
  }
}
