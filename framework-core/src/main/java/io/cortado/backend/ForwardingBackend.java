package io.cortado.backend;

/**
 * Hands every call on to another backend, for subclasses that measure some or get one wrong.
 *
 * <p>It does not record work. Operations on parts of buffers take the way over {@link #slice}, so
 * that a subclass sees them. The operations are in the superclasses, by {@link Backend}'s groups.
 */
public class ForwardingBackend extends ForwardingTrainingOps {

  /** Makes one in front of another, which it closes. */
  public ForwardingBackend(Backend delegate) {
    super(delegate);
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public String description() {
    return delegate.description();
  }

  @Override
  public MathPrecision precision() {
    return delegate.precision();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
