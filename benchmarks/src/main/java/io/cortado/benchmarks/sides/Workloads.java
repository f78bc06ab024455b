package io.cortado.benchmarks.sides;

import static io.cortado.benchmarks.sides.FeedForward.Loss.CROSS_ENTROPY;
import static io.cortado.benchmarks.sides.FeedForward.Loss.RECONSTRUCTION;

import io.cortado.benchmarks.sides.Op.Conv;
import io.cortado.benchmarks.sides.Op.Flatten;
import io.cortado.benchmarks.sides.Op.Linear;
import io.cortado.benchmarks.sides.Op.MaxPool;
import io.cortado.benchmarks.sides.Op.Relu;
import io.cortado.benchmarks.sides.Op.Sigmoid;
import java.util.List;
import java.util.stream.Collectors;

/** The workloads of the side-by-side runs. */
public final class Workloads {

  private Workloads() {}

  /** All of them, in the order of the table. */
  public static final List<Workload> ALL =
      List.of(
          new FeedForward(
              "a",
              "MLP 784-512-256-10, ReLU",
              128,
              0.01f,
              List.of(784),
              List.of(
                  new Linear(784, 512),
                  new Relu(),
                  new Linear(512, 256),
                  new Relu(),
                  new Linear(256, 10)),
              CROSS_ENTROPY),
          new FeedForward(
              "b",
              "LeNet-5, ReLU, max pooling, 28x28",
              128,
              0.01f,
              List.of(1, 28, 28),
              List.of(
                  new Conv(1, 6, 5, 1, 2),
                  new Relu(),
                  new MaxPool(2, 2),
                  new Conv(6, 16, 5, 1, 0),
                  new Relu(),
                  new MaxPool(2, 2),
                  new Flatten(),
                  new Linear(400, 120),
                  new Relu(),
                  new Linear(120, 84),
                  new Relu(),
                  new Linear(84, 10)),
              CROSS_ENTROPY),
          alexNet32(),
          alexNet(),
          new Recurrent(
              "lstm", "LSTM 64 to 256, sequence 64", 32, 0.1f, Recurrent.Cell.LSTM, 64, 256, 64),
          new Recurrent(
              "gru", "GRU 64 to 256, sequence 64", 32, 0.1f, Recurrent.Cell.GRU, 64, 256, 64),
          new FeedForward(
              "f",
              "autoencoder 784-256-64-256-784",
              128,
              0.1f,
              List.of(784),
              List.of(
                  new Linear(784, 256),
                  new Relu(),
                  new Linear(256, 64),
                  new Relu(),
                  new Linear(64, 256),
                  new Relu(),
                  new Linear(256, 784),
                  new Sigmoid()),
              RECONSTRUCTION));

  /**
   * Finds a workload.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Workload of(String key) {
    return ALL.stream()
        .filter(w -> w.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no workload "
                    + key
                    + "; there are "
                    + ALL.stream().map(Workload::key).collect(Collectors.joining(", "))));
  }

  private static Workload alexNet32() {
    return new FeedForward(
        "c",
        "AlexNet-style, 32x32, 10 classes",
        64,
        0.0005f,
        List.of(3, 32, 32),
        List.of(
            new Conv(3, 64, 3, 1, 1),
            new Relu(),
            new MaxPool(2, 2),
            new Conv(64, 192, 3, 1, 1),
            new Relu(),
            new MaxPool(2, 2),
            new Conv(192, 384, 3, 1, 1),
            new Relu(),
            new Conv(384, 256, 3, 1, 1),
            new Relu(),
            new Conv(256, 256, 3, 1, 1),
            new Relu(),
            new MaxPool(2, 2),
            new Flatten(),
            new Linear(4096, 1024),
            new Relu(),
            new Linear(1024, 1024),
            new Relu(),
            new Linear(1024, 10)),
        CROSS_ENTROPY);
  }

  /**
   * AlexNet as in Krizhevsky's "One weird trick" (2014), 61.1 million weights: no groups and no
   * local response normalisation, which DJL has no call for; without dropout, whose random streams
   * no two frameworks share.
   */
  private static Workload alexNet() {
    return new FeedForward(
        "d",
        "AlexNet, 227x227, 1000 classes",
        8,
        0.0001f,
        List.of(3, 227, 227),
        List.of(
            new Conv(3, 64, 11, 4, 2),
            new Relu(),
            new MaxPool(3, 2),
            new Conv(64, 192, 5, 1, 2),
            new Relu(),
            new MaxPool(3, 2),
            new Conv(192, 384, 3, 1, 1),
            new Relu(),
            new Conv(384, 256, 3, 1, 1),
            new Relu(),
            new Conv(256, 256, 3, 1, 1),
            new Relu(),
            new MaxPool(3, 2),
            new Flatten(),
            new Linear(9216, 4096),
            new Relu(),
            new Linear(4096, 4096),
            new Relu(),
            new Linear(4096, 1000)),
        CROSS_ENTROPY);
  }
}
