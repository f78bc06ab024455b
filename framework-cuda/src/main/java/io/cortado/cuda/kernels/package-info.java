/** The backend's own kernels: CUDA C in the resources, one launcher here for each family. */
@NullMarked
package io.cortado.cuda.kernels;

import org.jspecify.annotations.NullMarked;
