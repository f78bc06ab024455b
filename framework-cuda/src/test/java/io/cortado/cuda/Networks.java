package io.cortado.cuda;

import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.gru;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.lstm;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.scaledTanh;
import static io.cortado.nn.Layers.sequential;

import io.cortado.nn.RNNOptions;
import io.cortado.nn.Sequential;

/** The networks of the reference models, of which this module must not know. */
enum Networks {
  MLP {
    @Override
    Sequential make() {
      return sequential(
          flatten(),
          linear(784, 256),
          relu(),
          dropout(0.2),
          linear(256, 128),
          relu(),
          dropout(0.2),
          linear(128, 10));
    }
  },

  LENET_5_1998 {
    @Override
    Sequential make() {
      return sequential(
          conv2d(1, 6, 5).padding(2),
          scaledTanh(),
          avgPool2d(2),
          conv2d(6, 16, 5),
          scaledTanh(),
          avgPool2d(2),
          flatten(),
          linear(400, 120),
          scaledTanh(),
          linear(120, 84),
          scaledTanh(),
          linear(84, 10));
    }
  },

  LENET_5_MODERN {
    @Override
    Sequential make() {
      return sequential(
          conv2d(1, 6, 5).padding(2),
          relu(),
          maxPool2d(2),
          conv2d(6, 16, 5),
          relu(),
          maxPool2d(2),
          flatten(),
          linear(400, 120),
          relu(),
          linear(120, 84),
          relu(),
          linear(84, 10));
    }
  },

  LSTM {
    @Override
    Sequential make() {
      return sequential(new Rows(lstm(28, 32), true), linear(32, 10));
    }
  },

  DEEP_GRU {
    @Override
    Sequential make() {
      RNNOptions options = RNNOptions.DEFAULTS.numLayers(2).bidirectional(true).dropout(0.2);
      return sequential(new Rows(gru(28, 12, options), false), linear(24, 10));
    }
  };

  /** Makes a network for images of 28 x 28 pixels and ten classes. */
  abstract Sequential make();
}
