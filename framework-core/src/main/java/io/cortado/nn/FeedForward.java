package io.cortado.nn;

import io.cortado.Tensor;

/**
 * The second block of a transformer's layer; its parts are registered, under PyTorch's names, by
 * that layer.
 */
record FeedForward(
    Linear linear1, Layer activation, Dropout dropout, Linear linear2, Dropout after) {

  Tensor forward(Tensor x) {
    Tensor hidden = dropout.call(FusableLayer.forward(linear1, activation, x));
    return after.call(linear2.call(hidden));
  }
}
