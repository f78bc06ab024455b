/**
 * The differentiable functions.
 *
 * <p>Each computes its result by one or a few calls of the backend and records one backward
 * function, which calls the backend's gradient kernels. Checks of shapes and types live here, once,
 * for all backends. Layers and {@link io.cortado.Tensor}'s methods are thin callers of these.
 */
@NullMarked
package io.cortado.autograd;

import org.jspecify.annotations.NullMarked;
