/** The training loop, what can be hung into it, and what can be measured. */
@NullMarked
package io.cortado.train;

import org.jspecify.annotations.NullMarked;
