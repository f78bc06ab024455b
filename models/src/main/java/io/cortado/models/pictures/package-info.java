/** Charts and pictures that commands leave behind. */
@NullMarked
package io.cortado.models.pictures;

import org.jspecify.annotations.NullMarked;
