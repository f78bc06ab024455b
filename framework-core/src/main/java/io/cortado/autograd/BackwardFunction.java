package io.cortado.autograd;

/** The backward half of an operation. */
@FunctionalInterface
public interface BackwardFunction {

  /** Reads the gradient of the operation's output and adds to the gradients of its inputs. */
  void backward(Gradients gradients);
}
