// Files, processes, hashes.
#pragma once

#include <string>
#include <vector>

namespace nvrtc {

std::string read_file(const std::string& path);                             // "" when there is none
void write_file(const std::string& path, const std::string& content);       // whole or not at all
bool exists(const std::string& path);
void make_directory(const std::string& path);
void remove_tree(const std::string& path);
void move_folder(const std::string& from, const std::string& to);           // or remove it, if another was first
std::string temporary_directory();
std::string library_directory();                                            // where libnvrtc.so.12 lies
std::string digest(const std::string& content);
std::string base64(const std::string& bytes);

// Programs side by side; their output goes to the files. Gives the exit codes.
struct Command {
  std::vector<std::string> arguments;
  std::string output;
};
std::vector<int> run(const std::vector<Command>& commands);

}  // namespace nvrtc
