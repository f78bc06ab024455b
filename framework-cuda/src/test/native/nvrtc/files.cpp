#include "files.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

extern char** environ;

namespace nvrtc {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream s;
  s << in.rdbuf();
  return s.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::string partial = path + ".part" + std::to_string(getpid());
  {
    std::ofstream out(partial, std::ios::binary);
    out << content;
  }
  std::error_code ignored;
  fs::rename(partial, path, ignored);
}

bool exists(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

void make_directory(const std::string& path) {
  std::error_code ignored;
  fs::create_directories(path, ignored);
}

void remove_tree(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void move_folder(const std::string& from, const std::string& to) {
  std::error_code failed;
  fs::rename(from, to, failed);
  if (failed) remove_tree(from);
}

std::string temporary_directory() {
  const char* base = getenv("TMPDIR");
  std::string t = std::string(base && *base ? base : "/tmp") + "/emulated-nvrtc-XXXXXX";
  return mkdtemp(t.data()) ? t : "";
}

std::string library_directory() {
  Dl_info info;
  if (!dladdr((void*)&library_directory, &info)) return ".";
  return fs::path(info.dli_fname).parent_path().string();
}

std::string digest(const std::string& content) {
  uint64_t a = 0xcbf29ce484222325ull, b = 0x9e3779b97f4a7c15ull;
  for (unsigned char c : content) {
    a = (a ^ c) * 0x100000001b3ull;
    b = (b ^ c) * 0xff51afd7ed558ccdull;
    b ^= b >> 31;
  }
  char text[40];
  snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
  return text;
}

std::string base64(const std::string& bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve(bytes.size() * 4 / 3 + 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t v = 0;
    for (size_t k = 0; k < 3; k++) v = v << 8 | (i + k < bytes.size() ? (unsigned char)bytes[i + k] : 0);
    for (int k = 0; k < 4; k++)
      out += i + (size_t)k <= bytes.size() ? digits[v >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::vector<int> run(const std::vector<Command>& commands) {
  std::vector<pid_t> pids;
  for (const Command& c : commands) {
    std::vector<char*> argv;
    for (const std::string& a : c.arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, c.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid = -1;
    if (posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ)) pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    pids.push_back(pid);
  }
  std::vector<int> codes;
  for (pid_t pid : pids) {
    int status = -1;
    if (pid > 0) waitpid(pid, &status, 0);
    codes.push_back(pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127);
  }
  return codes;
}

}  // namespace nvrtc
