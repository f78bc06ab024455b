package io.cortado.benchmarks.dl4j;

import io.cortado.benchmarks.sides.FeedForward;
import io.cortado.benchmarks.sides.Material;
import io.cortado.benchmarks.sides.Recurrent;
import io.cortado.benchmarks.sides.Side;
import io.cortado.benchmarks.sides.Training;
import io.cortado.benchmarks.sides.Workload;

/** DL4J on ND4J's native backend; the runner sets the threads by {@code OMP_NUM_THREADS}. */
final class Dl4jSide implements Side {

  @Override
  public String version() {
    return "DL4J 1.0.0-M2.1";
  }

  /** Its momentum is Nesterov's alone: only the loss before the first update is comparable. */
  @Override
  public int comparableSteps() {
    return 1;
  }

  @Override
  public Training train(Workload workload, Material material, int threads) {
    String set = System.getenv("OMP_NUM_THREADS");
    if (!String.valueOf(threads).equals(set)) {
      throw new IllegalStateException(
          "OMP_NUM_THREADS is " + set + "; it has to be " + threads + " before the start");
    }
    return switch (workload) {
      case FeedForward f -> new Dl4jTraining(f, material);
      case Recurrent r ->
          switch (r.cell()) {
            case LSTM -> new Dl4jLstm(r, material);
            case GRU ->
                throw new UnsupportedOperationException(
                    "DL4J has no layer of gated recurrent units");
          };
    };
  }
}
