#include "options.h"

#include <regex>

namespace nvrtc {
namespace {

// Options that mean nothing here, up to their '='.
bool ignored(const std::string& name) {
  static const char* const names[] = {
      "--use_fast_math", "-use_fast_math", "--ftz", "-ftz", "--prec-sqrt", "-prec-sqrt",
      "--prec-div", "-prec-div", "--device-debug", "-G", "--generate-line-info", "-lineinfo",
      "--maxrregcount", "-maxrregcount", "--device-as-default-execution-space", "-default-device",
      "--restrict", "-restrict", "--extra-device-vectorization", "-extra-device-vectorization",
      "--relocatable-device-code", "-rdc", "--device-c", "-dc", "--device-w", "-dw",
      "--diag-suppress", "-diag-suppress", "--diag-warn", "--diag-error", "--display-error-number",
      "--no-display-error-number", "--builtin-move-forward", "--builtin-initializer-list",
      "--ptxas-options", "-Xptxas", "--dopt", "-dopt", "--time", "--pch", "--disable-warnings"};
  for (const char* n : names)
    if (name == n) return true;
  return false;
}

bool is_architecture(const std::string& a) {
  static const std::regex r("(compute|sm)_(5[0-3]|6[0-2]|7[0257]|8[0679]|90a?)");
  return std::regex_match(a, r);
}

}  // namespace

Options translate(const std::vector<std::string>& options) {
  Options o;
  std::string standard = "-std=c++17";
  for (size_t i = 0; i < options.size(); i++) {
    std::string name = options[i], value;
    // "-DX=1" keeps its '='; of the others it parts name and value.
    bool define = !name.compare(0, 2, "-D") || !name.compare(0, 2, "-U");
    bool folder = !name.compare(0, 2, "-I");
    if (define || folder) {
      o.host.push_back(name);
      continue;
    }
    if (size_t eq = name.find('='); eq != std::string::npos) {
      value = name.substr(eq + 1);
      name.resize(eq);
    } else if ((name == "-arch" || name == "--gpu-architecture" || name == "-std" || name == "--std" ||
                name == "--include-path" || name == "--define-macro") &&
               i + 1 < options.size()) {
      value = options[++i];
    }
    if (name == "-arch" || name == "--gpu-architecture") {
      o.architecture = value;
      if (!is_architecture(value)) o.code = 5;
    } else if (name == "-std" || name == "--std") {
      standard = "-std=" + value;
    } else if (name == "--include-path") {
      o.host.push_back("-I" + value);
    } else if (name == "--define-macro") {
      o.host.push_back("-D" + value);
    } else if (name == "--fmad" || name == "-fmad") {
      o.contract = value != "false";
    } else if (name == "-w" || name == "--disable-warnings") {
      o.host.push_back("-w");
    } else if (!ignored(name)) {
      o.code = 5;
    }
    if (o.code) {
      o.log = "nvrtc: error: invalid value for --gpu-architecture (-arch) or unknown option: " +
              options[i] + "\n";
      return o;
    }
  }
  o.host.insert(o.host.begin(), standard);
  // The architecture's macro: sm_90 gives 900.
  std::string digits;
  for (char c : o.architecture)
    if (isdigit((unsigned char)c)) digits += c;
  o.host.push_back("-D__CUDA_ARCH__=" + digits + "0");
  o.host.push_back(o.contract ? "-ffp-contract=fast" : "-ffp-contract=off");
  return o;
}

}  // namespace nvrtc
