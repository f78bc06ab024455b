package io.cortado.optim;

/** What an optimizer makes of a gradient of which some rows alone were written. */
enum SparseUse {
  /** It says that it takes none. */
  REFUSED,

  /** It takes it as a gradient that is 0 in the other rows. */
  AS_DENSE,

  /** It changes no other rows. */
  ROWS_ALONE
}
