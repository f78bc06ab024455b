/** PyTorch as a side of the comparison. */
@NullMarked
package io.cortado.benchmarks.pytorch;

import org.jspecify.annotations.NullMarked;
