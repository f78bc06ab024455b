package io.cortado.tck;

import io.cortado.Tensor;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import io.cortado.tck.TorchFixtures.Case;
import java.util.List;
import java.util.stream.Stream;

/** A family of torch.nn's layers: how each of ours is made as a recorded case says. */
interface TorchLayers {

  /** All families. */
  List<TorchLayers> FAMILIES =
      List.of(
          new TorchBasicLayers(),
          new TorchConvLayers(),
          new TorchPoolLayers(),
          new TorchPlacedPoolLayers(),
          new TorchShapeLayers(),
          new TorchAttentionLayers(),
          new TorchActivationLayers(),
          new TorchRecurrentLayers());

  /**
   * A layer, and what calls it.
   *
   * @param module what has the parameters
   * @param name what users call it
   * @param call what calls it
   */
  record Made(Module module, String name, Call call) {

    /** A layer of one input and one output. */
    static Made of(Layer layer) {
      return of(layer, layer.getClass().getSimpleName());
    }

    /** A layer of one input and one output, under the name of what makes it. */
    static Made of(Layer layer, String name) {
      return new Made(layer, name, x -> List.of(layer.forward(x[0])));
    }

    /** A module that is called in a way of its own. */
    static Made of(Module module, Call call) {
      return new Made(module, module.getClass().getSimpleName(), call);
    }
  }

  /** Calls a layer. */
  @FunctionalInterface
  interface Call {
    List<Tensor> of(Tensor... x);
  }

  /**
   * A recorded case and the family that it is of.
   *
   * @param family the family
   * @param recorded the case
   */
  record FamilyCase(TorchLayers family, Case recorded) {
    @Override
    public String toString() {
      return recorded.name();
    }
  }

  /** Returns the name of the family's file of recorded cases. */
  String fixtures();

  /** Makes a layer. */
  Made make(String torchClass, TorchLayerOptions options);

  /** Returns all recorded cases of all families. */
  static Stream<FamilyCase> cases() {
    return FAMILIES.stream()
        .flatMap(f -> TorchFixtures.cases(f.fixtures()).map(c -> new FamilyCase(f, c)));
  }

  /** Returns what to throw where a class is recorded that a family has no layer for. */
  default IllegalStateException unknown(String torchClass) {
    return new IllegalStateException(
        "torch.nn.%s is recorded in %s, and %s does not know it"
            .formatted(torchClass, fixtures(), getClass().getSimpleName()));
  }
}
