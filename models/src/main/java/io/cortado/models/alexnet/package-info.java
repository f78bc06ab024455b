/** AlexNet. */
@NullMarked
package io.cortado.models.alexnet;

import org.jspecify.annotations.NullMarked;
