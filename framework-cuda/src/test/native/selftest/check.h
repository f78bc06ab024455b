// A minimal test harness for the native self-tests.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace check {

inline int failures = 0;

inline void that(bool right, const std::string& what) {
  if (right) return;
  failures++;
  std::printf("FAILED: %s\n", what.c_str());
}

template <typename A, typename B>
void close(const A& actual, const B& expected, size_t n, double tolerance, const std::string& what) {
  for (size_t i = 0; i < n; i++) {
    double a = double(actual[i]), e = double(expected[i]);
    if (std::fabs(a - e) <= tolerance * (1 + std::fabs(e))) continue;
    that(false, what + ": element " + std::to_string(i) + " is " + std::to_string(a) + ", not " + std::to_string(e));
    return;
  }
}

inline std::vector<float> randoms(size_t n, unsigned seed, float scale = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(-scale, scale);
  std::vector<float> v(n);
  for (float& x : v) x = uniform(engine);
  return v;
}

inline int result(const char* name) {
  std::printf("%s: %s\n", name, failures == 0 ? "passed" : (std::to_string(failures) + " failed").c_str());
  return failures == 0 ? 0 : 1;
}

}  // namespace check
