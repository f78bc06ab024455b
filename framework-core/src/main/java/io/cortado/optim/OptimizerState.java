package io.cortado.optim;

import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An optimizer's state as named tensors, to be saved and set. */
final class OptimizerState {

  private final Optimizer optimizer;
  private final ParameterTable table;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  OptimizerState(Optimizer optimizer, ParameterTable table) {
    this.optimizer = optimizer;
    this.table = table;
    ParameterStore store = optimizer.store();
    Scope scope = store.device().root();
    Backend backend = store.device().backend();
    List<String> names = optimizer.stateNames();
    for (int i = 0; i < table.size(); i++) {
      if (!table.owns(i)) {
        continue;
      }
      Parameter p = store.parameters().get(i);
      if (optimizer.countsSteps()) {
        tensors.put(name(p, Optimizer.STEP), scope.tensor(new int[1]));
      }
      for (String number : optimizer.keptNames()) {
        tensors.put(name(p, number), scope.zeros());
      }
      for (int k = 0; k < names.size(); k++) {
        var slice = backend.slice(optimizer.stateBuffers().get(k), p.offset(), p.shape().size());
        tensors.put(name(p, names.get(k)), Tensor.over(scope, p.shape(), slice));
      }
      optimizer.ownState(i).forEach((name, t) -> tensors.put(name(p, name), t));
    }
  }

  private static String name(Parameter p, String what) {
    return p.name() + "." + what;
  }

  /** Returns all tensors, those of counts and numbers as they are now. */
  Map<String, Tensor> tensors() {
    eachNumber((tensor, parameter, number) -> {
      if (number < 0) {
        tensor.set(new int[] {table.steps(parameter)});
      } else {
        tensor.set(new float[] {table.kept(parameter, number)});
      }
    });
    return new LinkedHashMap<>(tensors);
  }

  /** Sets the optimizer's counts and numbers to what the tensors hold. */
  void takeOver() {
    eachNumber((tensor, parameter, number) -> {
      if (number < 0) {
        table.setSteps(parameter, tensor.toIntArray()[0]);
      } else {
        table.setKept(parameter, number, tensor.item());
      }
    });
  }

  /** What is done with a tensor of one number; -1 is the count of steps. */
  private interface Visitor {
    void visit(Tensor tensor, int parameter, int number);
  }

  private void eachNumber(Visitor visitor) {
    List<Parameter> ps = optimizer.store().parameters();
    for (int i = 0; i < table.size(); i++) {
      if (table.owns(i) && optimizer.countsSteps()) {
        visitor.visit(tensor(ps.get(i), Optimizer.STEP), i, -1);
      }
      for (int k = 0; table.owns(i) && k < optimizer.keptNames().size(); k++) {
        visitor.visit(tensor(ps.get(i), optimizer.keptNames().get(k)), i, k);
      }
    }
  }

  private Tensor tensor(Parameter p, String what) {
    Tensor t = tensors.get(name(p, what));
    if (t == null) {
      throw new IllegalStateException("no tensor of " + name(p, what));
    }
    return t;
  }
}
