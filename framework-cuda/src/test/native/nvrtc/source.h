// What the emulated NVRTC has to know of a CUDA C source: its kernels, its device variables, its includes.
#pragma once

#include <map>
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
};

// The source and the headers that came with it, which are looked through, too.
Source read_source(const std::string& cuda, const std::map<std::string, std::string>& headers);

// CUDA C as the host compiler takes it; the same lines.
std::string host_text(const std::string& cuda);

}  // namespace nvrtc
