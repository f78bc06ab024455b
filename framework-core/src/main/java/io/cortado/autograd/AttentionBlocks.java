package io.cortado.autograd;

import io.cortado.RandomState;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.AttentionLayout.Block;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One attention, block by block: no more of its scores is there at once than a block has. */
final class AttentionBlocks {

  /**
   * No weight for a hidden key: its softmax has none already but where all keys are hidden, which
   * makes it NaN.
   */
  private static final Pointwise UNSEEN =
      Pointwise.of(
          "unseen", (score, weight) -> score.eq(Float.NEGATIVE_INFINITY).where(Expr.of(0), weight));

  private final Step step;
  private final Backend backend;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final List<Tensor> masks;
  private final AttentionOptions options;
  private final AttentionLayout layout;
  private final int features;
  private final int width;
  private final float scale;
  private final List<Block> blocks;
  private final long number; // of the step whose random numbers are drawn, there and back

  AttentionBlocks(
      Step step,
      Tensor query,
      Tensor key,
      Tensor value,
      List<Tensor> masks,
      AttentionOptions options,
      int groups) {
    this.step = step;
    this.backend = query.device().backend();
    this.query = query;
    this.key = key;
    this.value = value;
    this.masks = masks;
    this.options = options;
    layout = new AttentionLayout(query.shape(), key.dim(-2), groups, options.blockSize());
    features = query.dim(-1);
    width = value.dim(-1);
    Double factor = options.scale();
    scale = (float) (factor == null ? 1 / Math.sqrt(features) : factor);
    RandomState random = query.device().random();
    number = random.number();
    blocks = layout.cut(options.isCausal(), () -> options.dropoutP() > 0 ? random.next() : null);
  }

  private long largestBlock() {
    long largest = 1;
    for (Block b : blocks) {
      largest = Math.max(largest, layout.size(b));
    }
    return largest;
  }

  // ---------------------------------------------------------------- forward

