/** Losses under PyTorch's names, with its options and defaults. */
@NullMarked
package io.cortado.loss;

import org.jspecify.annotations.NullMarked;
