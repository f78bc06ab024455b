package io.cortado.autograd;

import io.cortado.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of tensors whose gradient is written by hand, used by {@link Autograd#apply}.
 *
 * <pre>{@code
 * CustomFunction cube =
 *     new CustomFunction() {
 *       public Tensor forward(Context context, Tensor... in) {
 *         context.save(in[0]);
 *         return in[0].mul(in[0]).mul(in[0]);
 *       }
 *
 *       public List<Tensor> backward(Context context, Tensor upstream) {
 *         return List.of(upstream.mul(context.saved(0).square()).mul(3));
 *       }
 *     };
 * }</pre>
 *
 * @see <a href="https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function">
 *     torch.autograd.Function</a>
 */
public interface CustomFunction {

  /** Returns what to call it in messages. */
  default String name() {
    return "custom function";
  }

  /** Computes the result; operations in here are not recorded. */
  Tensor forward(Context context, Tensor... inputs);

  /**
   * Computes the gradients of the inputs from that of the result; operations in here are not
   * recorded.
   *
   * @return one for each input, of its shape; null for one that has none. What is not {@linkplain
   *     Context#needs needed} may be null too
   */
  List<@Nullable Tensor> backward(Context context, Tensor upstream);

  /** What a forward pass hands to its backward pass. */
  interface Context {

    /** Keeps tensors; overwriting one before the backward pass is an error there. */
    void save(Tensor... tensors);

    /**
     * Returns a tensor that was kept.
     *
     * @param i which one, from 0, in the order of all that were
     */
    Tensor saved(int i);

    /** Says whether a gradient of an input is wanted. */
    boolean needs(int input);
  }
}
