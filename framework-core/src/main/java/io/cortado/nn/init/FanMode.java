package io.cortado.nn.init;

/** Which of a weight's two sides keeps its variance. */
public enum FanMode {
  /** The number of inputs of each output: the forward pass keeps its variance. */
  FAN_IN,
  /** The number of outputs of each input: the backward pass keeps its variance. */
  FAN_OUT
}
