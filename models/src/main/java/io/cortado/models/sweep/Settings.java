package io.cortado.models.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Which settings a sweep tries: values by option. */
public final class Settings {

  private Settings() {}

  /**
   * Returns all combinations of the grids' values, each as often as values are drawn from the
   * ranges.
   *
   * @param draws how many are drawn; 0 without ranges
   * @param seed what the draws depend on
   */
  public static List<Map<String, String>> of(
      List<Grid> grids, List<Range> ranges, int draws, long seed) {
    List<Map<String, String>> all = new ArrayList<>(List.of(new LinkedHashMap<>()));
    for (Grid grid : grids) {
      List<Map<String, String>> more = new ArrayList<>();
      for (Map<String, String> one : all) {
        grid.values().forEach(value -> more.add(with(one, grid.option(), value)));
      }
      all = more;
    }
    if (ranges.isEmpty()) {
      return all;
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Map<String, String>> drawn = new ArrayList<>();
    for (int i = 0; i < draws; i++) {
      for (Map<String, String> one : all) {
        Map<String, String> setting = one;
        for (Range range : ranges) {
          setting = with(setting, range.option(), range.draw(random));
        }
        drawn.add(setting);
      }
    }
    return drawn.stream().distinct().toList();
  }

  private static Map<String, String> with(Map<String, String> one, String option, String value) {
    Map<String, String> more = new LinkedHashMap<>(one);
    more.put(option, value);
    return more;
  }

  /** Returns a setting as the command line takes it. */
  public static List<String> arguments(Map<String, String> setting) {
    return setting.entrySet().stream().map(e -> "--" + e.getKey() + "=" + e.getValue()).toList();
  }
}
