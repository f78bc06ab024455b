/** LeNet-5. */
@NullMarked
package io.cortado.models.lenet;

import org.jspecify.annotations.NullMarked;
