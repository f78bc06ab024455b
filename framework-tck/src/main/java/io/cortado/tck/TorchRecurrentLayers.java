package io.cortado.tck;

import io.cortado.Tensor;
import io.cortado.nn.GRU;
import io.cortado.nn.GRUCell;
import io.cortado.nn.LSTM;
import io.cortado.nn.LSTMCell;
import io.cortado.nn.RNN;
import io.cortado.nn.RNN.Nonlinearity;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNCell;
import io.cortado.nn.RNNCellBase;
import io.cortado.nn.RNNOptions;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recurrent layers and their cells. */
final class TorchRecurrentLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_recurrent";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    int input = o.integer("input_size");
    int hidden = o.integer("hidden_size");
    Nonlinearity kind = o.is("nonlinearity", "relu") ? Nonlinearity.RELU : Nonlinearity.TANH;
    return switch (torchClass) {
      case "RNN" -> layer(new RNN(input, hidden, kind, options(o)), o);
      case "LSTM" -> layer(new LSTM(input, hidden, options(o)), o);
      case "GRU" -> layer(new GRU(input, hidden, options(o)), o);
      case "RNNCell" -> cell(new RNNCell(input, hidden, o.flag("bias", true), kind));
      case "GRUCell" -> cell(new GRUCell(input, hidden, o.flag("bias", true)));
      case "LSTMCell" -> cell(new LSTMCell(input, hidden, o.flag("bias", true)));
      default -> throw unknown(torchClass);
    };
  }

  private static RNNOptions options(TorchLayerOptions o) {
    RNNOptions d = RNNOptions.DEFAULTS;
    return d.numLayers(o.integer("num_layers", d.numLayers()))
        .bias(o.flag("bias", d.bias()))
        .batchFirst(o.flag("batch_first", d.batchFirst()))
        .bidirectional(o.flag("bidirectional", d.bidirectional()));
  }

  private static Made layer(RNNBase layer, TorchLayerOptions o) {
    boolean lengths = o.is("data", "lengths");
    return Made.of(
        layer,
        x -> {
          RNNOutput out = lengths ? layer.forward(x[0], x[1], null) : layer.forward(x[0], state(x));
          return Stream.concat(Stream.of(out.output()), states(out.state()).stream()).toList();
        });
  }

  private static Made cell(RNNCellBase cell) {
    return Made.of(cell, x -> states(cell.forward(x[0], state(x))));
  }

  /** Returns the state among the inputs, which come after x. */
  private static @Nullable RNNState state(Tensor... x) {
    return x.length == 1 ? null : new RNNState(x[1], x.length == 2 ? null : x[2]);
  }

  private static List<Tensor> states(RNNState s) {
    Tensor c = s.c();
    return c == null ? List.of(s.h()) : List.of(s.h(), c);
  }
}
