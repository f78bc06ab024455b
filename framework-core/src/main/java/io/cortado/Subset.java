package io.cortado;

import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gradients that a walk back is to give, where it is to leave all others alone. */
final class Subset {

  /** A tensor's gradient in this walk. */
  private static final class Place {
    private @Nullable Tensor value;
    private boolean written;
  }

  private final Tensor[] inputs;
  private final Map<Tensor, Place> wanted = new IdentityHashMap<>();
  private final Map<Tensor, Place> others = new IdentityHashMap<>();

  Subset(Tensor[] inputs) {
    this.inputs = inputs.clone();
    for (Tensor input : inputs) {
      if (!input.requiresGrad()) {
        throw new IllegalArgumentException(
            "grad: input "
                + input.shape()
                + " requires no gradient; call requiresGrad(true) first");
      }
      wanted.put(input, new Place());
    }
  }

  /** Says whether a tensor's gradient is a subset's affair, and not the tensor's own. */
  static boolean isLeaf(Tensor t) {
    return t.node() < 0 && !t.checkpointed;
  }

  /** Says whether nobody has asked for a tensor's gradient, nor can it lead to one. */
  boolean leavesOut(Tensor t) {
    return isLeaf(t) && !wanted.containsKey(t);
  }

  private Place place(Tensor leaf) {
    Place p = wanted.get(leaf);
    return p != null ? p : others.computeIfAbsent(leaf, _ -> new Place());
  }

  boolean isWritten(Tensor leaf) {
    return place(leaf).written;
  }

  /** Returns where to write a leaf's gradient. */
  Buffer write(Tensor leaf, Scope scope) {
    Place p = place(leaf);
    Tensor value = p.value;
    if (value == null) {
      value = scope.empty(leaf.shape());
      p.value = value;
    }
    p.written = true;
    return value.buffer();
  }

  /** Copies the gradient of a tensor that an operation has made, before it is used up. */
  void reached(Tensor y, Tape tape) {
    Place p = wanted.get(y);
    if (p != null) {
      Tensor copy = y.scope().empty(y.shape());
      y.device().backend().copy(tape.upstream(), 0, copy.buffer(), 0, y.size());
      p.value = copy;
    }
  }

  /** Returns the gradients in the order of the inputs. */
  List<Tensor> results() {
    List<Tensor> results = new ArrayList<>(inputs.length);
    for (int i = 0; i < inputs.length; i++) {
      Place p = wanted.get(inputs[i]);
      Tensor value = p == null ? null : p.value;
      if (value == null) {
        throw new IllegalArgumentException(
            "grad: input "
                + i
                + " of shape "
                + inputs[i].shape()
                + " was not used to make the output; leave it out");
      }
      results.add(value);
    }
    return results;
  }
}
