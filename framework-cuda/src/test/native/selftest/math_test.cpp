// The arithmetic of the emulated libraries against naive loops in double precision.
#include "check.h"
#include "math/conv.h"
#include "math/gemm.h"
#include "math/numbers.h"
#include "math/pool.h"

namespace {

void numbers() {
  for (uint32_t h = 0; h < 65536; h++) {
    float x = math::halfToFloat(uint16_t(h)), y = math::bf16ToFloat(uint16_t(h));
    if (!std::isnan(x)) check::that(math::floatToHalf(x) == h, "half round trip of " + std::to_string(h));
    if (!std::isnan(y)) check::that(math::floatToBf16(y) == h, "bfloat16 round trip of " + std::to_string(h));
  }
  check::that(math::halfToFloat(0x3555) == 0.333251953125f, "a half");
  check::that(math::halfToFloat(1) == 5.9604644775390625e-8f, "the smallest half");
  check::that(math::floatToHalf(1.00048828125f) == 0x3c00, "a tie goes to the even half");
  check::that(math::floatToHalf(1.00146484375f) == 0x3c02, "a tie goes to the even half");
  check::that(math::floatToHalf(65520) == 0x7c00 && math::floatToHalf(65519) == 0x7bff, "the largest half");
  check::that(math::floatToBf16(1.00390625f) == 0x3f80, "a tie goes to the even bfloat16");
  check::that(math::tf32(1 + 0x1p-11f) == 1 + 0x1p-10f && math::tf32(1 + 0x1p-12f) == 1, "rounding to TF32");
  check::that(std::isnan(math::halfToFloat(math::floatToHalf(NAN))), "NaN stays NaN");
}

void gemm(int m, int n, int k, bool ta, bool tb, float alpha, float beta) {
  int lda = (ta ? k : m) + 3, ldb = (tb ? n : k) + 1, ldc = m + 2;
  std::vector<float> a = check::randoms(lda * (ta ? m : k), 1), b = check::randoms(ldb * (tb ? k : n), 2),
                     c = check::randoms(ldc * n, 3);
  if (beta == 0) std::fill(c.begin(), c.end(), NAN);
  std::vector<double> expected(c.begin(), c.end());
  for (int j = 0; j < n; j++)
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int p = 0; p < k; p++)
        sum += double(ta ? a[p + i * lda] : a[i + p * lda]) * (tb ? b[j + p * ldb] : b[p + j * ldb]);
      expected[i + j * ldc] = alpha * sum + (beta == 0 ? 0 : beta * c[i + j * ldc]);
    }
  math::gemm(ta, tb, m, n, k, alpha, a.data(), lda, b.data(), ldb, beta, c.data(), ldc);
  std::string what = "gemm " + std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k);
  for (int j = 0; j < n; j++) check::close(c.data() + j * ldc, expected.data() + j * ldc, m, 2e-6 * std::sqrt(k), what);
  if (beta == 0)
    for (int j = 0; j < n; j++) check::that(std::isnan(c[j * ldc + m]), what + ": what lies between the columns stays");
}

// Calls visit(x index, w index, y index) for each multiplication of a convolution.
template <typename Visit>
void naive(const math::ConvShape& s, Visit visit) {
  auto index = [](const math::Spatial& size, int64_t z, int64_t y, int64_t x) { return (z * size[1] + y) * size[2] + x; };
  for (int64_t n = 0; n < s.images; n++)
    for (int64_t k = 0; k < s.outChannels; k++)
      for (int64_t c = 0; c < s.groupIn(); c++)
        for (int64_t o = 0; o < s.outSize(); o++)
          for (int64_t f = 0; f < math::product(s.filter); f++) {
            int64_t at[3], os[3] = {o / (s.out[1] * s.out[2]), o / s.out[2] % s.out[1], o % s.out[2]};
            int64_t fs[3] = {f / (s.filter[1] * s.filter[2]), f / s.filter[2] % s.filter[1], f % s.filter[2]};
            bool inside = true;
            for (int i = 0; i < 3; i++) {
              int64_t tap = s.flip ? s.filter[i] - 1 - fs[i] : fs[i];
              at[i] = os[i] * s.stride[i] - s.pad[i] + tap * s.dilation[i];
              inside = inside && at[i] >= 0 && at[i] < s.in[i];
            }
            if (!inside) continue;
            int64_t channel = k / s.groupOut() * s.groupIn() + c;
            visit((n * s.inChannels + channel) * s.inSize() + index(s.in, at[0], at[1], at[2]),
                  (k * s.groupIn() + c) * math::product(s.filter) + f, (n * s.outChannels + k) * s.outSize() + o);
          }
}

