/** The multi-layer perceptron. */
@NullMarked
package io.cortado.models.mlp;

import org.jspecify.annotations.NullMarked;
