package io.cortado.benchmarks.cortado;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;
import io.cortado.loss.Losses;
import io.cortado.nn.GRU;
import io.cortado.nn.LSTM;
import io.cortado.nn.Layer;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;

/** A recurrent layer, trained as a user's loop does it. */
final class CortadoRecurrent implements Training {

  private final Device device;
  private final Layer network;
  private final Optimizer optimizer;
  private final Tensor inputs;
  private final Tensor target;

  CortadoRecurrent(Recurrent workload, Material material, int threads) {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    network =
        switch (workload.cell()) {
          case LSTM -> new LSTM(workload.input(), workload.hidden());
          case GRU -> new GRU(workload.input(), workload.hidden());
        };
    network.init(device, 0);
    CortadoTraining.load(network.parameters(), material.weights());
    optimizer = new SGD(workload.lr()).momentum(Workload.MOMENTUM).attach(network);
    inputs =
        device
            .root()
            .tensor(material.inputs(), workload.sequence(), workload.batch(), workload.input());
    target =
        device
            .root()
            .tensor(material.targets(), workload.sequence(), workload.batch(), workload.hidden());
  }

  @Override
  public float step() {
    network.train();
    try (Step _ = device.step()) {
      Tensor l = Losses.mse(network.forward(inputs), target);
      l.backward();
      optimizer.step();
      return l.item();
    }
  }

  @Override
  public void forward() {
    network.eval();
    try (Step _ = device.inference()) {
      network.forward(inputs);
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
