// Loss scaling: what a step's gradients are divided by, and what it is in the next step. All of it stays on the device.

extern "C" __global__ void unscale(Index n, float* x, float* state) {
  float factor = (float)(1.0 / (double)state[LOSS_SCALE]);
  bool found = false;
  for (Index i = first(); i < n; i += stride()) {
    float value = x[i] * factor;
    x[i] = value;
    found |= (__float_as_uint(value) & 0x7fffffffu) >= 0x7f800000u;
  }
  // Any number of threads may find one.
  if (found) atomicExch(state + LOSS_SCALE_FOUND, 1.0f);
}

// One thread.
extern "C" __global__ void update_scale(float growth_factor, float backoff_factor, int growth_interval, float* state) {
  if (threadIdx.x > 0) return;
  float scale = state[LOSS_SCALE];
  float tracker = state[LOSS_SCALE_TRACKER] + 1.0f;
  if (state[LOSS_SCALE_FOUND] != 0.0f) {
    scale *= backoff_factor;
    tracker = 0.0f;
    state[LOSS_SCALE_SKIPPED] += 1.0f;
  } else if (tracker >= (float)growth_interval) {
    float grown = scale * growth_factor;
    if (grown < INFINITY) scale = grown;
    tracker = 0.0f;
  }
  state[LOSS_SCALE] = scale;
  state[LOSS_SCALE_TRACKER] = tracker;
  state[LOSS_SCALE_FOUND] = 0.0f;
}
