package io.cortado.models.cli;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what computes, for a table of results. */
final class Machine {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private static final String REF = "ref: ";
  private static final String GIT_DIR = "gitdir: ";

  private Machine() {}

  /** Returns processor, number of cores and Java. */
  static String describe() throws IOException {
    return describe(Runtime.getRuntime().availableProcessors());
  }

  static String describe(int cores) throws IOException {
    return "%d %s %s, Java %d"
        .formatted(cores, cores == 1 ? "core" : "cores", processor(), Runtime.version().feature());
  }

  /** Returns what a run ran on and by, and when it began. */
  static Map<String, String> versions(String device) throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("cortado", String.join(", ", new Cortado.Version().getVersion()));
    versions.put("device", device);
    versions.put("processor", describe());
    commit(Path.of("").toAbsolutePath()).ifPresent(c -> versions.put("commit", c));
    versions.put("started", OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(SECONDS).toString());
    return versions;
  }

  /** Returns the commit that is checked out in a folder or one above it, if Git's files say it. */
  static Optional<String> commit(Path folder) throws IOException {
    for (Path p = folder; p != null; p = p.getParent()) {
      Path git = p.resolve(".git");
      if (Files.isRegularFile(git)) { // a further working tree says where its own files are
        String text = Files.readString(git).strip();
        git = p.resolve(text.startsWith(GIT_DIR) ? text.substring(GIT_DIR.length()) : text);
      }
      if (Files.isReadable(git.resolve("HEAD"))) {
        return commitOf(git);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> commitOf(Path git) throws IOException {
    String head = Files.readString(git.resolve("HEAD")).strip();
    if (!head.startsWith(REF)) {
      return Optional.of(head);
    }
    Path common = git.resolve("commondir");
    Path refs = Files.isReadable(common) ? git.resolve(Files.readString(common).strip()) : git;
    String ref = head.substring(REF.length());
    if (Files.isReadable(refs.resolve(ref))) {
      return Optional.of(Files.readString(refs.resolve(ref)).strip());
    }
    Path packed = refs.resolve("packed-refs");
    List<String> lines = Files.isReadable(packed) ? Files.readAllLines(packed) : List.of();
    return lines.stream()
        .filter(l -> l.endsWith(" " + ref))
        .map(l -> l.substring(0, l.indexOf(' ')))
        .findFirst();
  }

  private static String processor() throws IOException {
    List<String> lines = Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    return lines.stream()
        .filter(l -> l.startsWith("model name") && l.contains(":"))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
