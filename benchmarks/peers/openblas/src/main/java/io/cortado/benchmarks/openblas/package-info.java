/** OpenBLAS as a side of the comparison. */
@NullMarked
package io.cortado.benchmarks.openblas;

import org.jspecify.annotations.NullMarked;
