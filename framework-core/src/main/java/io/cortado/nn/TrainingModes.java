package io.cortado.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a model are in training mode, to be restored: a part may be in another mode than
 * the model, as a frozen backbone is.
 */
public final class TrainingModes {

  private record Mode(Module module, boolean training) {}

  private final List<Mode> modes = new ArrayList<>();

  private TrainingModes() {}

  /** Notes the modes of a model and of all its parts. */
  public static TrainingModes of(Module model) {
    TrainingModes noted = new TrainingModes();
    noted.note(model);
    return noted;
  }

  private void note(Module module) {
    modes.add(new Mode(module, module.isTraining()));
    module.children().values().forEach(this::note);
  }

  /** Puts each of them into the mode that it was in. */
  public void restore() {
    modes.forEach(m -> m.module.training(m.training)); // itself alone, whatever it overrides
  }
}
