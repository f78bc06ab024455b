// A small reader of CUDA C. It splits the source into top-level items and follows the names between them, to learn
// which kernels synchronise. A name too many makes a kernel slower, never wrong.
#include "source.h"

#include <cctype>
#include <map>
#include <regex>
#include <set>

namespace nvrtc {
namespace {

struct Token {
  std::string text;
  bool word;
  bool string = false;
};

struct Item {
  std::vector<Token> head, body;
  bool c_linkage;
  std::string scope;
};

bool word_start(char c) { return isalpha((unsigned char)c) || c == '_'; }
bool word_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

class Reader {
 public:
  explicit Reader(const std::string& s) : s_(s) {}

  // Tokens outside of comments and of preprocessor lines; those lines go to `directives`.
  std::vector<Token> tokens() {
    std::vector<Token> out;
    while (skip_blank()) {
      if (s_[i_] == '#') {
        directive();
      } else if (word_char(s_[i_])) {  // a name, or a number
        size_t a = i_;
        while (i_ < s_.size() && word_char(s_[i_])) i_++;
        out.push_back({s_.substr(a, i_ - a), word_start(s_[a])});
      } else if (s_[i_] == '"' || s_[i_] == '\'') {
        out.push_back({quoted(), false, true});
      } else {
        out.push_back({std::string(1, s_[i_++]), false});
      }
    }
    return out;
  }

  struct Directive {
    std::string text;
    int line;
  };
  std::vector<Directive> directives;

 private:
  bool skip_blank() {
    while (i_ < s_.size()) {
      if (isspace((unsigned char)s_[i_])) {
        line_ += s_[i_++] == '\n';
      } else if (!s_.compare(i_, 2, "//")) {
        while (i_ < s_.size() && s_[i_] != '\n') i_++;
      } else if (!s_.compare(i_, 2, "/*")) {
        size_t end = s_.find("*/", i_ + 2);
        for (; i_ < std::min(end == std::string::npos ? s_.size() : end + 2, s_.size()); i_++)
          line_ += s_[i_] == '\n';
      } else {
        return true;
      }
    }
    return false;
  }

  std::string quoted() {
    char q = s_[i_];
    size_t a = i_++;
    while (i_ < s_.size() && s_[i_] != q) i_ += s_[i_] == '\\' ? 2 : 1;
    i_ = std::min(i_ + 1, s_.size());
    return s_.substr(a, i_ - a);
  }

  void directive() {
    size_t a = i_;
    int line = line_;
    while (i_ < s_.size() && s_[i_] != '\n') {
      if (s_[i_] == '\\' && i_ + 1 < s_.size() && s_[i_ + 1] == '\n') {
        line_++;
        i_++;
      }
      i_++;
    }
    directives.push_back({s_.substr(a, i_ - a), line});
  }

