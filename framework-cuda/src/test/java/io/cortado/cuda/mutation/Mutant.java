package io.cortado.cuda.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One fault, and who has to find it.
 *
 * @param name a short name, for folders and reports
 * @param fault what is wrong with it, in words
 * @param file below {@code src/main}
 * @param before the text that is replaced; it occurs just once
 * @param after what stands there instead
 * @param tests the class that turns red, {@code Class} or {@code Class/Nested} of the backend's
 *     tests
 * @param finding a regular expression for the reason, to be found in what the tests report
 */
record Mutant(
    String name,
    String fault,
    String file,
    String before,
    String after,
    String tests,
    String finding) {

  private static final Path SOURCES = Path.of("src", "main");

  boolean isJava() {
    return file.endsWith(".java");
  }

  /** Returns the file's path below {@code src/main/java} or {@code src/main/resources}. */
  String place() {
    return file.substring(file.indexOf('/') + 1);
  }

  /**
   * Returns the text of the file with the fault in it.
   *
   * @throws AssertionError if there is no such place, or more than one: the code has changed, and
   *     the fault has to be written anew
   */
  String planted() throws IOException {
    String text = Files.readString(SOURCES.resolve(file));
    int at = text.indexOf(before);
    if (at < 0 || text.indexOf(before, at + 1) >= 0) {
      throw new AssertionError(
          "the fault '%s' cannot be planted: its text occurs %s in %s. Adapt it in its family:%n%s"
              .formatted(name, at < 0 ? "nowhere" : "more than once", file, before));
    }
    if (before.equals(after)) {
      throw new AssertionError("the fault '" + name + "' changes nothing");
    }
    return text.substring(0, at) + after + text.substring(at + before.length());
  }

  @Override
  public String toString() {
    return name + ": " + fault;
  }
}
