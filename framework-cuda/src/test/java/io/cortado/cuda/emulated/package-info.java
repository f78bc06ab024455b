/** The emulated CUDA libraries as tests see them: loading, counters, faults. */
@NullMarked
package io.cortado.cuda.emulated;

import org.jspecify.annotations.NullMarked;
