/** The training loop and what can be hung into it. */
@NullMarked
package io.cortado.train;

import org.jspecify.annotations.NullMarked;
