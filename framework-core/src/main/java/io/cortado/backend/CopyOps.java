package io.cortado.backend;

import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;

/** Copies of elements to other places. */
public interface CopyOps {

  /** Computes {@code y = permuted x + beta * y}. */
  void permute(PermuteSpec spec, Buffer x, float beta, Buffer y);

  /**
   * Computes {@code dst block = src block + beta * dst block}; what lies outside the block stays.
   */
  void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst);

  /** Computes {@code dst = src + beta * dst} for the elements that the spec names; others stay. */
  void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst);

  /** Computes {@code y = (x where the spec keeps it, else 0) + beta * y}; y may be x. */
  void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y);
}
