package io.cortado.pointwise;

/** The functions behind {@link io.cortado.Tensor}'s methods of the same names. */
public final class Functions {

  public static final Pointwise EXPM1 = Pointwise.of("expm1", Expr::expm1);
  public static final Pointwise LOG1P = Pointwise.of("log1p", Expr::log1p);
  public static final Pointwise RSQRT = Pointwise.of("rsqrt", Expr::rsqrt);
  public static final Pointwise SIGN = Pointwise.of("sign", Expr::sign);
  public static final Pointwise FLOOR = Pointwise.of("floor", Expr::floor);
  public static final Pointwise ROUND = Pointwise.of("round", Expr::round);
  public static final Pointwise SIN = Pointwise.of("sin", Expr::sin);
  public static final Pointwise COS = Pointwise.of("cos", Expr::cos);

  public static final Pointwise POW = Pointwise.of("pow", Expr::pow);
  public static final Pointwise MINIMUM = Pointwise.of("minimum", Expr::minimum);
  public static final Pointwise MAXIMUM = Pointwise.of("maximum", Expr::maximum);
  public static final Pointwise LT = Pointwise.of("lt", Expr::lt);
  public static final Pointwise LE = Pointwise.of("le", Expr::le);
  public static final Pointwise EQ = Pointwise.of("eq", Expr::eq);
  public static final Pointwise NE = Pointwise.of("ne", Expr::ne);

  public static final Pointwise WHERE =
      Pointwise.of("where", 3, in -> in.get(0).where(in.get(1), in.get(2)));

  private Functions() {}
}
