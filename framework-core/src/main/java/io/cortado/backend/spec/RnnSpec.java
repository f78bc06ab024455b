package io.cortado.backend.spec;

/**
 * One direction of one recurrent layer over whole sequences.
 *
 * <p>Layers, and the dropout between them, are put together above the seam. Sequences are time
 * major: x is {@code [steps, batch, input]}, y is {@code [steps, batch, directions * hidden]}, of
 * which this direction has the columns from {@link #outputOffset()} on; states are {@code
 * [directions, batch, hidden]}, of which it has the block from {@link #stateOffset()} on. Weights
 * are {@code [gates * hidden, input]} and {@code [gates * hidden, hidden]}, biases {@code [gates *
 * hidden]}; the gates' order is PyTorch's and cuDNN's.
 *
 * <p>What a forward pass keeps in its reserve for the backward pass lies at the offsets given here:
 * for each step the gates {@code [batch, gates * hidden]}; the hidden states, one more than there
 * are steps; the LSTM's cell states likewise; the GRU's recurrent part of the candidate for each
 * step. The backward pass of the data writes the gates' gradients over the gates (for the GRU's
 * candidate, over its recurrent part too), where that of the weights finds them.
 *
 * @param kind what is computed in each step
 * @param steps of the longest sequence
 * @param batch how many sequences
 * @param input features of an input
 * @param hidden features of a state
 * @param direction 0 walks from the first step to the last, 1 from the last to the first
 * @param directions how many there are beside each other, 1 or 2
 */
public record RnnSpec(
    Kind kind, int steps, int batch, int input, int hidden, int direction, int directions) {

  /** What is computed in each step, as in PyTorch. */
  public enum Kind {
    /** {@code h' = tanh(W x + b + V h + c)}. */
    TANH(1),
    /** {@code h' = max(0, W x + b + V h + c)}. */
    RELU(1),
    /**
     * Gates i, f, g, o: {@code c' = f c + i g, h' = o tanh(c')}, where g is a tanh and the others
     * are sigmoids of {@code W x + b + V h + c}.
     */
    LSTM(4),
    /**
     * Gates r, z, n: {@code h' = (1 - z) n + z h, n = tanh(W x + b + r (V h + c))}: the reset gate
     * is applied after the product, as cuDNN does.
     */
    GRU(3);

    private final int gates;

    Kind(int gates) {
      this.gates = gates;
    }

    /** Returns how many blocks of {@code hidden} rows the weights have. */
    public int gates() {
      return gates;
    }
  }

  /** Returns the numbers that a step computes for each sequence before the state. */
  public int width() {
    return kind.gates() * hidden;
  }

  /** Says whether the walk is from the last step to the first. */
  public boolean reverse() {
    return direction == 1;
  }

  /** Returns the elements of one direction's state. */
  public long stateSize() {
    return (long) batch * hidden;
  }

  /** Returns where this direction's state begins. */
  public long stateOffset() {
    return direction * stateSize();
  }

  /** Returns the distance between the outputs of two sequences. */
  public int outputStride() {
    return directions * hidden;
  }

  /** Returns where this direction's columns of the output begin. */
  public int outputOffset() {
    return direction * hidden;
  }

  /** Returns the elements of the input. */
  public long inputSize() {
    return (long) steps * batch * input;
  }

  /** Returns the elements of the output, all directions. */
  public long outputSize() {
    return (long) steps * batch * outputStride();
  }

  /** Returns the step that is walked as number k. */
  public int step(int k) {
    return reverse() ? steps - 1 - k : k;
  }

  /** Returns which of the kept states a step starts from. */
  public int before(int t) {
    return reverse() ? t + 1 : t;
  }

  /** Returns which of the kept states a step makes. */
  public int after(int t) {
    return reverse() ? t : t + 1;
  }

  /** Returns where the reserve has a step's gates. */
  public long gatesAt(int t) {
    return t * stateSize() * kind.gates();
  }

  /** Returns where the reserve has a hidden state. */
  public long hiddenAt(int state) {
    return gatesAt(steps) + state * stateSize();
  }

  /** Returns where the reserve has an LSTM's cell state. */
  public long cellAt(int state) {
    return hiddenAt(steps + 1) + state * stateSize();
  }

  /** Returns where the reserve has the recurrent part of a GRU's candidate. */
  public long candidateAt(int t) {
    return hiddenAt(steps + 1) + t * stateSize();
  }

  /** Returns the elements of the reserve as laid out here. */
  public long reserveSize() {
    return switch (kind) {
      case TANH, RELU -> hiddenAt(steps + 1);
      case LSTM -> cellAt(steps + 1);
      case GRU -> candidateAt(steps);
    };
  }

  /** Returns the multiply-adds of the matrix products. */
  public long multiplyAdds() {
    return (long) steps * batch * width() * ((long) input + hidden);
  }
}
