package io.cortado.models.onnx;

import io.cortado.Tensor;
import io.cortado.models.onnx.Call.Operator;
import io.cortado.models.onnx.Item.Floats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RNN, LSTM and GRU, step by step.
 *
 * @param hidden numbers of a state
 * @param directions 1 or 2
 * @param backward whether the first direction goes from the end
 * @param reset whether a GRU's reset comes after the product, as PyTorch has it
 */
record RecurrentOperator(
    StoredNode node, int hidden, int directions, boolean backward, boolean reset)
    implements Operator {

  /** Where the states after the last step stand among the inputs and outputs. */
  private static final int LENGTHS = 4;

  private static final int H = 5;
  private static final int C = 6;
  private static final int PEEPHOLES = 7;

  /** The states of one direction. */
  private record State(Tensor h, @Nullable Tensor c) {}

  static Operator of(StoredNode node) {
    node.only("layout", 0);
    node.only("input_forget", 0);
    node.without("clip");
    List<String> usual =
        switch (node.operator()) {
          case "LSTM" -> List.of("Sigmoid", "Tanh", "Tanh");
          case "GRU" -> List.of("Sigmoid", "Tanh");
          default -> List.of("Tanh");
        };
    List<String> asked = node.texts("activations");
    for (int i = 0; i < asked.size(); i++) {
      if (!asked.get(i).equals(usual.get(i % usual.size()))) {
        throw node.refused("has the activations " + asked, "only " + usual + " are read");
      }
    }
    String direction = node.text("direction", "forward");
    return new RecurrentOperator(
        node,
        node.whole("hidden_size", 0),
        direction.equals("bidirectional") ? 2 : 1,
        direction.equals("reverse"),
        node.flag("linear_before_reset"));
  }

  @Override
  public List<Item> run(Call c) {
    if (c.has(PEEPHOLES)) {
      throw node.refused("has peepholes", "export without them");
    }
    Tensor x = c.tensor(0);
    int n = x.dim(1);
    List<Tensor> ends = new ArrayList<>();
    List<Tensor> cells = new ArrayList<>();
    List<Tensor> walks = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      Tensor zeros = c.step().zeros(n, hidden);
      boolean lstm = node.operator().equals("LSTM");
      State state =
          new State(
              c.has(H) ? part(c.tensor(H), d) : zeros,
              !lstm ? null : c.has(C) ? part(c.tensor(C), d) : zeros);
      Tensor[] outputs = new Tensor[x.dim(0)];
      state = walk(c, d, state, outputs);
      walks.add(Tensor.concat(0, outputs));
      ends.add(state.h.unsqueeze(0));
      if (state.c != null) {
        cells.add(state.c.unsqueeze(0));
      }
    }
    Tensor[] sides =
        walks.stream().map(w -> w.reshape(x.dim(0), 1, n, hidden)).toArray(Tensor[]::new);
    List<Item> all = new ArrayList<>();
    all.add(new Floats(Tensor.concat(1, sides)));
    all.add(new Floats(Tensor.concat(0, ends.toArray(Tensor[]::new))));
    if (!cells.isEmpty()) {
      all.add(new Floats(Tensor.concat(0, cells.toArray(Tensor[]::new))));
    }
    return all;
  }

  private static Tensor part(Tensor t, int direction) {
    return t.slice(0, direction, direction + 1).squeeze(0);
  }

  /** Goes over the steps; a sequence that has ended keeps its state, and 0 comes out. */
  private State walk(Call c, int direction, State first, Tensor[] outputs) {
    Tensor x = c.tensor(0);
    Tensor w = part(c.tensor(1), direction).transpose(0, 1);
    Tensor r = part(c.tensor(2), direction).transpose(0, 1);
    int gates = w.dim(1);
    Tensor bias = c.has(3) ? part(c.tensor(3), direction) : c.step().zeros(2 * gates);
    Tensor ofX = bias.slice(0, 0, gates);
    Tensor ofH = bias.slice(0, gates, 2 * gates);
    int n = x.dim(1);
    Tensor wx = x.reshape(x.dim(0) * n, x.dim(2)).matmul(w).add(ofX);
    int @Nullable [] lengths = c.has(LENGTHS) ? c.wholes(LENGTHS).ints() : null;
    boolean fromEnd = direction == 1 || backward;
    State state = first;
    for (int i = 0; i < outputs.length; i++) {
      int t = fromEnd ? outputs.length - 1 - i : i;
      State next = step(wx.slice(0, t * n, (t + 1) * n), state, r, ofH);
      if (lengths == null) {
        state = next;
        outputs[t] = next.h;
      } else {
        float[] going = new float[n];
        for (int k = 0; k < n; k++) {
          going[k] = t < lengths[k] ? 1 : 0;
        }
        Tensor mask = c.step().tensor(going, n, 1);
        state = new State(chosen(mask, next.h, state.h), cell(mask, next, state));
        outputs[t] = next.h.mul(mask);
      }
    }
    return state;
  }

  private static @Nullable Tensor cell(Tensor mask, State next, State last) {
    return next.c == null || last.c == null ? null : chosen(mask, next.c, last.c);
  }

  private static Tensor chosen(Tensor mask, Tensor next, Tensor last) {
    return last.add(next.sub(last).mul(mask));
  }

  private State step(Tensor wx, State s, Tensor r, Tensor bias) {
    return switch (node.operator()) {
      case "LSTM" -> lstm(wx.add(s.h.matmul(r)).add(bias), s);
      case "GRU" -> new State(gru(wx, s.h, r, bias), null);
      default -> new State(wx.add(s.h.matmul(r)).add(bias).tanh(), null);
    };
  }

  /** Gates stand in the order input, output, forget, cell. */
  private State lstm(Tensor gates, State s) {
    Tensor in = gate(gates, 0).sigmoid();
    Tensor out = gate(gates, 1).sigmoid();
    Tensor forget = gate(gates, 2).sigmoid();
    Tensor cell = in.mul(gate(gates, 3).tanh());
    Tensor c = s.c == null ? cell : forget.mul(s.c).add(cell);
    return new State(out.mul(c.tanh()), c);
  }

  /** Gates stand in the order update, reset, new. */
  private Tensor gru(Tensor wx, Tensor h, Tensor r, Tensor bias) {
    Tensor rh = h.matmul(r).add(bias);
    Tensor update = gate(wx, 0).add(gate(rh, 0)).sigmoid();
    Tensor kept = gate(wx, 1).add(gate(rh, 1)).sigmoid();
    Tensor fresh =
        reset
            ? gate(wx, 2).add(kept.mul(gate(rh, 2))).tanh()
            : gate(wx, 2)
                .add(kept.mul(h).matmul(gate(r, 2)))
                .add(bias.slice(0, 2 * hidden, 3 * hidden))
                .tanh();
    return fresh.add(update.mul(h.sub(fresh)));
  }

  private Tensor gate(Tensor gates, int which) {
    return gates.slice(1, which * hidden, (which + 1) * hidden);
  }
}
