package io.cortado.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * What a device is; asking needs no context.
 *
 * @param name NVIDIA's name for it
 * @param major the compute capability's first number
 * @param minor its second
 * @param multiprocessors how many it has
 * @param bytes its memory
 */
record DeviceInfo(String name, int major, int minor, int multiprocessors, long bytes) {

  static DeviceInfo of(CUdevice device) {
    byte[] name = new byte[256];
    CudaErrors.check(
        JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName", null);
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    long[] bytes = {0};
    CudaErrors.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", null);
    return new DeviceInfo(
        new String(name, 0, end, StandardCharsets.UTF_8),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        bytes[0]);
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = {0};
    CudaErrors.check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        "cuDeviceGetAttribute",
        CUdevice_attribute.stringFor(attribute));
    return value[0];
  }

  @Override
  public String toString() {
    return "%s: compute capability %d.%d, %d multiprocessors, %.1f GiB"
        .formatted(name, major, minor, multiprocessors, bytes / 0x1p30);
  }
}
