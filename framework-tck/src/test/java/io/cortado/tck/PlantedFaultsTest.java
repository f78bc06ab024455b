package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import io.cortado.backend.Backend;
import io.cortado.backend.ForwardingBackend;
import io.cortado.tck.Fault.Kind;
import io.cortado.tck.reference.ReferenceBackend;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The kit tests itself: whatever is planted in a correct backend, the suite concerned must turn
 * red.
 */
class PlantedFaultsTest {

  private static final ScopedValue<Backend> BACKEND = ScopedValue.newInstance();

  /**
   * Joins the kit with whichever backend is being tried; too nested for the build to run it by
   * itself.
   */
  static final class Patient extends BackendConformance {
    @Override
    protected Backend open() {
      return BACKEND.get();
    }
  }

  /**
   * An operation, and what the kit has for it.
   *
   * @param name the method of {@link Backend}
   * @param outputs how many buffers it writes
   * @param beta whether it takes a beta
   * @param suite the suite concerned
   */
  private record Operation(String name, int outputs, boolean beta, Class<?> suite) {}

  private static final List<Operation> OPERATIONS =
      List.of(
          new Operation("fill", 1, false, BackendConformance.Memory.class),
          new Operation("copy", 1, false, BackendConformance.Memory.class),
          new Operation("unary", 1, false, BackendConformance.Unary.class),
          new Operation("unaryBackward", 1, true, BackendConformance.Unary.class),
          new Operation("binary", 1, true, BackendConformance.Elementwise.class),
          new Operation("axpby", 1, true, BackendConformance.Elementwise.class),
          new Operation("permute", 1, true, BackendConformance.Elementwise.class),
          new Operation("copyBlock", 1, true, BackendConformance.Elementwise.class),
          new Operation("pointwise", 2, false, BackendConformance.Pointwise.class),
          new Operation("pointwiseReduce", 2, false, BackendConformance.Pointwise.class),
          new Operation("reduce", 1, true, BackendConformance.Reduce.class),
          new Operation("argMax", 1, false, BackendConformance.Reduce.class),
          new Operation("gemm", 1, true, BackendConformance.Gemm.class),
          new Operation("linear", 1, false, BackendConformance.Gemm.class),
          new Operation("conv", 1, false, BackendConformance.Conv.class),
          new Operation("convBackwardData", 1, true, BackendConformance.Conv.class),
          new Operation("convBackwardFilter", 1, true, BackendConformance.Conv.class),
          new Operation("pool", 1, false, BackendConformance.Pool.class),
          new Operation("poolBackward", 1, true, BackendConformance.Pool.class),
          new Operation("maxPool", 1, false, BackendConformance.MaxPool.class),
          new Operation("batchNormTrain", 5, false, BackendConformance.BatchNorm.class),
          new Operation("batchNormInfer", 2, false, BackendConformance.BatchNorm.class),
          new Operation("batchNormBackward", 3, true, BackendConformance.BatchNorm.class),
          new Operation("norm", 3, false, BackendConformance.Norm.class),
          new Operation("normBackward", 3, true, BackendConformance.Norm.class),
          new Operation("lrn", 1, false, BackendConformance.Lrn.class),
          new Operation("lrnBackward", 1, true, BackendConformance.Lrn.class),
          new Operation("rnnLayer", 3, false, BackendConformance.RnnLayer.class),
          new Operation("rnnLayerBackwardData", 3, true, BackendConformance.RnnLayer.class),
          new Operation("rnnLayerBackwardWeights", 8, true, BackendConformance.RnnLayer.class),
          new Operation("rnn", 3, false, BackendConformance.Rnn.class),
          new Operation("rnnBackwardData", 3, true, BackendConformance.Rnn.class),
          new Operation("rnnBackwardWeights", 4, true, BackendConformance.Rnn.class),
          new Operation("embedding", 1, false, BackendConformance.Embedding.class),
          new Operation("embeddingBackward", 1, true, BackendConformance.Embedding.class),
          new Operation("embeddingStore", 1, false, BackendConformance.Embedding.class),
          new Operation("findOutside", 1, false, BackendConformance.Index.class),
          new Operation("gather", 1, true, BackendConformance.Index.class),
          new Operation("scatterAdd", 1, true, BackendConformance.Index.class),
          new Operation("sort", 1, false, BackendConformance.Order.class),
          new Operation("scan", 1, true, BackendConformance.Order.class),
          new Operation("stridedCopy", 1, true, BackendConformance.Copy.class),
          new Operation("triangle", 1, true, BackendConformance.Copy.class),
          new Operation("random", 1, false, BackendConformance.Random.class),
          new Operation("randomInts", 1, false, BackendConformance.Random.class),
          new Operation("softmax", 1, false, BackendConformance.Softmax.class),
          new Operation("softmaxBackward", 1, true, BackendConformance.Softmax.class),
          new Operation("crossEntropy", 2, false, BackendConformance.Loss.class),
          new Operation("crossEntropyProbabilities", 2, false, BackendConformance.Loss.class),
          new Operation("ctcLoss", 2, false, BackendConformance.SequenceLoss.class),
          new Operation("pointwiseLoss", 2, false, BackendConformance.Loss.class),
          new Operation("dropout", 1, true, BackendConformance.Random.class),
          new Operation("advance", 2, false, BackendConformance.Optimizer.class),
          new Operation("sgd", 2, false, BackendConformance.Optimizer.class),
          new Operation("adam", 3, false, BackendConformance.Optimizer.class),
          new Operation("clipNorm", 2, false, BackendConformance.Optimizer.class),
          new Operation("vectorNorm", 1, false, BackendConformance.Optimizer.class),
          new Operation("unscale", 2, false, BackendConformance.LossScale.class),
          new Operation("updateScale", 1, false, BackendConformance.LossScale.class));

