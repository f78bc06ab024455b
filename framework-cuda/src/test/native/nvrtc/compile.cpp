// Kernels by the host compiler: twice, fast and checked, with a cache of images on disk.
#include "compile.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "emulator.h"
#include "files.h"
#include "options.h"
#include "source.h"

#ifndef EMU_CXX
#error "EMU_CXX: the host compiler"
#endif

namespace nvrtc {
namespace {

const std::vector<const char*> fast_flags = {"-O3", "-march=native", "-fno-trapping-math"};
const std::vector<const char*> checked_flags = {"-O1", "-DEMU_CHECKED", "-fsanitize=thread", "--param",
                                     "tsan-instrument-func-entry-exit=0",
                                     "-fsanitize=bounds-strict,alignment,null,"
                                     "signed-integer-overflow,shift,integer-divide-by-zero,return"};
const char* const common_flags[] = {"-fPIC", "-fvisibility=hidden", "-fno-gnu-unique", "-fno-exceptions", "-fno-math-errno",
                                    "-fno-strict-aliasing", "-Wall", "-Wextra", "-Wno-unknown-pragmas",
                                    "-Wno-unused-parameter", "-Wno-unused-function", "-Wno-attributes",
                                    "-Wno-sign-compare", "-Wno-narrowing", "-fdiagnostics-color=never"};

// Headers that NVRTC brings along, and that exist in device/.
const char* const builtin_headers[] = {"cuda_fp16.h", "cuda_bf16.h", "math_constants.h", "cuda_runtime.h"};

std::string device_directory() { return library_directory() + "/device"; }

// The emulator's own headers are part of an image's identity.
std::string device_headers() {
  static const std::string all = [] {
    std::vector<std::string> paths;
    std::error_code ignored;
    for (auto& e : std::filesystem::directory_iterator(device_directory(), ignored))
      paths.push_back(e.path().string());
    std::sort(paths.begin(), paths.end());
    std::string text;
    for (const std::string& p : paths) text += p + read_file(p);
    return text;
  }();
  return all;
}

// -march=native: an image belongs to a kind of processor.
std::string processor() {
  static const std::string model = [] {
    std::istringstream in(read_file("/proc/cpuinfo"));
    std::string line, text;
    while (std::getline(in, line) && !line.empty())
      if (!line.compare(0, 5, "model") || !line.compare(0, 5, "flags")) text += line;
    return text;
  }();
  return model;
}

std::string cache_directory() {
  const char* chosen = getenv("CORTADO_EMU_CACHE");
  return chosen && *chosen ? chosen : library_directory() + "/kernel-cache";
}

std::string missing_header(const Job& job, const Source& s, const Options& o) {
  for (const Include& i : s.includes) {
    if (job.headers.count(i.name)) continue;
    bool found = std::any_of(std::begin(builtin_headers), std::end(builtin_headers),
                             [&](const char* h) { return i.name == h; });
    for (const std::string& flag : o.host)
      found = found || (!flag.compare(0, 2, "-I") && exists(flag.substr(2) + "/" + i.name));
    if (!found)
      return job.name + "(" + std::to_string(i.line) +
             "): catastrophic error: cannot open source file \"" + i.name + "\"\n";
  }
  return "";
}

std::string base_name(std::string expression) {
  expression = expression.substr(0, expression.find('<'));
  std::string out;
  for (char c : expression)
    if (c != '&' && !isspace((unsigned char)c)) out += c;
  return out;
}

std::string launcher(const std::string& function, const std::string& name, const Kernel& k) {
  std::string l = "EmuLauncher<&" + function + ">";
  return "  {\"" + name + "\", " + l + "::count, " + l + "::args, " + (k.synchronises ? "1" : "0") +
         ", " + (k.c_linkage ? "1" : "0") + ", " + k.max_threads + ", &" + l + "::run_thread, &" + l +
         "::run_block},\n";
}

std::string generated(const Job& job, const Source& s, Result& result) {
  std::string kernels, globals;
  size_t n = 0;
  for (const Kernel& k : s.kernels) {
    if (k.is_template) continue;
    kernels += launcher(k.name, k.name, k);
    n++;
  }
  for (const std::string& e : job.expressions) {
    for (const Kernel& k : s.kernels) {
      if (k.name != base_name(e)) continue;
      std::string name = k.c_linkage ? k.name : "_Z_emu_" + digest(e).substr(0, 12);
      result.lowered[e] = name;
      if (k.c_linkage) continue;
      Kernel lowered = k;
      lowered.c_linkage = true;  // found by its lowered name
      std::string function = e[0] == '&' ? e.substr(1) : e;
      kernels += launcher(function, name, lowered);
      n++;
    }
  }
  for (const std::string& v : s.variables)
    globals += "  {\"" + v + "\", (void*)&" + v + ", sizeof " + v + "},\n";
  std::string out = "\n#line 1 \"emulated launchers\"\n";
  out += "static const EmuKernel emu_kernels[] = {\n" + kernels + "  {}};\n";
  out += "static const EmuGlobal emu_globals[] = {\n" + globals + "  {}};\n";
  out += "EMU_MODULE(emu_kernels, " + std::to_string(n) + ", emu_globals, " +
         std::to_string(s.variables.size()) + ")\n";
  return out;
}

bool is_checked(const char* variant) { return !strcmp(variant, "checked"); }

// Where the compiler finds <device.h>, beside its compiled form, and the linker what checked modules call. Both are made
// once for the same options and headers: most of what a short kernel takes is to compile them.
std::string precompiled(const std::vector<std::string>& command) {
  std::string identity = device_headers() + processor() + EMU_CXX __VERSION__;
  for (const std::string& a : command) identity += a + "\n";
  std::string folder = cache_directory() + "/device-" + digest(identity);
  if (exists(folder)) return folder;
  std::string made = folder + ".part" + std::to_string(getpid());
  make_directory(made);
  write_file(made + "/device.h", "#include \"" + device_directory() + "/device.h\"\n");
  Command header{command, made + "/log"}, checks{command, made + "/checks.log"};
  for (const std::string& a : {std::string("-isystem"), device_directory(), std::string("-x"), std::string("c++-header"),
                               made + "/device.h", std::string("-o"), made + "/device.h.gch"})
    header.arguments.push_back(a);
  for (const std::string& a : {std::string("-fno-sanitize=all"), std::string("-c"), device_directory() + "/checks.cpp",
                               std::string("-o"), made + "/checks.o"})
    checks.arguments.push_back(a);
  // Without the compiled header the compiler reads the text, which is right and slower.
  run({header, checks});
  move_folder(made, folder);
  return folder;
}

// A variant's compiler and linker.
struct Tools {
  Command compile, link;
};

Tools tools(const std::string& folder, const char* variant, const Options& o, const std::vector<const char*>& flags) {
  std::vector<std::string> command = {EMU_CXX};
  command.insert(command.end(), std::begin(common_flags), std::end(common_flags));
  command.insert(command.end(), flags.begin(), flags.end());
  // A folder to look into changes nothing in the compiled header, and each kernel has its own.
  for (const std::string& flag : o.host)
    if (flag.compare(0, 2, "-I")) command.push_back(flag);
  std::string shared = precompiled(command), base = folder + "/" + variant;
  Command c{command, base + ".log"};
  for (const std::string& flag : o.host)
    if (!flag.compare(0, 2, "-I")) c.arguments.push_back(flag);
  for (const std::string& a : {std::string("-I") + folder, std::string("-isystem"), shared, std::string("-isystem"),
                               device_directory(), std::string("-c"), folder + "/kernel.cpp", std::string("-o"), base + ".o"})
    c.arguments.push_back(a);
  // Without -fsanitize, so that no sanitizer library comes along, and without the C++ library, which kernels cannot
  // use, and of which the linker would read every symbol.
  Command l{{EMU_CXX, "-shared", "-s", "-nostdlib", "-Wl,-z,now", "-o", base + ".so", base + ".o"}, base + ".link"};
  if (is_checked(variant)) l.arguments.push_back(shared + "/checks.o");
  for (const char* library : {"-lm", "-lc", "-lgcc"}) l.arguments.push_back(library);
  return {c, l};
}

// Sizes of each kernel's __shared__ variables, which are statics named after their function.
std::string shared_sizes(const std::string& folder, const Source& s) {
  run({{{"objdump", "-t", folder + "/fast.o"}, folder + "/table"}});
  std::istringstream in(read_file(folder + "/table"));
  std::map<std::string, size_t> sizes;
  std::string line;
  while (std::getline(in, line)) {
    size_t at = line.find("emu_shared");
    if (at == std::string::npos) continue;
    std::istringstream rest(line.substr(at + 10));
    std::string size, symbol;
    rest >> size >> symbol;
    size_t bytes = strtoull(size.c_str(), nullptr, 16);
    for (const Kernel& k : s.kernels) {
      std::string plain = k.name.substr(k.name.rfind(':') + 1);
      std::string c_name = "_ZZ" + plain + "E";
      std::string cpp_name = std::to_string(plain.size()) + plain;
      if (!symbol.compare(0, c_name.size(), c_name) || symbol.find(cpp_name) != std::string::npos)
        sizes[k.name] += bytes;
    }
  }
  std::string out;
  for (auto& [name, bytes] : sizes) out += ".shared " + name + " " + std::to_string(bytes) + "\n";
  return out;
}

// Texts that a program writes are many, run for a short time, and so are compiled once, checked.
bool is_generated(const Job& job) { return !job.name.compare(0, 10, "generated/"); }

std::vector<const char*> variants(const Job& job) {
  if (is_generated(job)) return {"checked"};
  return {"fast", "checked"};
}

const char* const kHead =
    "// Emulated PTX: code of this machine's processor for the emulated CUDA driver. No GPU runs it.\n.version ";
const char* const kTarget = "\n.target ";

std::string version() {
  return std::to_string(emu::setting("nvrtc.major", 12)) + "." + std::to_string(emu::setting("nvrtc.minor", 6));
}

std::string image_of(const std::string& folder, const Job& job, const Source& s, const Options& o) {
  std::string out =
      kHead + version() + kTarget + o.architecture + "\n" + (is_generated(job) ? "" : shared_sizes(folder, s));
  for (const char* variant : variants(job))
    out += std::string(".") + variant + " " + base64(read_file(folder + "/" + variant + ".so")) + "\n";
  return out + ".end\n";
}

// An image that was kept, as of this compiler and for this architecture, which its code does not depend on.
std::string retargeted(const std::string& image, const Options& o) {
  size_t target = image.find(kTarget);
  if (target == std::string::npos) return "";
  return kHead + version() + kTarget + o.architecture + image.substr(image.find('\n', target + strlen(kTarget)));
}

// Paths of this machine do not belong in a log.
std::string tidy(std::string log, const std::string& folder) {
  for (const std::string& path : {folder + "/", device_directory() + "/"})
    for (size_t at; (at = log.find(path)) != std::string::npos;) log.erase(at, path.size());
  return log;
}

// The log of the first that says something; the code of the first that fails.
void run_all(const std::vector<Command>& commands, const std::string& folder, Result& r) {
  std::vector<int> codes = run(commands);
  for (size_t i = 0; i < commands.size(); i++) {
    if (i == 0 || codes[i]) {
      std::string log = tidy(read_file(commands[i].output), folder);
      if (r.log.empty()) r.log = log;
    }
    if (!r.code) r.code = codes[i];
  }
}

void build(const std::string& text, const Job& job, const Source& s, const Options& o, Result& r) {
  std::string folder = temporary_directory();
  write_file(folder + "/kernel.cpp", text);
  for (auto& [name, content] : job.headers) {
    make_directory(std::filesystem::path(folder + "/" + name).parent_path().string());
    write_file(folder + "/" + name, host_text(content));
  }
  std::vector<Command> compilers, linkers;
  for (const char* variant : variants(job)) {
    std::vector<const char*> flags = is_checked(variant) ? checked_flags : fast_flags;
    // What contracts and what does not is to be seen in the only variant, too.
    if (is_generated(job)) flags.push_back("-march=native");
    // A program's writer has no use for warnings, and to look for them takes a fifth of the time.
    if (is_generated(job)) flags.push_back("-w");
    Tools t = tools(folder, variant, o, flags);
    compilers.push_back(t.compile);
    linkers.push_back(t.link);
  }
  run_all(compilers, folder, r);
  if (r.code == 127) r.log += std::string("emulated NVRTC: cannot run ") + EMU_CXX + "\n";
  if (!r.code) run_all(linkers, folder, r);
  if (r.code) r.code = 6;
  else r.image = image_of(folder, job, s, o);
  remove_tree(folder);
}

}  // namespace

Result compile(const Job& job) {
  Result r;
  Options o = translate(job.options);
  if (o.code) {
    r.code = o.code;
    r.log = o.log;
    return r;
  }
  Source s = read_source(job.source, job.headers);
  r.log = missing_header(job, s, o);
  if (!r.log.empty()) {
    r.code = 6;
    return r;
  }
  std::string text = "#include <device.h>\n#line 1 \"" + job.name + "\"\n" + host_text(job.source) + generated(job, s, r);
  std::string identity = text + device_headers() + processor() + EMU_CXX __VERSION__;
  for (const std::string& option : o.host) identity += option + "\n";
  for (auto& [name, content] : job.headers) identity += name + content;
  for (const char* f : common_flags) identity += f;
  for (const char* f : fast_flags) identity += f;
  for (const char* f : checked_flags) identity += f;
  std::string entry = cache_directory() + "/" + digest(identity);
  r.image = retargeted(read_file(entry + ".image"), o);
  if (!r.image.empty()) {
    r.log = read_file(entry + ".log");
    return r;
  }
  build(text, job, s, o, r);
  if (!r.code) {
    make_directory(cache_directory());
    if (!r.log.empty()) write_file(entry + ".log", r.log);
    write_file(entry + ".image", r.image);
  }
  return r;
}

}  // namespace nvrtc
