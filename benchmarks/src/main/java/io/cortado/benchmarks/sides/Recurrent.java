package io.cortado.benchmarks.sides;

/**
 * One recurrent layer over a sequence {@code [sequence, batch, input]}; the loss is the mean square
 * error of all its outputs {@code [sequence, batch, hidden]} against given targets.
 */
public record Recurrent(
    String key, String title, int batch, float lr, Cell cell, int input, int hidden, int sequence)
    implements Workload {

  /** The kind of cell; gates in PyTorch's order. */
  public enum Cell {
    /** Gates i, f, g, o. */
    LSTM(4),
    /** Gates r, z, n. */
    GRU(3);

    private final int gates;

    Cell(int gates) {
      this.gates = gates;
    }

    /** Returns how many blocks of {@code hidden} rows a weight has. */
    public int gates() {
      return gates;
    }
  }
}
