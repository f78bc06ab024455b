// cuModule*: images made by the emulated NVRTC, loaded as shared objects.
#include "modules.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "api.h"

namespace emu {
namespace {

std::set<Module*>& modules() {
  static auto* s = new std::set<Module*>;
  return *s;
}

std::string from_base64(const std::string& text) {
  auto value = [](char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  };
  std::string out;
  uint32_t bits = 0;
  int n = 0;
  for (char c : text) {
    int v = value(c);
    if (v < 0) break;
    bits = bits << 6 | (uint32_t)v;
    if (++n % 4 == 0) {
      for (int s : {16, 8, 0}) out += (char)(bits >> s & 255);
      bits = 0;
    }
  }
  if (n % 4 == 3) out += {(char)(bits >> 10 & 255), (char)(bits >> 2 & 255)};
  if (n % 4 == 2) out += (char)(bits >> 4 & 255);
  return out;
}

// Where the pieces of a loaded shared object lie.
void find_extent(Variant& v) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto& variant = *static_cast<Variant*>(data);
        uintptr_t low = UINTPTR_MAX, high = 0;
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& p = info->dlpi_phdr[i];
          if (p.p_type != PT_LOAD) continue;
          low = std::min(low, (uintptr_t)(info->dlpi_addr + p.p_vaddr));
          high = std::max(high, (uintptr_t)(info->dlpi_addr + p.p_vaddr + p.p_memsz));
        }
        auto inside = (uintptr_t)variant.table;
        if (inside < low || inside >= high) return 0;
        variant.low = low;
        variant.high = high;
        return 1;
      },
      &v);
}

void close_variant(Variant& v) {
  if (v.library) dlclose(v.library);
  if (v.file >= 0) close(v.file);
}

bool load_variant(const char* fn, const std::string& bytes, Variant& v) {
  // Open as long as it is loaded: dlopen() takes the same path for the same library.
  v.file = memfd_create("emulated-cuda-module", MFD_CLOEXEC);
  if (v.file < 0) return false;
  bool written = write(v.file, bytes.data(), bytes.size()) == (ssize_t)bytes.size();
  std::string path = "/proc/self/fd/" + std::to_string(v.file);
  if (written) v.library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto table = v.library ? (const EmuModule* (*)())dlsym(v.library, "emu_module") : nullptr;
  if (!table || table()->abi != EMU_ABI) {
    error(fn, "invalid-image", "the image cannot be loaded: %s", v.library ? "wrong version" : dlerror());
    return false;
  }
  v.table = table();
  find_extent(v);
  return true;
}

int check_target(const char* fn, const std::string& target) {
  int wanted = 0;
  for (char c : target)
    if (c >= '0' && c <= '9') wanted = wanted * 10 + (c - '0');
  int have = (int)(setting("compute.major", 9) * 10 + setting("compute.minor", 0));
  bool cubin = !target.compare(0, 3, "sm_");
  if (cubin ? wanted / 10 == have / 10 && wanted <= have : wanted <= have) return 0;
  error(fn, "wrong-architecture", "compiled for %s, but the device is of compute capability %d.%d",
        target.c_str(), have / 10, have % 10);
  return 209;
}

// Machine code of a newer toolkit runs on an older driver of the same major version; its PTX is not read.
int check_version(const char* fn, const std::string& target, const std::string& version) {
  int major = 0, minor = 0;
  sscanf(version.c_str(), "%d.%d", &major, &minor);
  int64_t driver = setting("driver.version", 12060);
  if (!target.compare(0, 3, "sm_") || major * 1000 + minor * 10 <= driver) return 0;
  error(fn, "unsupported-ptx", "PTX of CUDA %s, but the driver is for CUDA %d.%d", version.c_str(),
        (int)(driver / 1000), (int)(driver % 1000 / 10));
  return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
}

int load(const char* fn, CUmodule* out, const char* image) {
  if (!image || strncmp(image, "// Emulated PTX", 15) || !strstr(image, "\n.end\n")) {
    error(fn, "invalid-image", "the image was not made by the emulated NVRTC, or is cut off");
    return CUDA_ERROR_INVALID_PTX;
  }
  auto m = std::make_unique<Module>();
  std::istringstream in(image);
  std::string line, word, version;
  bool good = true;
  while (good && std::getline(in, line)) {
    std::istringstream words(line);
    words >> word;
    if (word == ".version") {
      words >> version;
    } else if (word == ".target") {
      words >> word;
      if (int code = check_target(fn, word)) return code;
      if (int code = check_version(fn, word, version)) return code;
    } else if (word == ".shared") {
      std::string name;
      size_t bytes;
      words >> name >> bytes;
      m->shared[name] = bytes;
    } else if (word == ".fast") {
      good = load_variant(fn, from_base64(line.substr(6)), m->fast);
    } else if (word == ".checked") {
      good = load_variant(fn, from_base64(line.substr(9)), m->checked);
    }
  }
  if (!good || !m->checked.table) {
    close_variant(m->fast);
    close_variant(m->checked);
    return CUDA_ERROR_INVALID_IMAGE;
  }
  m->context = current_context();
  // Device variables live in the checked variant; a module that has any runs in it alone.
  const EmuModule* t = m->checked.table;
  for (unsigned i = 0; i < t->global_count; i++) {
    const EmuGlobal& g = t->globals[i];
    register_range(m->context, g.p, g.bytes, Memory::module_global);
    m->globals.push_back((uintptr_t)g.p);
  }
  m->handle = (CUmodule)create_handle("module", m.get());
  modules().insert(m.get());
  *out = m.release()->handle;
  count("modules_loaded");
  return CUDA_SUCCESS;
}

