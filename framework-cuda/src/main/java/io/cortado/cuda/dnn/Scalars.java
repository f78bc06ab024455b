package io.cortado.cuda.dnn;

import jcuda.Pointer;

/** Factors in host memory, as cuDNN takes them. */
final class Scalars {

  static final Pointer ZERO = Pointer.to(new float[] {0});
  static final Pointer ONE = Pointer.to(new float[] {1});

  private Scalars() {}

  static Pointer of(float value) {
    return Pointer.to(new float[] {value});
  }
}
