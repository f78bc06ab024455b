/** What depth, width, loss and activation do to a network that tells a chessboard's colors. */
@NullMarked
package io.cortado.models.checkerboard;

import org.jspecify.annotations.NullMarked;
