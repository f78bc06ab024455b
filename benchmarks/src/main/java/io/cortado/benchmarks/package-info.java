/** Micro-benchmarks of the framework's kernels. */
@NullMarked
package io.cortado.benchmarks;

import org.jspecify.annotations.NullMarked;