  Tensor forward() {
    Tensor y = step.empty(query.shape().with(-1, width));
    long macs = 0;
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer[] work = {temporaries.floats(largestBlock()), temporaries.floats(largestBlock())};
      @Nullable Buffer later = later(temporaries);
      for (Block b : blocks) {
        weights(b, later, work[0], work[1]);
        Buffer weights = work[1];
        if (b.key() != null) {
          dropout(b, work[1], work[0]);
          weights = work[0];
        }
        layout.ofQueries(backend, b, width, weights, value.buffer(), 1, y.buffer(), 0);
        macs += layout.size(b) * (features + width);
      }
    }
    step.countMultiplyAdds(macs);
    return y;
  }

  /** Computes a block's scores, and their softmax beside them. */
  private void weights(Block b, @Nullable Buffer later, Buffer scoresOfBlock, Buffer y) {
    layout.scores(backend, b, query.buffer(), key.buffer(), features, scale, scoresOfBlock);
    for (Tensor mask : masks) {
      backend.stridedCopy(layout.maskToBlock(b, mask.shape()), mask.buffer(), 1, scoresOfBlock);
    }
    int masked = b.keys() - b.row(); // keys that some row of the block does not see
    if (later != null && masked > 0) {
      Shape extents = Shape.of(b.matrices() * layout.groups(), b.rows(), masked);
      List<Long> from = List.of(0L, (long) diagonalWidth(), 1L);
      List<Long> to = List.of((long) b.rows() * b.keys(), (long) b.keys(), 1L);
      backend.stridedCopy(new StridedSpec(extents, 0, from, b.row(), to), later, 1, scoresOfBlock);
    }
    backend.softmax(layout.softmax(b), scoresOfBlock, y);
    if (!masks.isEmpty() && layout.size(b) > 0) {
      Shape block = Shape.of(b.matrices() * layout.groups() * b.rows(), b.keys());
      Tensor weights = Tensor.over(step, block, y);
      Fused.run(UNSEEN, block, y, Tensor.over(step, block, scoresOfBlock), weights);
    }
  }

  /** Returns how many keys, from its first row's on, a block has at most that rows do not see. */
  private int diagonalWidth() {
    return Math.min(blocks.isEmpty() ? 0 : blocks.getFirst().rows(), key.dim(-2));
  }

  /** Makes what hides later keys from a block's rows: minus infinity right of the diagonal. */
  private @Nullable Buffer later(Temporaries temporaries) {
    int columns = diagonalWidth();
    if (!options.isCausal() || columns == 0) {
      return null;
    }
    int rows = blocks.getFirst().rows();
    Buffer hidden = temporaries.floats((long) rows * columns);
    Attention.hideLater(step, rows, columns, hidden);
    return hidden;
  }

  private void dropout(Block b, Buffer x, Buffer y) {
    RandomKey drawn = b.key();
    if (drawn == null) {
      throw new IllegalStateException("a block without dropout");
    }
    backend.dropout(
        drawn,
        step.device().random().step(number),
        (float) options.dropoutP(),
        layout.size(b),
        x,
        0,
        y);
  }

  // ---------------------------------------------------------------- backward

  void backward(Gradients g) {
    Buffer dy = g.upstream();
    @Nullable Buffer dq = gradient(query, g);
    @Nullable Buffer dk = gradient(key, g);
    @Nullable Buffer dv = gradient(value, g);
    List<@Nullable Buffer> dm = new ArrayList<>();
    boolean masked = false;
    for (Tensor mask : masks) {
      dm.add(gradient(mask, g));
      masked |= g.needs(mask);
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      long n = largestBlock();
      Buffer a = temporaries.floats(n);
      Buffer weights = temporaries.floats(n);
      Buffer c = temporaries.floats(n);
      @Nullable Buffer later = later(temporaries);
      for (Block b : blocks) {
        weights(b, later, a, weights);
        if (dv != null) {
          Buffer kept = weights;
          if (b.key() != null) {
            dropout(b, weights, a);
            kept = a;
          }
          layout.ofKeys(backend, b, width, kept, dy, 1, dv);
        }
        if (dq == null && dk == null && !masked) {
          continue;
        }
        Buffer of = b.key() == null ? a : c; // the gradient of the weights that were used
        Buffer into = b.key() == null ? c : a;
        layout.scores(backend, b, dy, value.buffer(), width, 1, of);
        if (b.key() != null) {
          dropout(b, c, a);
          of = a;
          into = c;
        }
        backend.softmaxBackward(layout.softmax(b), weights, of, 0, into);
        if (dq != null) {
          layout.ofQueries(backend, b, features, into, key.buffer(), scale, dq, 1);
        }
        if (dk != null) {
          layout.ofKeys(backend, b, features, into, query.buffer(), scale, dk);
        }
        for (int i = 0; i < masks.size(); i++) {
          @Nullable Buffer one = dm.get(i);
          if (one != null) {
            addToMask(b, masks.get(i), into, one);
          }
        }
      }
    }
  }

  /** Returns where to add an input's gradient, 0 at first; null where it is not wanted. */
  private @Nullable Buffer gradient(Tensor x, Gradients g) {
    if (!g.needs(x)) {
      return null;
    }
    boolean fresh = g.beta(x) == 0;
    Buffer dx = g.of(x);
    if (fresh) {
      backend.fill(dx, x.size(), 0);
    }
    return dx;
  }

  private void addToMask(Block b, Tensor mask, Buffer dScores, Buffer dMask) {
    StridedSpec spec = layout.maskToBlock(b, mask.shape());
    Shape kept = spec.extents();
    for (int a = 0; a < kept.rank(); a++) {
      kept = spec.srcSteps().get(a) == 0 ? kept.with(a, 1) : kept;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer sum = temporaries.floats(kept.size());
      backend.reduce(new ReduceSpec(ReduceOp.SUM, spec.extents(), kept), dScores, 0, sum);
      List<Long> own = Layouts.list(Layouts.steps(kept));
      backend.stridedCopy(
          new StridedSpec(kept, 0, own, spec.srcOffset(), spec.srcSteps()), sum, 1, dMask);
    }
  }
}
