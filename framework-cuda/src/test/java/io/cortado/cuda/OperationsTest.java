package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.tck.*;
import org.junit.jupiter.api.Nested;

final class OperationsTest {
  @Nested
  final class Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return OperationsBackend.open();
    }
  }

  @Nested
  final class Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return OperationsBackend.open();
    }
  }

  @Nested
  final class Pool extends PoolSuite {
    @Override
    protected Backend open() {
      return OperationsBackend.open();
    }
  }

  @Nested
  final class Softmax extends SoftmaxSuite {
    @Override
    protected Backend open() {
      return OperationsBackend.open();
    }
  }

  @Nested
  final class BatchNorm extends BatchNormSuite {
    @Override
    protected Backend open() {
      return OperationsBackend.open();
    }
  }
}
