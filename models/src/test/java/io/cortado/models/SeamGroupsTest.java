package io.cortado.models;

import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An operation is in the class of its group, as docs/architecture.md says. */
@AnalyzeClasses(packages = "io.cortado", importOptions = ImportOption.DoNotIncludeTests.class)
final class SeamGroupsTest {
  private static final String SEAM = "io.cortado.backend.";

  /** The end of a class's name, and the families that are in it. */
  private static final Map<String, List<String>> GROUPS =
      Map.of(
          "MemoryOps", List.of("MemoryOps"),
          "ElementOps",
              List.of(
                  "ElementwiseOps", "PointwiseOps", "CopyOps", "ReduceOps", "OrderOps", "IndexOps"),
          "LayerOps", List.of("MatrixOps", "ConvOps", "PoolOps", "MaxPoolOps", "NormOps"),
          "SequenceOps", List.of("EmbeddingOps", "RecurrentOps", "SequenceLossOps"),
          "TrainingOps", List.of("LossOps", "RandomOps", "OptimizerOps", "LossScaleOps"));

  private static final List<String> CHAINS =
      List.of(
          "io.cortado.backend.Forwarding",
          "io.cortado.cpu.Cpu",
          "io.cortado.cuda.Cuda",
          "io.cortado.tck.reference.Reference");

  @ArchTest
  static void everyFamilyIsInOneGroup(JavaClasses classes) {
    List<String> families = GROUPS.values().stream().flatMap(List::stream).toList();
    assertThat(classes.get(SEAM + "Backend").getRawInterfaces())
        .extracting(JavaClass::getSimpleName)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(families.stream(), Stream.of("AutoCloseable")).toList());
  }

  @ArchTest
  static void everyOperationIsInTheClassOfItsGroup(JavaClasses classes) {
    Map<String, Set<String>> elsewhere = new TreeMap<>();
    for (String chain : CHAINS) {
      GROUPS.forEach((group, families) -> {
        Set<String> strangers = operations(classes.get(chain + group));
        families.forEach(family -> strangers.removeAll(operations(classes.get(SEAM + family))));
        if (!strangers.isEmpty()) {
          elsewhere.put(chain + group, strangers);
        }
      });
    }
    assertThat(elsewhere).as("operations of another group").isEmpty();
  }

  @ArchTest
  static void whatNeedNotBeWrittenIsInTheDocumentation(JavaClasses classes) throws IOException {
    String page = Files.readString(Path.of("../docs/adding-a-backend.md"));
    String table =
        page.substring(page.indexOf("| method | without it |"), page.indexOf("All others have to"));
    Set<String> told =
        table
            .lines()
            .filter(line -> line.startsWith("|"))
            .map(line -> line.split("\\|", 3)[1])
            .flatMap(methods -> Pattern.compile("`(\\w+)`").matcher(methods).results())
            .map(method -> method.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> optional =
        classes.get(SEAM + "Backend").getAllMethods().stream()
            .filter(m -> m.getOwner().isInterface() && m.getOwner().getName().startsWith(SEAM))
            .filter(m -> !m.getModifiers().contains(ABSTRACT))
            .map(JavaMethod::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(told).isEqualTo(optional);
  }

  /** Returns the names of what a class declares for others. */
  private static Set<String> operations(JavaClass type) {
    assertThat(type.getModifiers()).as("%s", type.getName()).contains(ABSTRACT);
    return type.getMethods().stream()
        .filter(m -> m.getModifiers().contains(PUBLIC) && !m.getModifiers().contains(SYNTHETIC))
        .map(JavaMethod::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
