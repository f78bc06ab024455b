package io.cortado.cuda;

import io.cortado.Tensor;
import io.cortado.nn.Layer;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNOutput;

/** Reads an image row by row, and gives what it has in the end. */
final class Rows extends Layer {

  private final RNNBase rnn;
  private final boolean finalState;

  /**
   * Makes a layer.
   *
   * @param finalState whether the output is the first layer's final state, or the last row's output
   */
  Rows(RNNBase rnn, boolean finalState) {
    this.rnn = child("rnn", rnn);
    this.finalState = finalState;
  }

  @Override
  public Tensor forward(Tensor x) {
    int n = x.dim(0);
    int rows = x.dim(2);
    RNNOutput out = rnn.forward(x.reshape(n, rows, x.dim(3)).transpose(0, 1), null);
    Tensor last =
        finalState ? out.state().h().slice(0, 0, 1) : out.output().slice(0, rows - 1, rows);
    return last.reshape(n, last.dim(2));
  }
}
