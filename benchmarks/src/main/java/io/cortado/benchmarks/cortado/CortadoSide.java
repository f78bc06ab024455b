package io.cortado.benchmarks.cortado;

import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.GemmShape;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Product;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Side;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;

/** Cortado on its CPU backend. */
final class CortadoSide implements Side {

  @Override
  public String version() {
    return "Cortado on Java " + Runtime.version();
  }

  @Override
  public Training train(Workload workload, Material material, int threads) {
    return switch (workload) {
      case FeedForward f -> new CortadoTraining(f, material, threads);
      case Recurrent r -> new CortadoRecurrent(r, material, threads);
    };
  }

  @Override
  public Product multiply(GemmShape shape, float[] a, float[] b, int threads) {
    return new CortadoProduct(shape, a, b, threads);
  }
}
