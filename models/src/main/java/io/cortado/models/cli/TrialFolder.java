package io.cortado.models.cli;

import io.cortado.models.Figures;
import io.cortado.models.Trial;
import io.cortado.models.ZooModel;
import io.cortado.models.zoo.Twin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of one of the zoo's trainings, and of the same by PyTorch: what a stopped one saved
 * there, the next goes on from; one that saves nothing begins anew. A training that has ended keeps
 * its folder to itself.
 */
final class TrialFolder {

  /** Says that the training's figures have been taken. */
  private static final String ENDED = "ended";

  private final Path path;
  private final ZooModel model;
  private final Trial trial;
  private final long seed;

  private TrialFolder(Path path, ZooModel model, Trial trial, long seed) {
    this.path = path;
    this.model = model;
    this.trial = trial;
    this.seed = seed;
  }

  /**
   * Finds a training's folder, or makes it.
   *
   * @param side whose training it is, a part of the folder's name
   */
  static TrialFolder of(Path zoo, String side, ZooModel model, Trial trial, long seed)
      throws IOException {
    String told = String.join(" ", trial.arguments());
    String name =
        "%s %s %s seed %d".formatted(model.name(), told, side, seed).replaceAll("[^\\w.]+", "-");
    Path path = zoo.resolve(name);
    for (int i = 2; Files.exists(path.resolve(ENDED)); i++) {
      path = zoo.resolve(name + "-" + i);
    }
    return new TrialFolder(Files.createDirectories(path), model, trial, seed);
  }

  /** Trains; where it was stopped, it has no figures and its folder is for the next attempt. */
  Ended cortado() throws IOException {
    Path run = (model.resumes() ? path : Files.createTempDirectory(path, "try-")).resolve("run");
    try (Attempts attempts = attempts()) {
      Ended ended = Ended.train(model.name(), trial.arguments(), seed, run, log());
      return ended.isStopped() ? ended : end(ended.figures(), attempts);
    }
  }

  /** Trains by PyTorch. */
  Ended pytorch(Twin twin) throws IOException, InterruptedException {
    try (Attempts attempts = attempts()) {
      Path saved = path.resolve("state.pt");
      return end(new Figures(twin.train(trial, seed, saved, log())), attempts);
    }
  }

  private Path log() {
    return path.resolve("log.txt");
  }

  private Attempts attempts() throws IOException {
    return Attempts.begin(path.resolve("seconds.txt"));
  }

  private Ended end(Figures figures, Attempts attempts) throws IOException {
    Files.createFile(path.resolve(ENDED));
    return new Ended(figures, attempts.seconds());
  }
}
