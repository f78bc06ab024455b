package io.cortado.cuda;

import jcuda.driver.CUdeviceptr;

/** The number in a pointer, which JCuda shows to its subclasses alone. */
public final class DeviceAddress {

  private DeviceAddress() {}

  /** Returns the address that a pointer stands for. */
  public static long of(CUdeviceptr pointer) {
    return new Opened(pointer).value();
  }

  private static final class Opened extends CUdeviceptr {
    Opened(CUdeviceptr pointer) {
      super(pointer);
    }

    long value() {
      return getNativePointer() + getByteOffset();
    }
  }
}
