package io.cortado.cuda.mutation;

import static io.cortado.cuda.mutation.Faults.BACKEND;
import static io.cortado.cuda.mutation.Faults.KERNELS;
import static io.cortado.cuda.mutation.Faults.WRONG_VALUE;

import java.util.List;

/** Faults in recurrent layers, by cuDNN and by own kernels. */
final class RecurrentFaults {

  private RecurrentFaults() {}

  static List<Mutant> list() {
    return List.of(
        new Mutant(
            "rnn-gradients-not-cleared",
            "cuDNN adds the gradients of a recurrent layer's weights to whatever is there",
            BACKEND + "dnn/Rnns.java",
            """
                          packed.pointer(), 0, p.weightBytes / Float.BYTES, context.stream()),
            """,
            """
                          packed.pointer(), 0, 1, context.stream()),
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-biases-exchanged",
            "the biases of input and state change places, which a GRU minds",
            BACKEND + "dnn/Rnns.java",
            """
                        case 2 -> w.biasIh();
                        default -> w.biasHh();
            """,
            """
                        case 2 -> w.biasHh();
                        default -> w.biasIh();
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-lengths-forgotten",
            "sequences with lengths are left to cuDNN, as if all had all steps",
            BACKEND + "dnn/Rnns.java",
            """
                return !s.lengths()
            """,
            """
                return s.batch() > 0
            """,
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-reserve-too-small",
            "there is room for half of what cuDNN keeps of a forward pass",
            BACKEND + "dnn/RnnPlan.java",
            "Math.ceilDiv(reserveBytes, (long) Float.BYTES)",
            "Math.ceilDiv(reserveBytes / 2, (long) Float.BYTES)",
            "CudaConformanceTest/RnnLayer",
            "out-of-bounds"),
        new Mutant(
            "rnn-wrong-output",
            "the backward pass gets the output's gradient for the output",
            BACKEND + "dnn/Rnns.java",
            """
                          pointer(y),
                          pointer(dy),
            """,
            """
                          pointer(dy),
                          pointer(dy),
            """,
            "CudaConformanceTest/RnnLayer",
            "wrong-output"),
        new Mutant(
            "rnn-gradient-overwritten",
            "a gradient of a recurrent layer's input overwrites the one that is there",
            BACKEND + "dnn/Rnns.java",
            "(to == null && needed) || (to != null && beta != 0)",
            "to == null && needed",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-tf32-left-on",
            "cuDNN rounds the products of recurrent layers to TF32",
            BACKEND + "dnn/RnnPlan.java",
            "precision == MathPrecision.TF32",
            "precision != MathPrecision.TF32",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-copy-without-beta",
            "gradients of weights overwrite those that are there",
            KERNELS + "rnn.cu",
            "to[e] = accumulate(from[e], beta, to, e);",
            "to[e] = from[e];",
            "CudaConformanceTest/RnnLayer",
            WRONG_VALUE),
        new Mutant(
            "rnn-bias-outside-of-reset",
            "a GRU's recurrent bias is added outside of the reset gate's product",
            KERNELS + "rnn.cu",
            "float inner = r[2 * h] + (biasHh ? biasHh[2 * h + j] : 0.0f);",
            "float inner = r[2 * h];",
            "CudaConformanceTest/Rnn",
            WRONG_VALUE));
  }
}