void conv(math::Spatial in, math::Spatial filter, math::Spatial pad, math::Spatial stride, math::Spatial dilation,
          int64_t groups, bool flip) {
  math::ConvShape s{3, 4, 6, groups, in, filter, {}, pad, stride, dilation, flip, false};
  for (int i = 0; i < 3; i++) s.out[i] = (in[i] + 2 * pad[i] - (filter[i] - 1) * dilation[i] - 1) / stride[i] + 1;
  size_t nx = s.images * s.inChannels * s.inSize(), nw = s.outChannels * s.taps(), ny = s.images * s.outChannels * s.outSize();
  std::vector<float> x = check::randoms(nx, 4), w = check::randoms(nw, 5), dy = check::randoms(ny, 6);
  std::vector<float> y(ny, NAN), dx(nx, NAN), dw(nw, NAN);
  std::vector<double> ey(ny), ex(nx), ew(nw);
  naive(s, [&](int64_t i, int64_t j, int64_t o) {
    ey[o] += double(x[i]) * w[j];
    ex[i] += double(dy[o]) * w[j];
    ew[j] += double(dy[o]) * x[i];
  });
  std::string what = "convolution of " + std::to_string(in[1]) + "x" + std::to_string(in[2]);
  math::convForward(s, x.data(), w.data(), y.data());
  check::close(y, ey, ny, 1e-5, what + ", forward");
  std::vector<int64_t> order = {2, 0, 1};
  for (const std::vector<int64_t>* o : {static_cast<std::vector<int64_t>*>(nullptr), &order}) {
    math::convBackwardData(s, w.data(), dy.data(), dx.data(), o);
    check::close(dx, ex, nx, 1e-5, what + ", backward data");
    math::convBackwardFilter(s, x.data(), dy.data(), dw.data(), o);
    check::close(dw, ew, nw, 1e-5, what + ", backward filter");
  }
}

void pool(bool average, bool countPadding) {
  math::PoolShape s{2, {1, 5, 6}, {1, 3, 2}, {1, 3, 3}, {0, 1, 0}, {1, 2, 2}, average, countPadding, false};
  std::vector<float> x = check::randoms(60, 7), dy = check::randoms(18, 8), y(18, NAN), dx(60, NAN);
  std::vector<double> ey(18), ex(60);
  for (int o = 0; o < 18; o++) {
    int plane = o / 9, top = o / 3 % 3 * 2 - 1, left = o % 3 * 2, best = -1, live = 0;
    double sum = 0;
    for (int r = std::max(0, top); r < std::min(5, top + 3); r++)
      for (int c = left; c < left + 2; c++, live++) {
        int i = plane * 30 + r * 6 + c;
        sum += x[i];
        if (best < 0 || x[i] > x[best]) best = i;
      }
    double divisor = countPadding ? 6 : live;
    ey[o] = average ? sum / divisor : x[best];
    if (!average) ex[best] += dy[o];
    for (int r = std::max(0, top); average && r < std::min(5, top + 3); r++)
      for (int c = left; c < left + 2; c++) ex[plane * 30 + r * 6 + c] += dy[o] / divisor;
  }
  math::poolForward(s, x.data(), y.data());
  check::close(y, ey, 18, 1e-6, "pooling, forward");
  math::poolBackward(s, x.data(), y.data(), dy.data(), dx.data());
  check::close(dx, ex, 60, 1e-6, "pooling, backward");
}

}  // namespace

int main() {
  numbers();
  for (int form = 0; form < 4; form++)
    for (int size : {1, 3, 7, 33, 65})
      for (float beta : {0.0f, 1.0f, 0.5f}) {
        gemm(size, size + 2, size * 3, form & 1, form & 2, 1.25f, beta);
        gemm(size * 3, 1, size, form & 1, form & 2, 1, beta);
      }
  gemm(200, 1000, 300, false, true, 1, 0);
  conv({1, 7, 9}, {1, 3, 3}, {0, 1, 1}, {1, 1, 1}, {1, 1, 1}, 1, false);
  conv({1, 7, 9}, {1, 3, 2}, {0, 0, 2}, {1, 2, 3}, {1, 2, 1}, 2, false);
  conv({1, 6, 8}, {1, 3, 5}, {0, 2, 3}, {1, 3, 2}, {1, 2, 2}, 2, true);
  conv({4, 5, 6}, {2, 3, 3}, {1, 0, 2}, {2, 1, 2}, {1, 2, 1}, 1, false);
  pool(false, false);
  pool(true, false);
  pool(true, true);
  return check::result("math_test");
}
