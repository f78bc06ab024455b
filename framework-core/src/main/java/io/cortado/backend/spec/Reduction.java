package io.cortado.backend.spec;

/** What a loss does with its elements; the names are PyTorch's. */
public enum Reduction {
  /** Each element's loss is returned. */
  NONE,
  /** The (weighted) mean. */
  MEAN,
  /** The sum. */
  SUM
}