  /**
   * Methods that have no output to spoil; {@link MemorySuite} and {@link RecordingSuite} use them
   * all.
   */
  private static final Set<String> OTHERS =
      Set.of(
          "name",
          "description",
          "precision",
          "allocate",
          "release",
          "slice",
          "upload",
          "download",
          "synchronize",
          "memory",
          "poolReserveSize",
          "rnnLayerReserveSize",
          "rnnReserveSize",
          "canRecord",
          "refusesIndices",
          "record",
          "close");

  /** What core does not call: layers are made of them by default, and have the values. */
  private static final Set<String> DIRECTIONS =
      Set.of("rnn", "rnnBackwardData", "rnnBackwardWeights");

  @Test
  void everyOperationOfTheSeamHasItsFaults() {
    Set<String> known = new TreeSet<>(OTHERS);
    OPERATIONS.forEach(o -> known.add(o.name()));
    Set<String> methods = new TreeSet<>();
    Arrays.stream(Backend.class.getMethods()).map(Method::getName).forEach(methods::add);
    assertThat(known).isEqualTo(methods);
  }

  static Stream<Fault> faults() {
    return OPERATIONS.stream()
        .flatMap(o ->
            kinds(o).stream()
                .flatMap(kind ->
                    Stream.iterate(0, i -> i < o.outputs(), i -> i + 1)
                        .map(i -> new Fault(o.name(), i, kind))));
  }

