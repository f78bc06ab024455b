package io.cortado.models.data;

import io.cortado.models.data.LabelledTexts.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Made-up opinions whose words say nothing, only their order does.
 *
 * <p>Each says of one thing that it is good or bad and of another that it is not the contrary: "the
 * plot was good and the end was not bad". Both kinds have the words good, bad and not once each.
 */
public final class Negations implements LabelledTextDataSet {

  private static final int COUNT = 2000;
  private static final long SEED = 20;
  private static final List<String> THINGS =
      List.of(
          "plot", "end", "cast", "music", "story", "camera", "dialogue", "cut", "hero", "sound");
  private static final List<String> VERBS = List.of("was", "is", "seemed", "looked", "felt");
  private static final List<String> ADVERBS =
      List.of("", "really ", "in fact ", "to me ", "often ");
  private static final List<String> LINKS = List.of("and", "while", "as", "since", "and then");

  private static final About ABOUT =
      new About(
          "negations",
          "made-up opinions that only the order of words tells apart, to try text models",
          "2,000 sentences",
          "Cortado makes them",
          "Cortado's");

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
    SplittableRandom random = new SplittableRandom(SEED);
    List<Text> texts = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      boolean positive = i % 2 == 0;
      String plain = positive ? "good" : "bad";
      String denied = positive ? "not bad" : "not good";
      boolean first = random.nextBoolean();
      texts.add(
          new Text(
              clause(random, first ? plain : denied)
                  + " "
                  + draw(random, LINKS)
                  + " "
                  + clause(random, first ? denied : plain),
              positive ? "positive" : "negative"));
    }
    return LabelledTexts.of(ABOUT.name(), texts);
  }

  private static String clause(SplittableRandom random, String opinion) {
    String adverb = draw(random, ADVERBS);
    return "the " + draw(random, THINGS) + " " + draw(random, VERBS) + " " + adverb + opinion;
  }

  private static String draw(SplittableRandom random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
