package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that are computed of others each time they are used; names in files are those of
 * PyTorch's {@code torch.nn.utils.parametrizations}.
 *
 * @see <a href="https://pytorch.org/docs/stable/nn.html#utilities">torch.nn.utils</a>
 */
public final class Parametrizations {

  private static final String ALL = "parametrizations";

  private Parametrizations() {}

  /**
   * Splits the weight into its direction and one length for each output; see {@link WeightNorm}.
   */
  public static <M extends Module> M weightNorm(M module) {
    return weightNorm(module, "weight", 0);
  }

  /**
   * Splits a parameter into a direction and a length: {@code w = g v / |v|}.
   *
   * <p>Files have {@code parametrizations.NAME.original0}, g, and {@code original1}, v.
   *
   * @param name the parameter's name in the module
   * @param dim the axis that has a length for each index; null for one length of all
   * @return the module
   * @throws IllegalArgumentException if the module has no such parameter or axis
   * @throws IllegalStateException if the parameter has a value already, or is computed
   * @see <a href="https://arxiv.org/abs/1602.07868">Salimans, Kingma, "Weight Normalization"
   *     (2016)</a>
   * @see <a
   *     href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html">torch.nn.utils.parametrizations.weight_norm</a>
   */
  public static <M extends Module> M weightNorm(M module, String name, @Nullable Integer dim) {
    Parameter p = taken("weightNorm", module, name);
    return register(module, name, p, new WeightNorm(p, dim));
  }

  /** Divides the weight by its largest singular value, found by one power iteration a step. */
  public static <M extends Module> M spectralNorm(M module) {
    return spectralNorm(module, "weight", 1, 1e-12, 0);
  }

  /**
   * Divides a parameter, seen as a matrix, by its largest singular value, {@code w / (u' w v)}.
   *
   * <p>While training each use improves u and v by power iterations; files have them as {@code
   * parametrizations.NAME.0._u} and {@code _v} beside {@code parametrizations.NAME.original}.
   *
   * @param name the parameter's name in the module
   * @param nPowerIterations how many iterations each use takes
   * @param eps the least length that a vector is divided by
   * @param dim the axis of the matrix's rows
   * @return the module
   * @throws IllegalArgumentException if the module has no such parameter or axis, or there is no
   *     iteration
   * @throws IllegalStateException if the parameter has a value already, or is computed
   * @see <a href="https://arxiv.org/abs/1802.05957">Miyato et al., "Spectral Normalization for
   *     Generative Adversarial Networks" (2018)</a>
   * @see <a
   *     href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html">torch.nn.utils.parametrizations.spectral_norm</a>
   */
  public static <M extends Module> M spectralNorm(
      M module, String name, int nPowerIterations, double eps, int dim) {
    if (nPowerIterations < 1) {
      throw new IllegalArgumentException(
          "spectralNorm: " + nPowerIterations + " power iterations; at least 1 is needed");
    }
    Parameter p = taken("spectralNorm", module, name);
    return register(module, name, p, new SpectralNorm(p, nPowerIterations, (float) eps, dim));
  }

  private static Parameter taken(String what, Module module, String name) {
    Parameter p = module.ownParameters().get(name);
    if (p == null) {
      throw new IllegalArgumentException(
          "%s: %s has no parameter '%s' of its own, only %s"
              .formatted(what, module, name, module.ownParameters().keySet()));
    }
    if (p.isInitialized() || p.isComputed()) {
      throw new IllegalStateException(
          "%s: parameter '%s' of %s %s; parametrise it once, before init"
              .formatted(
                  what,
                  name,
                  module,
                  p.isComputed() ? "is computed already" : "has a value already"));
    }
    return p;
  }

  private static <M extends Module> M register(
      M module, String name, Parameter p, Parametrization made) {
    Parametrization.All all =
        module.children().get(ALL) instanceof Parametrization.All there
            ? there
            : module.child(ALL, new Parametrization.All());
    all.add(name, made);
    module.ownParameters().remove(name);
    p.computedBy(made::compute);
    return module;
  }

  /**
   * Makes a computed parameter an ordinary one again, of the value that it has in eval mode.
   *
   * <p>After {@code init} it takes the place of the parameter of its own shape that it was computed
   * of, so that an optimizer goes on training it; its state there stays.
   *
   * @param name the parameter's name in the module
   * @throws IllegalArgumentException if there is no computed parameter of this name
   * @see <a
   *     href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html">torch.nn.utils.parametrize.remove_parametrizations</a>
   */
  public static void remove(Module module, String name) {
    if (!(module.children().get(ALL) instanceof Parametrization.All all)
        || !(all.children().get(name) instanceof Parametrization made)) {
      throw new IllegalArgumentException(
          "remove: parameter '" + name + "' of " + module + " is not computed of others");
    }
    Parameter original = made.original();
    if (original.isInitialized()) {
      Tensor place = original.value();
      Device device = place.device();
      try (Step _ = device.inference()) {
        Tensor value = made.computeAsItIs();
        device.backend().copy(value.buffer(), 0, place.buffer(), 0, place.size());
      }
      place.markOverwritten();
    }
    all.removeChild(name);
    if (all.children().isEmpty()) {
      module.removeChild(ALL);
    }
    Parameter p = made.computed();
    module.ownParameters().put(name, p);
    p.takeOver(original);
  }
}
