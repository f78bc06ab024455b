/** Ways to set parameters before training: PyTorch's {@code torch.nn.init}. */
@NullMarked
package io.cortado.nn.init;

import org.jspecify.annotations.NullMarked;
