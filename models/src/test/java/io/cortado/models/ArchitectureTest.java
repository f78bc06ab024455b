package io.cortado.models;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Holds the borders between the modules. It lives here because this module alone has all the others
 * on its class path.
 */
@AnalyzeClasses(packages = "io.cortado", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String CPU = "io.cortado.cpu..";
  private static final String CUDA = "io.cortado.cuda..";
  private static final String MODELS = "io.cortado.models..";
  private static final String BENCHMARKS = "io.cortado.benchmarks..";
  private static final String TCK = "io.cortado.tck..";

  /** Everything of ours that is no backend, model, benchmark or test kit. */
  private static final DescribedPredicate<JavaClass> CORE =
      resideInAPackage("io.cortado..")
          .and(DescribedPredicate.not(resideInAnyPackage(CPU, CUDA, MODELS, BENCHMARKS, TCK)))
          .as("classes of the core");

  @ArchTest
  static void everyModuleIsSeen(JavaClasses classes) {
    // Were a module missing from the class path, the rules about it would hold for no reason.
    assertThat(classes.stream().map(JavaClass::getPackageName))
        .contains("io.cortado", "io.cortado.cpu", "io.cortado.cuda", "io.cortado.models");
  }

  @ArchTest
  static final ArchRule coreKnowsNoBackendAndNoModel =
      noClasses()
          .that(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CPU, CUDA, MODELS, BENCHMARKS, TCK);

  @ArchTest
  static final ArchRule cpuKnowsCoreAlone =
      noClasses()
          .that()
          .resideInAPackage(CPU)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CUDA, MODELS, BENCHMARKS, TCK);

  @ArchTest
  static final ArchRule cudaKnowsCoreAlone =
      noClasses()
          .that()
          .resideInAPackage(CUDA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CPU, MODELS, BENCHMARKS, TCK);

  @ArchTest
  static final ArchRule modelsFindBackendsAtRunTime =
      noClasses()
          .that()
          .resideInAPackage(MODELS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CPU, CUDA)
          .because("models name a device; ServiceLoader finds its backend");

  @ArchTest
  static final ArchRule vectorApiStaysInOnePackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.cortado.cpu.simd..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..")
          .because("an incubating API may change with every release of Java");

  @ArchTest
  static final ArchRule jcudaStaysInTheCudaBackend =
      noClasses()
          .that()
          .resideOutsideOfPackage(CUDA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jcuda..");

  @ArchTest
  static final ArchRule theClockOnTheWallNamesThingsAndOrdersNothing =
      noClasses()
          .that()
          .resideOutsideOfPackage(BENCHMARKS)
          .and()
          .doNotHaveFullyQualifiedName("io.cortado.models.cli.ModelTraining") // a run's name
          .and()
          .doNotHaveFullyQualifiedName("io.cortado.models.cli.Machine") // the date in run.json
          .and()
          .doNotHaveFullyQualifiedName("io.cortado.models.cli.SweepCommand") // name and date
          .and()
          .doNotHaveFullyQualifiedName("io.cortado.models.cli.ZooCommand") // the tables' date
          .and() // event files say the time; a new one comes after those that are there
          .doNotHaveFullyQualifiedName("io.cortado.models.tensorboard.SummaryWriter")
          .should()
          .callMethodWhere(
              describe(
                  "the wall clock is read",
                  call -> {
                    String name = call.getTarget().getName();
                    String owner = call.getTargetOwner().getName();
                    return name.equals("currentTimeMillis")
                        || name.equals("getLastModifiedTime")
                        || name.equals("now") && owner.startsWith("java.time.");
                  }))
          .because("it can jump: times are taken by System.nanoTime, orders by step numbers");
}
