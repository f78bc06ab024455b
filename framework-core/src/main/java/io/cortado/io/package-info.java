/** Files: weights as safetensors, written so that a crash never leaves half a file. */
@NullMarked
package io.cortado.io;

import org.jspecify.annotations.NullMarked;
