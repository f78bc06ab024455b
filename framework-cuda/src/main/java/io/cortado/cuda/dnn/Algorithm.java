package io.cortado.cuda.dnn;

import io.cortado.backend.BackendException;
import io.cortado.backend.spec.ConvSpec;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;

/**
 * One of cuDNN's ways to compute a convolution.
 *
 * @param number cuDNN's, of the direction
 * @param status 0 where it can be used
 * @param deterministic whether it gives the same result each time
 * @param workspaceBytes what it needs
 */
record Algorithm(int number, int status, boolean deterministic, long workspaceBytes) {

  private static boolean isDeterministic(int determinism) {
    return determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
  }

  static Algorithm of(cudnnConvolutionFwdAlgoPerf p) {
    return new Algorithm(p.algo, p.status, isDeterministic(p.determinism), p.memory);
  }

  static Algorithm of(cudnnConvolutionBwdDataAlgoPerf p) {
    return new Algorithm(p.algo, p.status, isDeterministic(p.determinism), p.memory);
  }

  static Algorithm of(cudnnConvolutionBwdFilterAlgoPerf p) {
    return new Algorithm(p.algo, p.status, isDeterministic(p.determinism), p.memory);
  }

  /**
   * Chooses the first, which cuDNN deems fastest, of those that give the same result each time and
   * fit the limit; where none fits, the one that needs least.
   *
   * @throws BackendException if none gives the same result each time
   */
  static Algorithm choose(Stream<Algorithm> ranked, long workspaceLimit, String what, ConvSpec s) {
    List<Algorithm> usable = ranked.filter(a -> a.status == 0 && a.deterministic).toList();
    return usable.stream()
        .filter(a -> a.workspaceBytes <= workspaceLimit)
        .findFirst()
        .or(() -> usable.stream().min(Comparator.comparingLong(Algorithm::workspaceBytes)))
        .orElseThrow(() ->
            new BackendException(
                "cuDNN has no deterministic algorithm for the "
                    + what
                    + " of "
                    + s
                    + ": use fewer groups or no dilation, or the cpu device"));
  }
}
