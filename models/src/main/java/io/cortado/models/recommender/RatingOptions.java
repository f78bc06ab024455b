package io.cortado.models.recommender;

import io.cortado.models.Suggestions;
import io.cortado.models.Values;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.RatingDataSet;
import io.cortado.models.data.Ratings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training of a recommender can be told. */
final class RatingOptions {

  private static final String FACTORIZATION = "mf";
  private static final List<String> FORMS = List.of(FACTORIZATION, "neural");

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description = "mf (matrix factorization) or neural (default: ${DEFAULT-VALUE}).")
  String form = "neural";

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "Ratings: insteval or tastes, which are made up (default: ${DEFAULT-VALUE}).")
  private String data = "insteval";

  @Option(
      names = "--ratings",
      paramLabel = "FILE",
      description = "Ratings of your own: MovieLens's ratings.csv or u.data.")
  private @Nullable Path file;

  @Option(
      names = "--factors",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers that describe a user or an item (default: ${DEFAULT-VALUE}).")
  int width = 8;

  @Option(
      names = "--factor-ridge",
      paramLabel = "X",
      converter = Values.Ridge.class,
      description = "How strongly these are kept small (default: 10 for mf, 40 for neural).")
  private @Nullable Double factorRidge;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Passes over the ratings, at most (default: 40 for mf, 6 for neural).")
  private @Nullable Integer epochs;

  /**
   * Returns the ratings that are asked for, once the other options are checked.
   *
   * @throws io.cortado.models.InputException if there is no such form or data set
   * @throws io.cortado.data.DataException if the ratings cannot be read
   */
  Ratings ratings(DataHome home) {
    if (!FORMS.contains(form)) {
      throw Suggestions.unknown("form", form, FORMS);
    }
    Path own = file;
    return own == null ? DataSets.get(RatingDataSet.class, data).ratings(home) : Ratings.read(own);
  }

  boolean isFactorization() {
    return form.equals(FACTORIZATION);
  }

  int epochs() {
    return epochs != null ? epochs : isFactorization() ? 40 : 6;
  }

  /** Returns how strongly the factors are kept small. */
  double ridge() {
    return factorRidge != null ? factorRidge : isFactorization() ? 10 : 40;
  }
}
