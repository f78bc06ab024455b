/** Tests of the CUDA backend on the emulated libraries. */
@NullMarked
package io.cortado.cuda;

import org.jspecify.annotations.NullMarked;
