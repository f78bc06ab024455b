package io.cortado.tck;

import io.cortado.optim.ASGD;
import io.cortado.optim.Adadelta;
import io.cortado.optim.Adafactor;
import io.cortado.optim.Adagrad;
import io.cortado.optim.Adam;
import io.cortado.optim.AdamW;
import io.cortado.optim.Adamax;
import io.cortado.optim.LBFGS;
import io.cortado.optim.Muon;
import io.cortado.optim.NAdam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.RAdam;
import io.cortado.optim.RMSprop;
import io.cortado.optim.Rprop;
import io.cortado.optim.SGD;
import io.cortado.optim.SparseAdam;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;

/** Optimizers made as the name of a recorded case says. */
final class TorchOptimizers {

  private static final double NOT_GIVEN = Double.NaN;

  private TorchOptimizers() {}

  /** Makes the optimizer of a case; options that the name does not have are ours. */
  static Optimizer make(String torchClass, TorchLossOptions o) {
    return switch (torchClass) {
      case "SGD" -> sgd(o);
      case "Adam" -> adam(o);
      case "AdamW" -> adamW(o);
      case "Adamax" -> adamax(o);
      case "NAdam" -> nadam(o);
      case "RAdam" -> radam(o);
      case "Adagrad" -> adagrad(o);
      case "SparseAdam" -> sparseAdam(o);
      case "Adadelta" -> adadelta(o);
      case "RMSprop" -> rmsprop(o);
      case "Rprop" -> rprop(o);
      case "ASGD" -> asgd(o);
      case "Adafactor" -> adafactor(o);
      case "Muon" -> muon(o);
      case "LBFGS" -> lbfgs(o);
      default ->
          throw new IllegalStateException(
              "torch.optim." + torchClass + " is recorded, and this class does not know it");
    };
  }

  private static <T> T withRate(TorchLossOptions o, Supplier<T> usual, DoubleFunction<T> of) {
    double[] lr = {NOT_GIVEN};
    o.number("lr", value -> lr[0] = value);
    return Double.isNaN(lr[0]) ? usual.get() : of.apply(lr[0]);
  }

  /** Sets two numbers where they are given. */
  private static void pair(
      TorchLossOptions o, String first, String second, BiConsumer<Double, Double> setter) {
    double[] values = {NOT_GIVEN, NOT_GIVEN};
    o.number(first, value -> values[0] = value);
    o.number(second, value -> values[1] = value);
    if (!Double.isNaN(values[0])) {
      setter.accept(values[0], values[1]);
    }
  }

  private static void betas(TorchLossOptions o, BiConsumer<Double, Double> setter) {
    pair(o, "beta1", "beta2", setter);
  }

  private static void flag(TorchLossOptions o, String name, Consumer<Boolean> setter) {
    o.flag(name, setter);
  }

  private static Optimizer sgd(TorchLossOptions o) {
    SGD s = withRate(o, SGD::new, SGD::new);
    o.number("momentum", s::momentum);
    o.number("dampening", s::dampening);
    o.number("weight_decay", s::weightDecay);
    flag(o, "nesterov", s::nesterov);
    flag(o, "maximize", s::maximize);
    return s;
  }

  private static Optimizer adam(TorchLossOptions o) {
    Adam a = withRate(o, Adam::new, Adam::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "amsgrad", a::amsgrad);
    flag(o, "maximize", a::maximize);
    flag(o, "decoupled_weight_decay", a::decoupledWeightDecay);
    return a;
  }

  private static Optimizer adamW(TorchLossOptions o) {
    AdamW a = withRate(o, AdamW::new, AdamW::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "amsgrad", a::amsgrad);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer adamax(TorchLossOptions o) {
    Adamax a = withRate(o, Adamax::new, Adamax::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer nadam(TorchLossOptions o) {
    NAdam a = withRate(o, NAdam::new, NAdam::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    o.number("momentum_decay", a::momentumDecay);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    flag(o, "decoupled_weight_decay", a::decoupledWeightDecay);
    return a;
  }

  private static Optimizer radam(TorchLossOptions o) {
    RAdam a = withRate(o, RAdam::new, RAdam::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    flag(o, "decoupled_weight_decay", a::decoupledWeightDecay);
    return a;
  }

  private static Optimizer adagrad(TorchLossOptions o) {
    Adagrad a = withRate(o, Adagrad::new, Adagrad::new);
    o.number("lr_decay", a::lrDecay);
    o.number("initial_accumulator_value", a::initialAccumulatorValue);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer sparseAdam(TorchLossOptions o) {
    SparseAdam a = withRate(o, SparseAdam::new, SparseAdam::new);
    betas(o, a::betas);
    o.number("eps", a::eps);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer adadelta(TorchLossOptions o) {
    Adadelta a = withRate(o, Adadelta::new, Adadelta::new);
    o.number("rho", a::rho);
    o.number("eps", a::eps);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer rmsprop(TorchLossOptions o) {
    RMSprop r = withRate(o, RMSprop::new, RMSprop::new);
    o.number("alpha", r::alpha);
    o.number("eps", r::eps);
    o.number("momentum", r::momentum);
    o.number("weight_decay", r::weightDecay);
    flag(o, "centered", r::centered);
    flag(o, "maximize", r::maximize);
    return r;
  }

  private static Optimizer rprop(TorchLossOptions o) {
    Rprop r = withRate(o, Rprop::new, Rprop::new);
    pair(o, "eta_minus", "eta_plus", r::etas);
    pair(o, "step_min", "step_max", r::stepSizes);
    flag(o, "maximize", r::maximize);
    return r;
  }

  private static Optimizer asgd(TorchLossOptions o) {
    ASGD a = withRate(o, ASGD::new, ASGD::new);
    o.number("lambd", a::lambd);
    o.number("alpha", a::alpha);
    o.number("t0", a::t0);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer adafactor(TorchLossOptions o) {
    Adafactor a = withRate(o, Adafactor::new, Adafactor::new);
    o.number("beta2_decay", a::beta2Decay);
    pair(o, "eps1", "eps2", a::eps);
    o.number("d", a::d);
    o.number("weight_decay", a::weightDecay);
    flag(o, "maximize", a::maximize);
    return a;
  }

  private static Optimizer muon(TorchLossOptions o) {
    Muon m = withRate(o, Muon::new, Muon::new);
    o.number("momentum", m::momentum);
    o.number("weight_decay", m::weightDecay);
    flag(o, "nesterov", m::nesterov);
    o.integer("ns_steps", m::nsSteps);
    double[] c = {NOT_GIVEN, NOT_GIVEN, NOT_GIVEN};
    o.number("a", value -> c[0] = value);
    o.number("b", value -> c[1] = value);
    o.number("c", value -> c[2] = value);
    if (!Double.isNaN(c[0])) {
      m.nsCoefficients(c[0], c[1], c[2]);
    }
    if (o.is("adjust_lr_fn", "match_rms_adamw")) {
      m.adjustLr(Muon.AdjustLr.MATCH_RMS_ADAMW);
    }
    return m;
  }

  private static Optimizer lbfgs(TorchLossOptions o) {
    LBFGS l = withRate(o, LBFGS::new, LBFGS::new);
    o.integer("max_iter", l::maxIter);
    o.integer("max_eval", l::maxEval);
    o.integer("history_size", l::historySize);
    o.number("tolerance_grad", l::toleranceGrad);
    o.number("tolerance_change", l::toleranceChange);
    if (o.is("line_search_fn", "strong_wolfe")) {
      l.strongWolfe(true);
    }
    return l;
  }
}
