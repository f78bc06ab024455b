package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.MathPrecision;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.ConvSuite;
import io.cortado.tck.GemmSuite;
import io.cortado.tck.RnnLayerSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/**
 * The kit's products, convolutions and recurrent layers at each precision, whose tolerances know
 * it; on the emulated libraries, no GPU.
 */
final class CudaPrecisionSuitesTest {

  private static Backend open(MathPrecision precision) {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(precision), true);
  }

  @AfterAll
  static void theEmulatorFoundNothing() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  @Nested
  final class Tf32Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.TF32);
    }
  }

  @Nested
  final class Tf32Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.TF32);
    }
  }

  @Nested
  final class BFloat16Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.BFLOAT16);
    }
  }

  @Nested
  final class BFloat16Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.BFLOAT16);
    }
  }

  @Nested
  final class Float16Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.FLOAT16);
    }
  }

  @Nested
  final class Float16Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.FLOAT16);
    }
  }

  @Nested
  final class Tf32RnnLayer extends RnnLayerSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.TF32);
    }
  }

  @Nested
  final class BFloat16RnnLayer extends RnnLayerSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.BFLOAT16);
    }
  }

  @Nested
  final class Float16RnnLayer extends RnnLayerSuite {
    @Override
    protected Backend open() {
      return CudaPrecisionSuitesTest.open(MathPrecision.FLOAT16);
    }
  }
}
