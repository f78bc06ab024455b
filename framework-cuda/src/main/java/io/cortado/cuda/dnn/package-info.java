/**
 * Convolution, pooling, softmax and batch normalisation by cuDNN, and by kernels where it has none.
 */
@NullMarked
package io.cortado.cuda.dnn;

import org.jspecify.annotations.NullMarked;