  const std::string& s_;
  size_t i_ = 0;
  int line_ = 1;
};

bool contains(const std::vector<Token>& t, const char* text) {
  for (const Token& x : t)
    if (x.text == text) return true;
  return false;
}

// Splits at depth 0; extern "C" { } and namespace { } are looked through.
std::vector<Item> items(const std::vector<Token>& t) {
  std::vector<Item> out;
  std::vector<std::pair<bool, std::string>> scopes;  // (C linkage, name::)
  std::vector<Token> head;
  auto flush = [&](std::vector<Token> body) {
    bool c = contains(head, "\"C\"");
    std::string scope;
    for (auto& [linkage, name] : scopes) {
      c = c || linkage;
      scope += name;
    }
    out.push_back({std::move(head), std::move(body), c, scope});
    head.clear();
  };
  for (size_t i = 0; i < t.size(); i++) {
    const std::string& x = t[i].text;
    if (x == "{" && !t[i].string) {
      bool c_block = head.size() == 2 && head[1].text == "\"C\"";
      bool space = contains(head, "namespace");
      if (c_block || space) {
        std::string name = space && head.back().text != "namespace" ? head.back().text + "::" : "";
        scopes.push_back({c_block, name});
        head.clear();
        continue;
      }
      bool initialiser = contains(head, "=") || !contains(head, "(");
      bool type = contains(head, "struct") || contains(head, "class") || contains(head, "enum") ||
                  contains(head, "union");
      std::vector<Token> body;
      int depth = 0;
      for (; i < t.size(); i++) {
        if (t[i].text == "{") depth++;
        if (t[i].text == "}" && --depth == 0) break;
        body.push_back(t[i]);
      }
      if (initialiser && !type) continue;  // goes on to its semicolon
      flush(std::move(body));
    } else if (x == "}") {
      if (!scopes.empty()) scopes.pop_back();
      head.clear();
    } else if (x == ";") {
      if (!head.empty()) flush({});
    } else {
      head.push_back(t[i]);
    }
  }
  return out;
}

bool is_sync(const std::string& w) {
  static const std::regex r(
      "__syncthreads(_\\w+)?|__syncwarp|__shfl(_\\w+)?_sync|__(ballot|any|all)_sync|"
      "__reduce_\\w+_sync|__match_\\w+_sync|cooperative_groups");
  return std::regex_match(w, r);
}

// The index after the bracket that closes the one at i.
size_t after_brackets(const std::vector<Token>& t, size_t i) {
  int depth = 0;
  for (; i < t.size(); i++) {
    if (t[i].text == "(") depth++;
    if (t[i].text == ")" && --depth == 0) return i + 1;
  }
  return i;
}

Kernel kernel_of(const Item& item) {
  Kernel k;
  k.c_linkage = item.c_linkage;
  const auto& h = item.head;
  for (size_t i = 0; i < h.size(); i++) {
    if (h[i].text == "template") k.is_template = true;
    bool call = i + 1 < h.size() && h[i + 1].text == "(";
    if (!call || !h[i].word) continue;
    size_t end = after_brackets(h, i + 1);
    if (h[i].text == "__launch_bounds__") {
      k.max_threads.clear();
      for (size_t j = i + 2; j + 1 < end && h[j].text != ","; j++) k.max_threads += h[j].text + " ";
    } else if (h[i].text != "__align__" && h[i].text != "__attribute__" && h[i].text != "alignas") {
      k.name = item.scope + h[i].text;
      break;
    }
    i = end - 1;
  }
  return k;
}

std::string variable_of(const Item& item) {
  std::string last;
  for (const Token& t : item.head) {
    if (t.text == "(") return "";  // a function's declaration
    if (t.text == "[" || t.text == "=") break;
    if (t.word) last = t.text;
  }
  return item.scope + last;
}

using Names = std::map<std::string, std::set<std::string>>;  // a name, and the words it stands for

void add_macro(Names& names, const std::string& directive) {
  static const std::regex define("#\\s*define\\s+(\\w+)");
  std::smatch m;
  if (!std::regex_search(directive, m, define)) return;
  std::string rest = m.suffix();
  static const std::regex word("[A-Za-z_]\\w*");
  for (auto i = std::sregex_iterator(rest.begin(), rest.end(), word); i != std::sregex_iterator(); ++i)
    names[m[1]].insert(i->str());
}

void add_item(Names& names, const Item& item) {
  std::set<std::string> words;
  for (const Token& t : item.body)
    if (t.word) words.insert(t.text);
  bool type = contains(item.head, "struct") || contains(item.head, "class");
  auto declare = [&](const std::vector<Token>& t) {
    for (size_t i = 0; i + 1 < t.size(); i++)
      if (t[i].word && t[i + 1].text == "(") names[t[i].text].insert(words.begin(), words.end());
  };
  declare(item.head);
  if (!type) return;
  for (const Token& t : item.head)
    if (t.word) names[t.text].insert(words.begin(), words.end());
}

bool reaches_sync(const Names& names, const std::set<std::string>& from) {
  std::set<std::string> seen;
  std::vector<std::string> todo(from.begin(), from.end());
  while (!todo.empty()) {
    std::string w = todo.back();
    todo.pop_back();
    if (is_sync(w)) return true;
    if (!seen.insert(w).second) continue;
    if (auto it = names.find(w); it != names.end())
      todo.insert(todo.end(), it->second.begin(), it->second.end());
  }
  return false;
}

}  // namespace

// extern __shared__ T name[]; has no meaning on the host.
std::string host_text(const std::string& cuda) {
  static const std::regex dynamic(
      "extern\\s+__shared__\\s+(?:__align__\\s*\\(\\s*\\d+\\s*\\)\\s*|alignas\\s*\\(\\s*\\d+\\s*\\)\\s*)?"
      "([\\w:]+(?:\\s+[\\w:]+)*)\\s+(\\w+)\\s*\\[\\s*\\]\\s*;");
  return std::regex_replace(cuda, dynamic, "$1* const $2 = emu_dynamic_shared<$1>();");
}

namespace {

// One file: its names for the search, its kernels and variables for the list.
void read_items(const std::string& cuda, Names& names, std::vector<Item>& all, std::vector<Include>* includes) {
  Reader reader(cuda);
  std::vector<Item> mine = items(reader.tokens());
  static const std::regex include("#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  for (const Reader::Directive& d : reader.directives) {
    add_macro(names, d.text);
    std::smatch m;
    if (includes && std::regex_search(d.text, m, include)) includes->push_back({m[1], d.line});
  }
  for (const Item& i : mine) add_item(names, i);
  all.insert(all.end(), mine.begin(), mine.end());
}

}  // namespace

Source read_source(const std::string& cuda, const std::map<std::string, std::string>& headers) {
  Source s;
  Names names;
  std::vector<Item> all;
  read_items(cuda, names, all, &s.includes);
  for (auto& [name, content] : headers) read_items(content, names, all, nullptr);
  for (const Item& i : all) {
    if (contains(i.head, "__global__")) {
      if (i.body.empty()) continue;  // a declaration, or an instantiation
      Kernel k = kernel_of(i);
      std::set<std::string> words;
      for (const Token& t : i.body)
        if (t.word) words.insert(t.text);
      k.synchronises = reaches_sync(names, words);
      s.kernels.push_back(k);
    } else if (i.body.empty() &&
               (contains(i.head, "__device__") || contains(i.head, "__constant__"))) {
      std::string v = variable_of(i);
      if (!v.empty()) s.variables.push_back(v);
    }
  }
  return s;
}

}  // namespace nvrtc
