/** Autoencoders. */
@NullMarked
package io.cortado.models.autoencoder;

import org.jspecify.annotations.NullMarked;
