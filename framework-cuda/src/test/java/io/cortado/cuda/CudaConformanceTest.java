package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.BatchNormSuite;
import io.cortado.tck.ConvSuite;
import io.cortado.tck.ElementwiseSuite;
import io.cortado.tck.GemmSuite;
import io.cortado.tck.LossSuite;
import io.cortado.tck.MemorySuite;
import io.cortado.tck.OptimizerSuite;
import io.cortado.tck.PoolSuite;
import io.cortado.tck.RandomSuite;
import io.cortado.tck.ReduceSuite;
import io.cortado.tck.SoftmaxSuite;
import io.cortado.tck.UnarySuite;
import org.junit.jupiter.api.Nested;

/** The conformance kit on the emulated libraries: no GPU, and no figure from here is a GPU's. */
final class CudaConformanceTest {

  private static Backend openBackend() {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, true);
  }

  @Nested
  final class Memory extends MemorySuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Unary extends UnarySuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Elementwise extends ElementwiseSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Reduce extends ReduceSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Pool extends PoolSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Loss extends LossSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Random extends RandomSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Optimizer extends OptimizerSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class BatchNorm extends BatchNormSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }

  @Nested
  final class Softmax extends SoftmaxSuite {
    @Override
    protected Backend open() {
      return openBackend();
    }
  }
}
