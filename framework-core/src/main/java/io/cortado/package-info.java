/** The user's view of Cortado: devices, tensors, shapes and training steps. */
@NullMarked
package io.cortado;

import org.jspecify.annotations.NullMarked;
