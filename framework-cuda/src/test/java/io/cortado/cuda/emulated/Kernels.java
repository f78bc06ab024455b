package io.cortado.cuda.emulated;

/** CUDA C for the tests of the emulator: right kernels, and wrong ones. */
final class Kernels {
  private Kernels() {}

  static final String GOOD =
      """
      extern "C" __global__ void axpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) y[i] = a * x[i] + y[i];
      }

      __device__ float blockSum(float v) {
        __shared__ float part[128];
        int t = threadIdx.x;
        part[t] = v;
        __syncthreads();
        for (int k = 64; k > 0; k >>= 1) {
          if (t < k) part[t] += part[t + k];
          __syncthreads();
        }
        return part[0];
      }

      extern "C" __global__ void sum(int n, const float* x, float* out) {
        float v = 0;
        for (int i = threadIdx.x; i < n; i += blockDim.x) v += x[i];
        v = blockSum(v);
        if (threadIdx.x == 0) out[0] = v;
      }

      extern "C" __global__ void warpSum(int n, const float* x, float* out) {
        float v = (int)threadIdx.x < n ? x[threadIdx.x] : 0.0f;
        for (int k = 16; k > 0; k >>= 1) v += __shfl_down_sync(0xffffffffu, v, k);
        unsigned odd = __ballot_sync(0xffffffffu, threadIdx.x & 1);
        if (threadIdx.x == 0) { out[0] = v; out[1] = (float)__popc(odd); }
      }

      extern "C" __global__ void reverse(int n, const float* x, float* y) {
        extern __shared__ float buffer[];
        if ((int)threadIdx.x < n) buffer[threadIdx.x] = x[threadIdx.x];
        __syncthreads();
        if ((int)threadIdx.x < n) y[threadIdx.x] = buffer[n - 1 - threadIdx.x];
      }

      __constant__ float scale[2];

      extern "C" __global__ void scaled(int n, float* x) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) x[i] = x[i] * scale[0] + scale[1];
      }

      // The last block to arrive adds up what the others have left.
      __device__ unsigned arrived;

      extern "C" __global__ void total(const float* x, float* parts, float* out) {
        __shared__ bool last;
        float v = blockSum(x[blockIdx.x * blockDim.x + threadIdx.x]);
        if (threadIdx.x == 0) {
          parts[blockIdx.x] = v;
          __threadfence();
          last = atomicInc(&arrived, gridDim.x - 1) == gridDim.x - 1;
        }
        __syncthreads();
        if (!last) return;
        v = blockSum(threadIdx.x < gridDim.x ? parts[threadIdx.x] : 0.0f);
        if (threadIdx.x == 0) out[0] = v;
      }

      #include <cuda_fp16.h>
      #include <cuda_bf16.h>
      extern "C" __global__ void rounded(const float* x, __half* h, __nv_bfloat16* b) {
        h[threadIdx.x] = __float2half(x[threadIdx.x]);
        b[threadIdx.x] = __float2bfloat16(x[threadIdx.x]);
      }

      extern "C" __global__ void histogram(int n, const int* bin, int* counts) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) atomicAdd(&counts[bin[i]], 1);
      }
      """;

  static final String PLAIN =
      """
      extern "C" __global__ void axpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) y[i] = a * x[i] + y[i];
      }
      """;

  static final String BAD =
      """
      extern "C" __global__ void tooFar(int n, float* x) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i <= n) x[i] = 1.0f;
      }

      extern "C" __global__ void readsFar(const float* x, float* y) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        y[i] = x[i + 1024];
      }

      extern "C" __global__ void race(const float* x, float* out) {
        __shared__ float part[128];
        int t = threadIdx.x;
        part[t] = x[t];
        __syncthreads();
        for (int k = 64; k > 0; k >>= 1) {
          if (t < k) part[t] += part[t + k];
        }
        __syncthreads();
        if (t == 0) out[0] = part[0];
      }

      extern "C" __global__ void allToOne(float* x) {
        x[0] += x[threadIdx.x + 1];
      }

      extern "C" __global__ void neighbour(float* x) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        x[i] = x[i + 1];
      }

      extern "C" __global__ void someReturn(float* x) {
        if (threadIdx.x == 3) return;
        __syncthreads();
        x[threadIdx.x] = 1.0f;
      }

      extern "C" __global__ void twoBarriers(float* x) {
        if (threadIdx.x < 16) {
          __syncthreads();
        } else {
          __syncthreads();
        }
        x[threadIdx.x] = 1.0f;
      }

      extern "C" __global__ void fewLanes(float* x) {
        float v = x[threadIdx.x];
        if (threadIdx.x < 8) v += __shfl_down_sync(0xffffffffu, v, 1);
        __syncthreads();
        x[threadIdx.x] = v;
      }

      extern "C" __global__ void deadLane(float* x) {
        float v = x[threadIdx.x];
        x[threadIdx.x] = v + __shfl_down_sync(0xffffffffu, v, 16);
      }

      extern "C" __global__ void vectors(float* x) {
        float4 v = *reinterpret_cast<float4*>(x + 1);
        x[0] = v.x;
      }

      extern "C" __global__ void sharedIndex(float* x, int n) {
        __shared__ float part[32];
        part[(int)threadIdx.x + n] = x[threadIdx.x];
        __syncthreads();
        x[threadIdx.x] = part[threadIdx.x];
      }

      extern "C" __global__ void dynamicIndex(float* x) {
        extern __shared__ float part[];
        part[threadIdx.x] = x[threadIdx.x];
        __syncthreads();
        x[threadIdx.x] = part[threadIdx.x + 1];
      }

      extern "C" __global__ void overflow(float* x, int n) {
        int i = n * n;
        x[i & 3] = 1.0f;
      }

      extern "C" __global__ void divides(int* x, int n) {
        x[0] = x[1] / n;
      }

      extern "C" __global__ void stops(float* x) {
        if (x[0] != 2.0f) __trap();
      }

      extern "C" __global__ void __launch_bounds__(64) bounded(float* x) {
        x[threadIdx.x] = 1.0f;
      }

      extern "C" __global__ void greedy(float* x) {
        __shared__ float part[13000];
        part[threadIdx.x] = x[threadIdx.x];
        __syncthreads();
        x[threadIdx.x] = part[12999 - threadIdx.x];
      }

      __global__ void mangled(float* x) {
        x[0] = 1.0f;
      }
      """;
}