  private static Set<Kind> kinds(Operation o) {
    if (o.name().equals("argMax")) {
      return EnumSet.of(Kind.LAST_ELEMENT_LEFT, Kind.ONE_TOO_MANY_WRITTEN);
    }
    if (Set.of("advance", "randomInts", "findOutside").contains(o.name())) {
      return EnumSet.of(Kind.LAST_ELEMENT_LEFT);
    }
    if (o.name().equals("copy")) {
      return EnumSet.of(Kind.LAST_ELEMENT_LEFT, Kind.ONE_ELEMENT_OFF, Kind.SIGN);
    }
    Set<Kind> kinds = EnumSet.allOf(Kind.class);
    if (!o.beta()) {
      kinds.removeAll(
          EnumSet.of(Kind.OLD_TIMES_ZERO, Kind.BETA_TAKEN_FOR_0, Kind.BETA_TAKEN_FOR_1));
    }
    return kinds;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aSpoiltOutputIsFound(Fault fault) {
    Class<?> suite =
        OPERATIONS.stream()
            .filter(o -> o.name().equals(fault.operation()))
            .map(Operation::suite)
            .findFirst()
            .orElseThrow();
    assertThat(findsFault(suite, new FaultyBackend(new ReferenceBackend(), fault)))
        .as("%s", fault)
        .isTrue();
  }

  /**
   * Whatever writes floats and is not just memory has values from PyTorch; gemm and its like are
   * plain enough.
   */
  static Stream<Fault> signs() {
    Set<String> withoutValues =
        Set.of(
            "pointwise",
            "pointwiseReduce",
            "fill",
            "copy",
            "binary",
            "axpby",
            "permute",
            "copyBlock",
            "embeddingStore",
            "gather",
            "scatterAdd",
            "maxPool",
            "sort",
            "scan",
            "ctcLoss",
            "stridedCopy",
            "triangle",
            "random",
            "randomInts",
            "argMax",
            "findOutside",
            "gemm",
            "linear",
            "dropout",
            "advance",
            "clipNorm",
            "vectorNorm",
            "unscale",
            "updateScale");
    return OPERATIONS.stream()
        .filter(o -> !withoutValues.contains(o.name()) && !DIRECTIONS.contains(o.name()))
        .map(o -> new Fault(o.name(), 0, Kind.SIGN));
  }

  @ParameterizedTest
  @MethodSource("signs")
  void aWrongSignIsFoundByRecordedValues(Fault fault) {
    Backend backend = new FaultyBackend(new ReferenceBackend(), fault);
    assertThat(findsFault(BackendConformance.Torch.class, backend)).as("%s", fault).isTrue();
  }

  static Stream<Fault> gradients() {
    return Stream.of(
            "unaryBackward",
            "convBackwardData",
            "convBackwardFilter",
            "poolBackward",
            "batchNormBackward",
            "normBackward",
            "lrnBackward",
            "embeddingBackward",
            "softmaxBackward")
        .map(name -> new Fault(name, 0, Kind.SIGN));
  }

  @ParameterizedTest
  @MethodSource("gradients")
  void aWrongGradientIsFoundByFiniteDifferences(Fault fault) {
    Backend backend = new FaultyBackend(new ReferenceBackend(), fault);
    assertThat(findsFault(BackendConformance.Gradient.class, backend)).as("%s", fault).isTrue();
  }

  static Stream<Fault> forgottenBetas() {
    return OPERATIONS.stream()
        .filter(o -> o.beta() && !DIRECTIONS.contains(o.name()))
        .map(o -> new Fault(o.name(), 0, Kind.BETA_TAKEN_FOR_0));
  }

  /** Every operation that core accumulates gradients with is used twice on one tensor. */
  @ParameterizedTest
  @MethodSource("forgottenBetas")
  void aGradientThatIsNotAddedIsFoundByTheTensorsSuite(Fault fault) {
    Backend backend = new FaultyBackend(new ReferenceBackend(), fault);
    assertThat(findsFault(BackendConformance.Autograd.class, backend)).as("%s", fault).isTrue();
  }

  @ParameterizedTest
  @MethodSource("io.cortado.tck.Misreading#all")
  void aMisreadSpecIsFound(Misreading misreading) {
    assertThat(findsFault(misreading.suite(), misreading.backend()))
        .as("%s", misreading.what())
        .isTrue();
  }

  @Test
  void aCorrectBackendPassesEverySuite() {
    Stream.concat(
            OPERATIONS.stream().map(Operation::suite),
            Stream.of(BackendConformance.Torch.class, BackendConformance.Gradient.class))
        .distinct()
        .forEach(suite ->
            assertThat(findsFault(suite, new ForwardingBackend(new ReferenceBackend())))
                .as("%s", suite)
                .isFalse());
  }

  /** Runs one suite until its first failure. */
  private static boolean findsFault(Class<?> suite, Backend backend) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectNestedClass(List.of(Patient.class), suite))
            .build();
    CancellationToken token = CancellationToken.create();
    Outcome outcome = new Outcome(token);
    ScopedValue.where(BACKEND, backend)
        .run(() ->
            LauncherFactory.create()
                .execute(
                    LauncherExecutionRequestBuilder.request(request)
                        .listeners(outcome)
                        .cancellationToken(token)
                        .build()));
    assertThat(outcome.tests).as("tests run").isPositive();
    return outcome.failures > 0;
  }

  private static final class Outcome implements TestExecutionListener {
    private final CancellationToken token;
    private int tests;
    private int failures;

    Outcome(CancellationToken token) {
      this.token = token;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      tests += test.isTest() ? 1 : 0;
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        failures++;
        token.cancel();
      }
    }
  }
}
