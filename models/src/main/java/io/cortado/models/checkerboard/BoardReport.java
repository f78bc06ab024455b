package io.cortado.models.checkerboard;

import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.pictures.RegionPicture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Gathers what networks make of a board, and draws it. */
final class BoardReport {

  /** Points along a side of a picture. */
  static final int SIDE = 96;

  private final Run run;
  private final Map<Setting, Result> results = new LinkedHashMap<>();

  /** What came of a setting. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Result(Setting setting, double validation, double test, float[] map) {}

  BoardReport(Run run) {
    this.run = run;
  }

  void add(Setting setting, double validation, double test, float[] map) {
    results.put(setting, new Result(setting, validation, test, map));
    run.say("%-22s test accuracy %.4f", setting, test);
  }

  /** Draws all networks' maps in one picture, a block for each loss and activation. */
  void draw(
      List<String> losses, List<String> activations, List<Integer> widths, List<Integer> depths)
      throws IOException {
    List<RegionPicture.Block> blocks = new ArrayList<>();
    for (String loss : losses) {
      for (String activation : activations) {
        List<RegionPicture.Map> maps = new ArrayList<>();
        for (int width : widths) {
          for (int depth : depths) {
            Result r =
                Objects.requireNonNull(results.get(Setting.of(loss, activation, width, depth)));
            String caption = String.format(Locale.ROOT, "%.1f %%", 100 * r.test);
            maps.add(new RegionPicture.Map(r.map, SIDE, caption));
          }
        }
        blocks.add(
            new RegionPicture.Block(
                loss.toUpperCase(Locale.ROOT) + ", " + activation,
                widths.stream().map(w -> "width " + w).toList(),
                depths.stream().map(d -> "depth " + d).toList(),
                maps));
      }
    }
    String title = "Where each network sees a dark square; right test points";
    RegionPicture.write(run.file("regions.png"), title, blocks);
    run.saved(run.file("regions.png"), "what each network sees where");
  }

  /** Returns the accuracy of the network that validation chooses, and the mean of each depth. */
  Figures figures(List<Integer> depths) {
    Result best = Collections.max(results.values(), Comparator.comparingDouble(r -> r.validation));
    Figures figures = Figures.of("test accuracy", best.test);
    run.say("%nby validation: %s, %.4f of the test points", best.setting, best.test);
    for (int depth : depths) {
      double mean =
          results.values().stream()
              .filter(r -> r.setting.depth() == depth)
              .mapToDouble(r -> r.test)
              .average()
              .orElseThrow();
      run.say("depth %d: %.4f in the mean", depth, mean);
      figures = figures.and("mean at depth " + depth, mean);
    }
    return figures;
  }
}
