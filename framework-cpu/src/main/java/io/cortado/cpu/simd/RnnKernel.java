package io.cortado.cpu.simd;

/**
 * The innermost loops of recurrent layers.
 *
 * <p>Everything of a step lies feature by feature: {@link #columns()} sequences of one feature side
 * by side, one to a lane. A state is then a sliver of the next step's product as it is, a gate
 * needs no shuffle, and what the sequences of a batch do never depends on their neighbours. A block
 * is {@link #rows()} features, {@code rows() * columns()} numbers; the gates of a block lie one
 * block behind the other.
 *
 * <p>Arrays come with the index of their first element. Implementations have no state, and are used
 * by several threads at once. An input that is not a number gives one that is not.
 */
public interface RnnKernel {

  /** Returns how many features make a block. */
  int rows();

  /** Returns how many sequences lie side by side. */
  int columns();

  /**
   * Computes a block of a product: {@code c[i, j] = start + sum over p of a[p, i] * b[p, j]}, in
   * ascending order of p, where start is {@code c[i, j]} or the row's bias.
   *
   * @param k products to sum; 0 is allowed
   * @param a k rows of {@link #rows()} elements, {@code aStride} apart
   * @param b k rows of {@link #columns()} elements
   * @param add whether to start from c
   * @param bias one for each row; not read if add
   */
  void tile(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co);

  /**
   * Takes a block of an LSTM through a step.
   *
   * @param z six blocks: the sums of i, f, o and g, which become the gates; the cell state before,
   *     which is written if {@code keep}; tanh of the cell state after, likewise
   * @param c the cell state, which becomes the one after
   * @param h gets the state after
   */
  void lstm(boolean keep, float[] z, int zo, float[] c, int co, float[] h, int ho);

  /**
   * Takes a block of an LSTM back.
   *
   * @param z as the forward pass left it
   * @param dh the gradient of the state after, but for the output's
   * @param dy the output's gradient
   * @param dc the gradient of the cell state after, which becomes that of the one before
   * @param dz gets four blocks: the gradients of the sums i, f, o and g
   */
  void lstmBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dc,
      int dco,
      float[] dz,
      int dzo);

  /**
   * Takes a block of a GRU through a step.
   *
   * @param z five blocks: the sums of r, z, the candidate's input part, which become the gates; its
   *     recurrent part; and the state before less the candidate, which is written if {@code keep}
   * @param h0 the state before
   * @param h1 gets the state after
   */
  void gru(boolean keep, float[] z, int zo, float[] h0, int h0o, float[] h1, int h1o);

  /**
   * Takes a block of a GRU back.
   *
   * @param z as the forward pass left it
   * @param dh the gradient of the state after, but for the output's; becomes the part of that of
   *     the state before that does not go through the product
   * @param dz gets three blocks: the gradients of the sums r and z and of the candidate's recurrent
   *     part
   * @param dn gets the gradient of the candidate's input part
   */
  void gruBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dz,
      int dzo,
      float[] dn,
      int dno);

  /** Computes {@code h = z = tanh(z)}. */
  void tanh(float[] z, int zo, float[] h, int ho);

  /** Computes {@code dz = (dh + dy) (1 - h^2)}. */
  void tanhBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo);

  /** Computes {@code h = z = max(0, z)}. */
  void relu(float[] z, int zo, float[] h, int ho);

  /** Computes {@code dz = dh + dy} where h is positive, else 0. */
  void reluBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo);

  /**
   * Lays rows of sequences out feature by feature: {@code dst[f, s] = src[s, f]}, and 0 for
   * sequences beyond the last up to {@link #columns()}.
   *
   * @param sequences at most {@link #columns()}
   * @param stride between two sequences of src
   */
  void toColumns(
      int sequences, int features, float[] src, int so, int stride, float[] dst, int dof);

  /**
   * Lays features out sequence by sequence: {@code dst[s, f] = src[f, s]}.
   *
   * @param sequences at most {@link #columns()}
   * @param stride between two sequences of dst
   */
  void toRows(int sequences, int features, float[] src, int so, float[] dst, int dof, int stride);
}
