package io.cortado.benchmarks.pytorch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Side;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;

/** PyTorch's native library on the CPU, driven by DJL. */
final class PyTorchSide implements Side {

  @Override
  public String version() {
    return "libtorch "
        + Engine.getEngine("PyTorch").getVersion()
        + " by DJL "
        + Engine.getDjlVersion();
  }

  @Override
  public Training train(Workload workload, Material material, int threads) {
    JniUtils.setNumThreads(threads);
    return new PyTorchTraining(workload, material);
  }
}
