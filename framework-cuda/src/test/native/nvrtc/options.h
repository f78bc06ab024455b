// NVRTC's options, translated for the host compiler.
#pragma once

#include <string>
#include <vector>

namespace nvrtc {

struct Options {
  int code = 0;
  std::string log;
  std::string architecture = "compute_52";
  std::vector<std::string> host;  // for g++
  bool contract = true;           // --fmad
};

Options translate(const std::vector<std::string>& options);

}  // namespace nvrtc
