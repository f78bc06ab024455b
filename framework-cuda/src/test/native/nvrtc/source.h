// What the emulated NVRTC has to know of a CUDA C source: its kernels, its device variables, its includes.
#pragma once

#include <string>
#include <vector>

namespace nvrtc {

struct Kernel {
  std::string name;           // with its namespaces
  bool c_linkage = false;
  bool is_template = false;
  bool synchronises = false;  // it, or what it calls, uses barriers or warp operations
  std::string max_threads = "0";
};

struct Include {
  std::string name;
  int line;
};

struct Source {
  std::vector<Kernel> kernels;
  std::vector<std::string> variables;  // __device__ and __constant__
  std::vector<Include> includes;
  std::string text;                    // as the host compiler takes it; the same lines
};

Source read_source(const std::string& cuda);

}  // namespace nvrtc
