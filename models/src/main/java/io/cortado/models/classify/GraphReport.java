package io.cortado.models.classify;

import io.cortado.StepGraph;
import io.cortado.train.Callback;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says in the end how many steps were replayed as one launch, and why others were not. */
final class GraphReport implements Callback {

  private final PrintWriter out;

  GraphReport(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onFitEnd(TrainingContext context, StopReason why) {
    StepGraph graph = context.graph();
    if (graph != null) {
      String others =
          graph.eagerSteps().entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%,d (%s)", e.getValue(), e.getKey()))
              .collect(Collectors.joining(", "));
      out.println(
          String.format(
              Locale.ROOT,
              "steps    %,d replayed as one launch, operation by operation %s",
              graph.replays(),
              others.isEmpty() ? "none" : others));
      out.flush();
    }
  }
}
