package io.cortado.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Shape;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The text that is written for a program; what it computes, the conformance kit looks at. */
final class PointwiseSourceTest {

  /** {@code x0 * x1 + p}, and an instruction whose result nobody wants. */
  static final PointwiseProgram PROGRAM =
      new PointwiseProgram(
          2,
          1,
          List.of(
              new Instruction(PointwiseOp.MUL, 0, 1, 0, 0),
              new Instruction(PointwiseOp.EXP, 0, 0, 0, 0),
              new Instruction(PointwiseOp.LITERAL, 0, 0, 0, 0.5f),
              new Instruction(PointwiseOp.MAX, 3, 5, 0, 0),
              new Instruction(PointwiseOp.ADD, 6, 2, 0, 0)),
          List.of(7));

  static PointwiseLayout layout(long narrow, Shape... shapes) {
    return PointwiseLayout.of(
        new PointwiseSpec(PROGRAM, List.of(shapes[0], shapes[1]), shapes[2]), narrow);
  }

  private static String text(long narrow, Shape... shapes) {
    return text(PROGRAM, narrow, false, shapes);
  }

  private static String text(
      PointwiseProgram program, long narrow, boolean reduces, Shape... shapes) {
    String text = PointwiseSource.generated(program, layout(narrow, shapes).pattern(), reduces);
    return text.substring(text.indexOf("struct Parameters"));
  }

  @Test
  void flatInputsAreReadByFours() {
    assertThat(text(100, Shape.of(3, 7), Shape.scalar(), Shape.of(3, 7)))
        .isEqualTo(
            """
            struct Parameters {
              float value[1];
            };
            __device__ __forceinline__ void compute(const Parameters& p, float v0, float v1, float& y0) {
              const float v2 = p.value[0];
              const float v3 = __fmul_rn(v0, v1);
              const float v5 = 0.5f;
              const float v6 = larger(v3, v5);
              const float v7 = __fadd_rn(v6, v2);
              y0 = v7;
            }
            extern "C" __global__ void __launch_bounds__(BLOCK) pointwise(Index n, Parameters p, const float* x0, const float* x1, float* out0) {
              const float one1 = x1[0];
              Index done = 0;
              if (aligned(x0) && aligned(out0)) {
                done = n / 4 * 4;
                for (Index i = first(); i < n / 4; i += stride()) {
                  const float4 a0 = ((const float4*)x0)[i];
                  float4 b0;
                  compute(p, a0.x, one1, b0.x);
                  compute(p, a0.y, one1, b0.y);
                  compute(p, a0.z, one1, b0.z);
                  compute(p, a0.w, one1, b0.w);
                  ((float4*)out0)[i] = b0;
                }
              }
              for (Index i = done + first(); i < n; i += stride()) {
                const float a0 = x0[i];
                float b0;
                compute(p, a0, one1, b0);
                out0[i] = b0;
              }
            }
            """);
  }

  /** The sum of a block; the second output is written as always. */
  @Test
  void theFirstOutputMayBeSummed() {
    PointwiseProgram two = new PointwiseProgram(2, 1, PROGRAM.code(), List.of(7, 3));
    String text = text(two, 100, true, Shape.of(3, 7), Shape.scalar(), Shape.of(3, 7));
    assertThat(text.substring(text.indexOf("extern")))
        .isEqualTo(
            """
            extern "C" __global__ void __launch_bounds__(BLOCK) pointwise(Index n, Parameters p, const float* x0, const float* x1, float divisor, float* out0, float* out1) {
              __shared__ float part[BLOCK];
              float sum = 0.0f;
              const float one1 = x1[0];
              Index done = 0;
              if (aligned(x0) && aligned(out1)) {
                done = n / 4 * 4;
                for (Index i = first(); i < n / 4; i += stride()) {
                  const float4 a0 = ((const float4*)x0)[i];
                  float4 b0, b1;
                  compute(p, a0.x, one1, b0.x, b1.x);
                  compute(p, a0.y, one1, b0.y, b1.y);
                  compute(p, a0.z, one1, b0.z, b1.z);
                  compute(p, a0.w, one1, b0.w, b1.w);
                  sum += (b0.x + b0.y) + (b0.z + b0.w);
                  ((float4*)out1)[i] = b1;
                }
              }
              for (Index i = done + first(); i < n; i += stride()) {
                const float a0 = x0[i];
                float b0, b1;
                compute(p, a0, one1, b0, b1);
                sum += b0;
                out1[i] = b1;
              }
              sum = block_sum(sum, part);
              if (threadIdx.x == 0) out0[blockIdx.x] = gridDim.x == 1 ? sum / divisor : sum;
            }
            """);
  }

  @Test
  void broadcastInputsMoveAlongTheirAxesOnly() {
    String narrow = text(100, Shape.of(2, 3, 4), Shape.of(3, 1), Shape.of(2, 3, 4));
    assertThat(narrow)
        .contains("typedef unsigned Place;")
        .contains(
            """
                const Place rest1 = divide((Place)i, l.extent[0], l.magic[0], l.shift[0]);
                const Place rest2 = divide(rest1, l.extent[1], l.magic[1], l.shift[1]);
                const Place c1 = rest1 - rest2 * (Place)l.extent[1];
                const Place at1 = c1 * (Place)l.step[0][1];
                const float a0 = x0[i];
                const float a1 = x1[at1];
            """);
    assertThat(text(20, Shape.of(2, 3, 4), Shape.of(3, 1), Shape.of(2, 3, 4)))
        .contains("typedef unsigned long long Place;");
  }

  /** A kernel is the same for all sizes, and axes that can be seen as one are. */
  @Test
  void noSizeIsInThePattern() {
    assertThat(layout(100, Shape.of(2, 3, 4), Shape.of(3, 4), Shape.of(2, 3, 4)).pattern())
        .isEqualTo(layout(100, Shape.of(5, 7), Shape.of(7), Shape.of(5, 7)).pattern());
  }

  /** The multiplications that stand for divisions, where they are hardest. */
  @Test
  void divisionsAreExact() {
    for (int d : new int[] {2, 3, 7, 641, 65_536, 65_537, 1 << 30, Integer.MAX_VALUE}) {
      long[] l = layout(Long.MAX_VALUE, Shape.of(2, d), Shape.of(d), Shape.of(2, d)).struct();
      for (long n : new long[] {0, 1, d - 1L, d, 2L * d - 1, 0x7FFF_FFFEL, 0x7FFF_FFFFL}) {
        if (n <= Integer.MAX_VALUE) {
          long high = n * l[2] >>> Integer.SIZE;
          assertThat(high + n >> l[4]).as("%d / %d", n, d).isEqualTo(n / d);
        }
      }
    }
  }
}
