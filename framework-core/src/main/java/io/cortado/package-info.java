/** The tensors of Cortado, the devices they live on, and the steps that own them. */
@NullMarked
package io.cortado;

import org.jspecify.annotations.NullMarked;
