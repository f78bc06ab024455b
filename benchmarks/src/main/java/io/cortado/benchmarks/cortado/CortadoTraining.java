package io.cortado.benchmarks.cortado;

import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.sigmoid;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Op;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;
import io.cortado.loss.Losses;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.util.List;

/** A feed-forward network, trained as a user's loop does it. */
final class CortadoTraining implements Training {

  private final Device device;
  private final Sequential network;
  private final Optimizer optimizer;
  private final Tensor inputs;
  private final Tensor target;
  private final FeedForward.Loss loss;

  CortadoTraining(FeedForward workload, Material material, int threads) {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    loss = workload.loss();
    network = sequential(workload.ops().stream().map(CortadoTraining::layer).toArray(Layer[]::new));
    network.init(device, 0);
    load(network.parameters(), material.weights());
    optimizer = new SGD(workload.lr()).momentum(Workload.MOMENTUM).attach(network);
    inputs = device.root().tensor(material.inputs(), workload.batchShape());
    target =
        switch (loss) {
          case CROSS_ENTROPY -> device.root().tensor(material.labels(), workload.batch());
          case RECONSTRUCTION ->
              device.root().tensor(material.targets(), workload.batch(), workload.outputSize());
        };
  }

  private static Layer layer(Op op) {
    return switch (op) {
      case Op.Conv c -> conv2d(c.in(), c.out(), c.kernel()).stride(c.stride()).padding(c.padding());
      case Op.MaxPool p -> maxPool2d(p.kernel()).stride(p.stride());
      case Op.Linear l -> linear(l.in(), l.out());
      case Op.Relu _ -> relu();
      case Op.Sigmoid _ -> sigmoid();
      case Op.Flatten _ -> flatten();
    };
  }

  static void load(List<Parameter> parameters, List<float[]> weights) {
    if (parameters.size() != weights.size()) {
      throw new IllegalStateException(
          parameters.size() + " parameters, but " + weights.size() + " arrays of weights");
    }
    for (int i = 0; i < weights.size(); i++) {
      parameters.get(i).value().set(weights.get(i));
    }
  }

  @Override
  public float step() {
    network.train();
    try (Step _ = device.step()) {
      Tensor outputs = network.forward(inputs);
      Tensor l =
          switch (loss) {
            case CROSS_ENTROPY -> Losses.crossEntropy(outputs, target);
            case RECONSTRUCTION -> Losses.mse(outputs, target);
          };
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
