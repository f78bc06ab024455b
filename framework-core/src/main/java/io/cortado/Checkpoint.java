package io.cortado;

import io.cortado.autograd.Gradients;
import io.cortado.backend.Buffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Function;

/**
 * A part of the forward pass whose inner values are computed anew in the backward pass.
 *
 * <p>The second time its operations are recorded behind all others, walked back by themselves, and
 * forgotten again. Random numbers are drawn from where the first time drew them.
 */
final class Checkpoint {

  private final Step step;
  private final Tape tape;
  private final Function<Tensor[], Tensor> body;
  private final Tensor[] inputs;
  private final RandomState random;
  private final RandomState.Place place;

  Checkpoint(Step step, Tape tape, Function<Tensor[], Tensor> body, Tensor[] inputs) {
    this.step = step;
    this.tape = tape;
    this.body = body;
    this.inputs = inputs.clone();
    this.random = step.device().random();
    this.place = random.place();
  }

  Tensor forward() {
    int before = step.pieces();
    Tensor made = step.withoutRecording(() -> body.apply(inputs));
    // Its own node, whatever the body gave: an input, or a view of one.
    Tensor y = made.view(step, made.shape());
    free(step.since(before), made.buffer());
    return step.record("checkpoint", y, this::backward);
  }

  private void free(Buffer[] buffers, Buffer kept) {
    for (Buffer b : buffers) {
      if (b != kept) {
        step.free(b);
      }
    }
  }

  private void backward(Gradients g) {
    RandomState.Place now = random.place();
    int recorded = tape.size();
    int before = step.pieces();
    Tensor[] copies = new Tensor[inputs.length];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = inputs[i].view(step, inputs[i].shape());
      copies[i].checkpointed = true;
      if (g.needs(inputs[i])) {
        copies[i].requiresGrad(true);
      }
    }
    Tensor y;
    random.moveTo(place);
    try {
      y = body.apply(copies);
    } finally {
      random.moveTo(now);
    }
    Buffer[] inner = step.since(before);
    Set<Buffer> given = Collections.newSetFromMap(new IdentityHashMap<>());
    try {
      if (y.node() >= recorded) {
        Buffer start = g.upstream();
        Tensor seed = Tensor.over(step, y.shape(), start);
        tape.seed(y, seed);
        tape.walk(y, recorded, false);
      } else { // one of the inputs, as it is
        pass(y, copies, g);
      }
      give(copies, given, g);
    } finally {
      tape.truncate(recorded);
      for (Buffer b : inner) { // some were gradients, and are gone
        if (!given.contains(b)) {
          step.freeIfOwned(b);
        }
      }
    }
  }

  private void pass(Tensor y, Tensor[] copies, Gradients g) {
    for (Tensor copy : copies) {
      if (copy == y && copy.requiresGrad()) {
        tape.seed(copy, Tensor.over(step, y.shape(), g.upstream()));
      }
    }
  }

  private void give(Tensor[] copies, Set<Buffer> given, Gradients g) {
    for (int i = 0; i < copies.length; i++) {
      Buffer part = copies[i].gradient;
      if (part != null) {
        copies[i].gradient = null;
        given.add(part);
        g.give(inputs[i], part);
      }
    }
  }
}
