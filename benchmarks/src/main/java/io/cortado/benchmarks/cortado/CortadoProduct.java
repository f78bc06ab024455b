package io.cortado.benchmarks.cortado;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.benchmarks.sides.GemmShape;
import io.cortado.benchmarks.sides.Product;

/** A matrix product by the CPU backend, called as the layers call it. */
final class CortadoProduct implements Product {

  private final Device device;
  private final Backend backend;
  private final GemmSpec spec;
  private final Buffer left;
  private final Buffer right;
  private final Tensor result;

  CortadoProduct(GemmShape shape, float[] a, float[] b, int threads) {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    backend = device.backend();
    spec = GemmSpec.of(shape.m(), shape.n(), shape.k(), shape.transA(), shape.transB());
    left = device.root().tensor(a, a.length).buffer();
    right = device.root().tensor(b, b.length).buffer();
    result = device.root().zeros(shape.m(), shape.n());
  }

  @Override
  public void multiply() {
    backend.gemm(spec, 1, left, right, 0, result.buffer());
  }

  @Override
  public float[] result() {
    return result.toFloatArray();
  }

  @Override
  public void close() {
    device.close();
  }
}
