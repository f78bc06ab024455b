package io.cortado.backend.spec;

/**
 * A fully connected layer {@code y = act(x W' + bias)}.
 *
 * @param rows how many inputs, all leading axes together
 * @param in features of each input
 * @param out features of each output; W is stored as {@code [out, in]}
 * @param activation what is applied to the sum; {@link UnaryOp#IDENTITY} for none
 */
public record LinearSpec(int rows, int in, int out, UnaryOp activation) {}
