/** Matrix products by cuBLAS. */
@NullMarked
package io.cortado.cuda.blas;

import org.jspecify.annotations.NullMarked;
