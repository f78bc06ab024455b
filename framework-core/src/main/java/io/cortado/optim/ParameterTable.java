package io.cortado.optim;

import io.cortado.GradientRows;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What an optimizer knows of each parameter, and how parameters are put together to runs. */
final class ParameterTable {

  private final Optimizer optimizer;
  private final ParameterStore store;
  private final boolean[] owned;
  private final ParamGroup[] groups;
  private final int[] steps; // how many each has taken
  private final float[][] kept; // each one's numbers, as its run began with them

  /**
   * Makes the table of an optimizer that is put to work.
   *
   * @param owned which parameters are the optimizer's
   * @param groups each parameter's
   */
  ParameterTable(Optimizer optimizer, ParameterStore store, boolean[] owned, ParamGroup[] groups) {
    this.optimizer = optimizer;
    this.store = store;
    this.owned = owned;
    this.groups = groups;
    this.steps = new int[owned.length];
    this.kept = new float[owned.length][];
    for (int i = 0; i < owned.length; i++) {
      kept[i] = optimizer.firstNumbers();
    }
  }

  ParameterStore store() {
    return store;
  }

  int size() {
    return owned.length;
  }

  boolean owns(int parameter) {
    return owned[parameter];
  }

  ParamGroup group(Run run) {
    return groups[run.first];
  }

  /** Returns how many steps a parameter has taken. */
  int steps(int parameter) {
    return steps[parameter];
  }

  void setSteps(int parameter, int count) {
    steps[parameter] = count;
  }

  /** Returns one of the numbers that a parameter keeps. */
  float kept(int parameter, int number) {
    return kept[parameter][number];
  }

  void setKept(int parameter, int number, float value) {
    kept[parameter] = kept[parameter].clone(); // may be one array for all of a run
    kept[parameter][number] = value;
  }

  /** Says whether a parameter is the optimizer's and has a gradient. */
  boolean isDue(int parameter) {
    return owned[parameter] && store.parameters().get(parameter).value().hasGrad();
  }

  /**
   * Complains about gradients that the optimizer does not take.
   *
   * @throws IllegalArgumentException if one lists its rows, or does not, and may not
   */
  void checkGradients() {
    for (int i = 0; i < owned.length; i++) {
      if (!isDue(i)) {
        continue;
      }
      Parameter p = store.parameters().get(i);
      boolean sparse = p.value().gradientRows() != null;
      if (!sparse && !optimizer.takesDense()) {
        throw new IllegalArgumentException(
            "%s does not support dense gradients, as that of %s; consider Adam for it, or make the layer sparse"
                .formatted(optimizer.name(), p));
      }
      if (sparse && optimizer.rows(groups[i]) == SparseUse.REFUSED) {
        throw new IllegalArgumentException(
            "%s does not support sparse gradients, as that of %s; consider SparseAdam, Adagrad or SGD for it, or make the layer without sparse"
                .formatted(optimizer.name(), p));
      }
    }
  }

  /** Returns the rows that a step is to change of a parameter; null for all. */
  private @Nullable GradientRows rows(int parameter) {
    GradientRows rows = store.parameters().get(parameter).value().gradientRows();
    return rows == null || optimizer.rows(groups[parameter]) == SparseUse.AS_DENSE ? null : rows;
  }

  /** Forgets the gradients of the optimizer's parameters. */
  void zeroGrad() {
    List<Parameter> ps = store.parameters();
    for (int i = 0; i < owned.length; i++) {
      if (owned[i]) {
        ps.get(i).value().zeroGrad();
      }
    }
  }

  /**
   * Says whether the runs planned before are those of this step: their parameters have gradients,
   * and no others do.
   */
  boolean fits(List<Run> planned) {
    int next = 0;
    for (int i = 0; i < planned.size(); i++) {
      Run run = planned.get(i);
      for (int k = next; k < run.first; k++) {
        if (isDue(k)) {
          return false;
        }
      }
      for (int k = run.first; k < run.end; k++) {
        if (!isDue(k) || steps[k] != steps[run.first] || (rows(k) == null) != (run.rows == null)) {
          return false;
        }
      }
      next = run.end;
    }
    for (int k = next; k < owned.length; k++) {
      if (isDue(k)) {
        return false;
      }
    }
    return true;
  }

  /** Puts neighbours together that are updated alike. */
  List<Run> plan(IntPredicate due) {
    List<Run> planned = new ArrayList<>();
    int first = 0;
    while (first < owned.length) {
      if (!due.test(first)) {
        first++;
        continue;
      }
      int end = first + 1;
      GradientRows rows = rows(first);
      while (rows == null && end < owned.length && due.test(end) && areAlike(first, end)) {
        end++;
      }
      Run.Layout layout =
          new Run.Layout(
              optimizer.hyperCount(),
              kept[first],
              optimizer.sharedCount(),
              optimizer.stateBuffers(),
              rows);
      planned.add(new Run(store, first, end, layout));
      first = end;
    }
    return planned;
  }

  private boolean areAlike(int a, int b) {
    return rows(b) == null
        && groups[a] == groups[b]
        && steps[a] == steps[b]
        && Arrays.equals(kept[a], kept[b]);
  }

  /** Counts a step of some runs. */
  void count(List<Run> runs) {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      for (int k = run.first; k < run.end; k++) {
        steps[k]++;
      }
    }
  }

  /** Takes over from the device what the host cannot know of some runs; waits for it. */
  void recount(List<Run> runs) {
    for (Run run : runs) {
      if (run.isEverSkippable() && optimizer.countsSteps()) {
        Arrays.fill(steps, run.first, run.end, Math.toIntExact(run.stepsTaken()));
      }
      if (!optimizer.keptNames().isEmpty()) {
        Arrays.fill(kept, run.first, run.end, run.kept());
      }
    }
  }
}
