package io.cortado.benchmarks.sides;

/** A network, its batch and its loss: what each side trains. */
public sealed interface Workload permits FeedForward, Recurrent {

  /** Returns the short name used on the command line. */
  String key();

  /** Returns the line of the table. */
  String title();

  /** Returns the samples of a batch. */
  int batch();

  /** Returns the learning rate of SGD; small enough for the losses of ten steps to be compared. */
  float lr();

  /** Momentum of SGD, for every workload. */
  float MOMENTUM = 0.9f;
}
