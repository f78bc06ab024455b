package io.cortado.backend.spec;

/** How a reduction combines elements. */
public enum ReduceOp {
  /** The sum. */
  SUM,
  /** The sum divided by the number of elements that went into one result. */
  MEAN
}
