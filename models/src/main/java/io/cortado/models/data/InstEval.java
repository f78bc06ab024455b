package io.cortado.models.data;

import io.cortado.data.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Ratings of lectures at ETH Zurich, 1 to 5, by students.
 *
 * <p>It is the data frame {@code InstEval} of R's package lme4; looked for in the {@link DataHome}
 * and where R installs packages.
 */
public final class InstEval implements RatingDataSet {

  private static final String INDEX = "Rdata.rdx";

  /** How long the student has studied; how long ago the lecture was; for whom; which department. */
  private static final List<String> ATTRIBUTES = List.of("studage", "lectage", "service", "dept");

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/R/site-library/lme4/data"),
          Path.of("/usr/local/lib/R/site-library/lme4/data"));

  private static final About ABOUT =
      new About(
          "insteval",
          "lectures rated by students, 1 to 5",
          "73,421 ratings of 1,128 lecturers by 2,972 students",
          "ETH Zurich, as R's package lme4 has it (D. Bates et al.)",
          "GPL-2 or later (lme4)");

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return find(home).map(file -> String.valueOf(file.getParent()));
  }

  private static Optional<Path> find(DataHome home) {
    return home.find(ABOUT.name(), INDEX, PLACES);
  }

  @Override
  public Ratings ratings(DataHome home) {
    Path index =
        find(home)
            .orElseThrow(() ->
                new DataException(
                    "insteval is not on this machine: "
                        + INDEX
                        + " and Rdata.rdb were looked for in "
                        + home.searched(ABOUT.name(), PLACES)
                        + "; install Debian's r-cran-lme4, or R's package lme4, or copy the two files"
                        + " of its folder data to the first of these folders"));
    home.reads(ABOUT.name(), index.resolveSibling("Rdata.rdb"));
    RValue frame = RDataFile.lazy(home.reads(ABOUT.name(), index), "InstEval");
    RValue students = frame.get("s");
    RValue lecturers = frame.get("d");
    return new Ratings(
        "insteval",
        students.levels(),
        lecturers.levels(),
        students.classes(),
        lecturers.classes(),
        frame.get("y").numbers(),
        context(frame));
  }

  private static Ratings.Context context(RValue frame) {
    int n = ATTRIBUTES.size();
    int[] codes = new int[frame.get("s").integers().length * n];
    int count = 0;
    for (int a = 0; a < n; a++) {
      RValue attribute = frame.get(ATTRIBUTES.get(a));
      int[] classes = attribute.classes();
      for (int r = 0; r < classes.length; r++) {
        codes[r * n + a] = count + classes[r];
      }
      count += attribute.levels().size();
    }
    return new Ratings.Context(n, count, codes);
  }
}
