package io.cortado.tck;

import io.cortado.backend.Backend;
import org.junit.jupiter.api.Nested;

/**
 * All suites at once; a backend joins by extending this one class.
 *
 * <p>Each suite opens a backend of its own.
 */
public abstract class BackendConformance {

  /** For subclasses. */
  protected BackendConformance() {}

  /** Opens the backend under test; the kit closes it. */
  protected abstract Backend open();

  @Nested
  final class Memory extends MemorySuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Record extends RecordingSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Unary extends UnarySuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Elementwise extends ElementwiseSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Pointwise extends PointwiseSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Reduce extends ReduceSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Gemm extends GemmSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Conv extends ConvSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Pool extends PoolSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class MaxPool extends MaxPoolSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class BatchNorm extends BatchNormSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Norm extends NormSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Lrn extends LrnSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Rnn extends RnnSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class RnnLayer extends RnnLayerSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class RecurrentLayers extends RecurrentLayersSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Embedding extends EmbeddingSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Index extends IndexSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class RandomPrograms extends RandomProgramsSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class SequenceLoss extends SequenceLossSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Order extends OrderSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Copy extends CopySuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Softmax extends SoftmaxSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Loss extends LossSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Random extends RandomSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Optimizer extends OptimizerSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class LossScale extends LossScaleSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Torch extends TorchSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class TorchOperations extends TorchOperationsSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class TorchLoss extends TorchLossesSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class TorchLayer extends TorchLayersSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Attention extends AttentionSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Gradient extends GradientSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class Autograd extends AutogradSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class TorchActivations extends TorchActivationsSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }

  @Nested
  final class TorchOptimizer extends TorchOptimizersSuite {
    @Override
    protected Backend open() {
      return BackendConformance.this.open();
    }
  }
}