void unload(Module* m) {
  for (uintptr_t g : m->globals)
    if (auto it = allocations().find(g); it != allocations().end()) {
      drop_shadow(it->second);
      allocations().erase(it);
    }
  for (auto& [name, f] : m->functions)
    if (auto it = handles().find(f); it != handles().end()) it->second.alive = false;
  close_variant(m->fast);
  close_variant(m->checked);
  modules().erase(m);
  delete m;
}

const EmuKernel* find_kernel(const EmuModule* t, const char* name) {
  for (unsigned i = 0; i < t->kernel_count; i++)
    if (!strcmp(t->kernels[i].name, name)) return &t->kernels[i];
  return nullptr;
}

}  // namespace

void forget_modules() {
  while (!modules().empty()) unload(*modules().begin());
}

}  // namespace emu

using emu::Function;
using emu::Module;

CUAPI cuModuleLoadData(CUmodule* out, const void* image) {
  EMU_ENTER("cuModuleLoadData");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  return emu::load(fn, out, static_cast<const char*>(image));
}

CUAPI cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned, const int*, void**) {
  EMU_ENTER("cuModuleLoadDataEx");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  return emu::load(fn, out, static_cast<const char*>(image));
}

CUAPI cuModuleLoad(CUmodule* out, const char* path) {
  EMU_ENTER("cuModuleLoad");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  std::ifstream file(path, std::ios::binary);
  if (!file) return CUDA_ERROR_FILE_NOT_FOUND;
  std::stringstream s;
  s << file.rdbuf();
  return emu::load(fn, out, s.str().c_str());
}

CUAPI cuModuleUnload(CUmodule module) {
  EMU_ENTER_RELEASE("cuModuleUnload", module);
  if (!emu::payload<Module>(fn, "module", module)) return CUDA_ERROR_INVALID_HANDLE;
  if (int code = emu::forbidden_in_capture(fn)) return code;
  int code = emu::synchronize_context(emu::current_context(), fn);
  emu::unload(static_cast<Module*>(emu::destroy_handle(fn, "module", module)));
  return code;
}

CUAPI cuModuleGetFunction(CUfunction* out, CUmodule module, const char* name) {
  EMU_ENTER("cuModuleGetFunction");
  auto* m = emu::payload<Module>(fn, "module", module);
  if (!m) return CUDA_ERROR_INVALID_HANDLE;
  if (auto it = m->functions.find(name); it != m->functions.end()) {
    *out = it->second;
    return CUDA_SUCCESS;
  }
  // Generated texts have no fast variant.
  const EmuModule* table = m->fast.table ? m->fast.table : m->checked.table;
  const EmuKernel* fast = emu::find_kernel(table, name);
  // Without extern "C" a kernel has a mangled name, which this is not.
  if (!fast || !fast->c_linkage) {
    emu::error(fn, "no-such-kernel", "the module has no kernel '%s'%s", name,
               fast ? " with C linkage; it lacks extern \"C\"" : "");
    return CUDA_ERROR_NOT_FOUND;
  }
  auto* f = new Function;
  f->module = m;
  f->name = name;
  f->fast = fast;
  f->checked = emu::find_kernel(m->checked.table, name);
  f->static_shared = m->shared.count(name) ? m->shared[name] : 0;
  *out = (CUfunction)emu::create_handle("function", f);
  m->functions[name] = *out;
  return CUDA_SUCCESS;
}

CUAPI cuModuleGetGlobal_v2(CUdeviceptr* p, size_t* bytes, CUmodule module, const char* name) {
  EMU_ENTER("cuModuleGetGlobal_v2");
  auto* m = emu::payload<Module>(fn, "module", module);
  if (!m) return CUDA_ERROR_INVALID_HANDLE;
  const EmuModule* t = m->checked.table;
  for (unsigned i = 0; i < t->global_count; i++)
    if (!strcmp(t->globals[i].name, name)) {
      if (p) *p = (CUdeviceptr)t->globals[i].p;
      if (bytes) *bytes = t->globals[i].bytes;
      return CUDA_SUCCESS;
    }
  emu::error(fn, "no-such-variable", "the module has no device variable '%s'", name);
  return CUDA_ERROR_NOT_FOUND;
}

CUAPI cuModuleGetLoadingMode(int* mode) {
  EMU_ENTER("cuModuleGetLoadingMode");
  *mode = 1;
  return CUDA_SUCCESS;
}

CUAPI cuFuncGetModule(CUmodule* out, CUfunction function) {
  EMU_ENTER("cuFuncGetModule");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  *out = f->module->handle;
  return CUDA_SUCCESS;
}
