package io.cortado.autograd;

import io.cortado.Step;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import org.jspecify.annotations.Nullable;

/**
 * The three passes of a convolution over one, two or three axes.
 *
 * <p>Slices of a third axis are laid out anew in each pass: keeping them would take a kernel's
 * depth times the input's memory until the backward pass.
 */
final class ConvPasses {

  private final ConvPlan plan;
  private final Step step;
  private final Backend backend;

  ConvPasses(ConvPlan plan, Step step) {
    this.plan = plan;
    this.step = step;
    this.backend = step.device().backend();
  }

  /** Computes {@code y = act(x * w + bias)}. */
  void forward(Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    ConvPlan.Depth depth = plan.depth();
    if (depth == null) {
      backend.conv(plan.spec(), x, w, bias, y);
      return;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer out = temporaries.floats(plan.output().size());
      backend.conv(plan.spec(), slices(depth, x, temporaries), w, bias, out);
      backend.permute(depth.toOutput(), out, 0, y);
    }
  }

  /** Computes the input's gradient. */
  void backwardData(Buffer dy, Buffer w, float beta, Buffer dx) {
    ConvPlan.Depth depth = plan.depth();
    if (depth == null) {
      backend.convBackwardData(plan.spec(), dy, w, beta, dx);
      return;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer slices = temporaries.floats(depth.slices().size());
      Buffer upstream = upstream(depth, dy, temporaries);
      backend.convBackwardData(plan.spec(), upstream, w, 0, slices);
      depth.slices().gather(backend, slices, beta, dx);
    }
  }

  /** Computes the weight's gradient. */
  void backwardFilter(Buffer x, Buffer dy, float beta, Buffer dw) {
    ConvPlan.Depth depth = plan.depth();
    ConvSpec spec = plan.spec();
    if (depth == null) {
      backend.convBackwardFilter(spec, x, dy, beta, dw);
      return;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer slices = slices(depth, x, temporaries);
      backend.convBackwardFilter(spec, slices, upstream(depth, dy, temporaries), beta, dw);
    }
  }

  private Buffer slices(ConvPlan.Depth depth, Buffer x, Temporaries temporaries) {
    Buffer slices = temporaries.floats(depth.slices().size());
    depth.slices().spread(backend, x, 0, slices);
    return slices;
  }

  private Buffer upstream(ConvPlan.Depth depth, Buffer dy, Temporaries temporaries) {
    Buffer upstream = temporaries.floats(plan.output().size());
    backend.permute(depth.toSlices(), dy, 0, upstream);
    return upstream;
  }
}
