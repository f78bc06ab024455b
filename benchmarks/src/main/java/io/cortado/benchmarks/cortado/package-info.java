/** Cortado's own side of the comparison. */
@NullMarked
package io.cortado.benchmarks.cortado;

import org.jspecify.annotations.NullMarked;
