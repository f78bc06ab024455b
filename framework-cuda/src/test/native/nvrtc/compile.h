// From CUDA C to an image that the emulated cuModuleLoadData takes.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace nvrtc {

struct Job {
  std::string source, name;
  std::map<std::string, std::string> headers;
  std::vector<std::string> expressions;  // of nvrtcAddNameExpression
  std::vector<std::string> options;
};

struct Result {
  int code = 0;  // an nvrtcResult
  std::string log, image;
  std::map<std::string, std::string> lowered;
};

Result compile(const Job& job);

}  // namespace nvrtc
