package io.cortado.cpu.simd;

import static io.cortado.backend.spec.PointwiseOp.ABS;
import static io.cortado.backend.spec.PointwiseOp.EXP;
import static io.cortado.backend.spec.PointwiseOp.LT;
import static io.cortado.backend.spec.PointwiseOp.MAX;
import static io.cortado.backend.spec.PointwiseOp.MUL;
import static io.cortado.backend.spec.PointwiseOp.NEG;
import static io.cortado.backend.spec.PointwiseOp.SIGMOID;
import static io.cortado.backend.spec.PointwiseOp.SQUARE;
import static io.cortado.backend.spec.PointwiseOp.SUB;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is known to be between 0 and 1, and the logarithm that goes with it. */
@Tag("width")
@ExtendWith(OnProcessorsThatHaveIt.class)
final class SharesTest {

  private static Instruction of(PointwiseOp op, int a, int b) {
    return new Instruction(op, a, b, 0, 0);
  }

  private static List<Integer> shares(Instruction... code) {
    PointwiseProgram program = new PointwiseProgram(2, 0, List.of(code), List.of(2));
    return Shares.of(program).stream().boxed().toList();
  }

  @Test
  void anExponentialOfWhatIsNotPositiveIsAShare() {
    assertThat(shares(of(ABS, 0, 0), of(NEG, 2, 0), of(EXP, 3, 0))).containsExactly(4);
    assertThat(shares(of(SQUARE, 0, 0), of(NEG, 2, 0), of(EXP, 3, 0))).containsExactly(4);
    assertThat(shares(of(ABS, 0, 0), of(MAX, 2, 1), of(NEG, 3, 0), of(EXP, 4, 0)))
        .containsExactly(5);
  }

  @Test
  void productsOfSharesAreShares() {
    assertThat(shares(of(SIGMOID, 0, 0), of(LT, 0, 1), of(MUL, 2, 3), of(SQUARE, 4, 0)))
        .containsExactly(2, 3, 4, 5);
  }

  @Test
  void nothingElseIs() {
    assertThat(
            shares(
                of(EXP, 0, 0),
                of(NEG, 0, 0),
                of(EXP, 3, 0),
                of(ABS, 0, 0),
                of(EXP, 5, 0),
                of(MAX, 0, 1),
                of(NEG, 7, 0),
                of(EXP, 8, 0),
                of(MUL, 5, 0),
                of(NEG, 10, 0),
                of(EXP, 11, 0),
                of(SIGMOID, 0, 0),
                of(SUB, 13, 13),
                of(MUL, 13, 5)))
        .containsExactly(13);
  }

  /** Each float from 0 to 1 with a stride that meets all mantissas. */
  @Test
  void theirLogarithmStaysWithinOneAndAHalfUlp() {
    PointwiseKernel kernel = new VectorPointwiseKernel(new SimdVectorOps());
    float[] x = new float[4096];
    float[] y = new float[x.length];
    double worst = 0;
    float at = 0;
    int one = Float.floatToIntBits(1f);
    for (int bits = 0; bits <= one; ) {
      int n = 0;
      for (; n < x.length; n++, bits = Math.min(bits, one) + 127) {
        x[n] = Float.intBitsToFloat(Math.min(bits, one));
      }
      kernel.log1pOfShare(n, x, 0, y, 0);
      for (int i = 0; i < n; i++) {
        double exact = Math.log1p(x[i]);
        double error = Math.abs(y[i] - exact) / Math.ulp((float) exact);
        if (!(error <= worst)) {
          worst = error;
          at = x[i];
        }
      }
    }
    assertThat(worst).as("ulp at %s", at).isLessThanOrEqualTo(1.5);
  }

  @Test
  void theirLogarithmKeepsNaN() {
    float[] x = new float[PointwiseKernel.STEP];
    x[3] = Float.NaN;
    new VectorPointwiseKernel(new SimdVectorOps()).log1pOfShare(x.length, x, 0, x, 0);
    assertThat(x[3]).isNaN();
    assertThat(x[4]).isZero();
  }
}
