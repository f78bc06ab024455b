package io.cortado.metrics;

/** How a number for each class becomes one for all. */
public enum Average {
  /** Counts over all classes first, so every sample has the same weight. */
  MICRO,
  /** The mean over the classes that occur, as a label or as a prediction. */
  MACRO,
  /** The mean over classes, weighted by how many samples each has. */
  WEIGHTED
}
