package io.cortado.models.checkerboard;

import io.cortado.data.Dataset;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.MSELoss;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Suggestions;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.mlp.DenseNet;
import io.cortado.nn.Sequential;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * Tells a chessboard's colors from the coordinates of points, by networks of each depth and width.
 *
 * <pre>
 *   x, y in [-1, 1) - width - activation - ... depth times ... - 1: is the square dark?
 * </pre>
 *
 * <p>No line parts the colors, as none parts those of XOR, a board of 2 x 2 (M. Minsky, S. Papert,
 * "Perceptrons", 1969). All networks see the same points. Validation points choose one of them, and
 * test points measure it.
 */
public final class Checkerboard implements ZooModel {

  private static final int VALIDATION = 1000;
  private static final int TEST = 4000;
  private static final int BATCH = 64;
  private static final double LR = 1e-2;
  private static final List<String> LOSSES = List.of("bce", "mse");

  @Option(
      names = "--squares",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Squares along a side of the board (default: ${DEFAULT-VALUE}).")
  private int squares = 4;

  @Option(
      names = "--points",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Points to train on (default: ${DEFAULT-VALUE}).")
  private int points = 2000;

  @Option(
      names = "--depths",
      paramLabel = "N",
      split = ",",
      converter = Values.NotNegative.class,
      description = "Numbers of hidden layers (default: 0,1,2,3,4).")
  private List<Integer> depths = new ArrayList<>();

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      converter = Values.Positive.class,
      description = "Units of a hidden layer (default: 4,16,64).")
  private List<Integer> widths = new ArrayList<>();

  @Option(
      names = "--losses",
      paramLabel = "NAME",
      split = ",",
      description = "bce, or mse of a sigmoid (default: both).")
  private List<String> losses = new ArrayList<>();

  @Option(
      names = "--activations",
      paramLabel = "NAME",
      split = ",",
      description = "relu, tanh or sigmoid (default: relu,tanh).")
  private List<String> activations = new ArrayList<>();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Passes over the points (default: ${DEFAULT-VALUE}).")
  private int epochs = 60;

  @Override
  public String name() {
    return "checkerboard";
  }

  @Override
  public String description() {
    return "what depth, width, loss and activation do: the colors of a chessboard, many networks";
  }

  @Override
  public List<Trial> trials() {
    return List.of(
        Trial.of(
            "Checkerboard, 50 networks",
            "",
            "test accuracy",
            Goal.atLeast(0.95),
            3,
            "0.5 by guessing"));
  }

  @Override
  public List<Trial> quickTrials() {
    String few = "--depths 0,2 --widths 64 --losses bce --activations relu";
    return List.of(
        Trial.floor("Checkerboard, two networks", few, "test accuracy", Goal.atLeast(0.9)));
  }

  @Override
  public Figures train(Run run) throws IOException {
    losses = losses.isEmpty() ? LOSSES : losses;
    activations = activations.isEmpty() ? List.of("relu", "tanh") : activations;
    widths = widths.isEmpty() ? List.of(4, 16, 64) : widths;
    depths = depths.isEmpty() ? List.of(0, 1, 2, 3, 4) : depths;
    check();
    run.folder().create();
    run.kept(() -> "no picture was drawn");
    run.line("board", "%d x %d squares, %,d points train", squares, squares, points);
    Random random = new Random(run.seed());
    Board train = Board.random(squares, points, random);
    Board validation = Board.random(squares, VALIDATION, random);
    Board test = Board.random(squares, TEST, random);
    BoardReport report = new BoardReport(run);
    for (Setting s : settings()) {
      Sequential network = trained(run, s, train.dataset());
      if (run.stopped()) {
        return Figures.NONE;
      }
      report.add(
          s,
          s.accuracy(network, validation.dataset()),
          s.accuracy(network, test.dataset()),
          s.scores(network, Board.screen(squares, BoardReport.SIDE).dataset()));
    }
    report.draw(losses, activations, widths, depths);
    return report.figures(depths);
  }

  private void check() {
    for (String loss : losses) {
      if (!LOSSES.contains(loss)) {
        throw Suggestions.unknown("loss", loss, LOSSES);
      }
    }
    activations.forEach(a -> DenseNet.of(1, 1, a));
    if (squares < 2 || squares > 16) {
      throw new InputException("--squares is " + squares + "; give 2 to 16");
    }
  }

  /** Returns all settings; without hidden layers there is neither a width nor an activation. */
  private Set<Setting> settings() {
    Set<Setting> all = new LinkedHashSet<>();
    for (String loss : losses) {
      for (String activation : activations) {
        for (int width : widths) {
          depths.forEach(d -> all.add(Setting.of(loss, activation, width, d)));
        }
      }
    }
    return all;
  }

  private Sequential trained(Run run, Setting s, Dataset train) {
    Sequential network = s.network();
    network.init(run.device(), run.seed());
    Trainer trainer =
        Trainer.of(network)
            .loss(s.isLogit() ? new BCEWithLogitsLoss() : new MSELoss())
            .optimizer(new Adam(LR))
            .scheduleSteps(new CosineAnnealingLR((long) epochs * ((points + BATCH - 1) / BATCH)))
            .epochs(epochs)
            .batchSize(BATCH)
            .captureSteps(true)
            .seed(run.seed());
    run.heed(trainer).fit(train);
    return network;
  }
}
