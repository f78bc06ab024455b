/** Recurrent networks that write text, character by character. */
@NullMarked
package io.cortado.models.characters;

import org.jspecify.annotations.NullMarked;
