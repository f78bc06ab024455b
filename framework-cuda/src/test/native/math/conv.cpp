// Convolution as im2col and GEMM, one image and one group at a time.
#include "math/conv.h"

#include <algorithm>

#include "math/gemm.h"

namespace math {
namespace {

// Calls line(position in the column matrix, start of the input line, first input of it) once for each tap and each
// line of outputs along the last axis that lies in the image in the other two axes; outside(position) for the rest.
template <typename Line, typename Outside>
void forEachLine(const ConvShape& s, Line line, Outside outside) {
  int64_t row = 0;
  for (int64_t c = 0; c < s.groupIn(); c++)
    for (int64_t a = 0; a < s.filter[0]; a++)
      for (int64_t b = 0; b < s.filter[1]; b++)
        for (int64_t e = 0; e < s.filter[2]; e++, row++) {
          int64_t ta = s.flip ? s.filter[0] - 1 - a : a, tb = s.flip ? s.filter[1] - 1 - b : b,
                  te = s.flip ? s.filter[2] - 1 - e : e;
          for (int64_t d = 0; d < s.out[0]; d++) {
            int64_t z = d * s.stride[0] - s.pad[0] + ta * s.dilation[0];
            for (int64_t h = 0; h < s.out[1]; h++) {
              int64_t y = h * s.stride[1] - s.pad[1] + tb * s.dilation[1];
              int64_t position = row * s.outSize() + (d * s.out[1] + h) * s.out[2];
              if (z < 0 || z >= s.in[0] || y < 0 || y >= s.in[1]) outside(position);
              else line(position, ((c * s.in[0] + z) * s.in[1] + y) * s.in[2], te * s.dilation[2] - s.pad[2]);
            }
          }
        }
}

// The outputs along the last axis whose input, at first + w * stride, lies in the image.
struct Range {
  int64_t from, to;
};

Range inside(const ConvShape& s, int64_t first) {
  int64_t stride = s.stride[2];
  int64_t from = first >= 0 ? 0 : (-first + stride - 1) / stride;
  int64_t last = s.in[2] - 1 - first;
  int64_t to = last < 0 ? 0 : last / stride + 1;
  from = std::min(from, s.out[2]);
  return {from, std::max(from, std::min(to, s.out[2]))};
}

void toColumns(const ConvShape& s, const float* image, float* columns) {
  forEachLine(
      s,
      [&](int64_t position, int64_t base, int64_t first) {
        Range r = inside(s, first);
        float* out = columns + position;
        const float* in = image + base + first;
        std::fill(out, out + r.from, 0.0f);
        if (s.stride[2] == 1) std::copy(in + r.from, in + r.to, out + r.from);
        else
          for (int64_t w = r.from; w < r.to; w++) out[w] = in[w * s.stride[2]];
        std::fill(out + r.to, out + s.out[2], 0.0f);
      },
      [&](int64_t position) { std::fill_n(columns + position, s.out[2], 0.0f); });
}

void addFromColumns(const ConvShape& s, const float* columns, float* image) {
  forEachLine(
      s,
      [&](int64_t position, int64_t base, int64_t first) {
        Range r = inside(s, first);
        const float* in = columns + position;
        float* out = image + base + first;
        for (int64_t w = r.from; w < r.to; w++) out[w * s.stride[2]] += in[w];
      },
      [](int64_t) {});
}

}  // namespace

void convForward(const ConvShape& s, const float* x, const float* w, float* y) {
  std::vector<float> columns(s.taps() * s.outSize());
  for (int64_t n = 0; n < s.images; n++)
    for (int64_t g = 0; g < s.groups; g++) {
      toColumns(s, x + (n * s.inChannels + g * s.groupIn()) * s.inSize(), columns.data());
      gemmRows(false, false, s.groupOut(), s.outSize(), s.taps(), 1, w + g * s.groupOut() * s.taps(), s.taps(),
               columns.data(), s.outSize(), 0, y + (n * s.outChannels + g * s.groupOut()) * s.outSize(),
               s.outSize(), s.tf32);
    }
}

void convBackwardData(const ConvShape& s, const float* w, const float* dy, float* dx,
                      const std::vector<int64_t>* order) {
  std::vector<float> columns(s.taps() * s.outSize());
  std::fill_n(dx, s.images * s.inChannels * s.inSize(), 0.0f);
  int64_t parts = order ? int64_t(order->size()) : 1;
  for (int64_t n = 0; n < s.images; n++)
    for (int64_t g = 0; g < s.groups; g++)
      for (int64_t i = 0; i < parts; i++) {
        int64_t part = order ? (*order)[i] : 0;
        int64_t from = s.groupOut() * part / parts, to = s.groupOut() * (part + 1) / parts;
        if (from == to) continue;
        gemmRows(true, false, s.taps(), s.outSize(), to - from, 1, w + (g * s.groupOut() + from) * s.taps(),
                 s.taps(), dy + (n * s.outChannels + g * s.groupOut() + from) * s.outSize(), s.outSize(), 0,
                 columns.data(), s.outSize(), s.tf32);
        addFromColumns(s, columns.data(), dx + (n * s.inChannels + g * s.groupIn()) * s.inSize());
      }
}

void convBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw,
                        const std::vector<int64_t>* order) {
  std::vector<float> columns(s.taps() * s.outSize());
  for (int64_t i = 0; i < s.images; i++) {
    int64_t n = order ? (*order)[i] : i;
    for (int64_t g = 0; g < s.groups; g++) {
      toColumns(s, x + (n * s.inChannels + g * s.groupIn()) * s.inSize(), columns.data());
      gemmRows(false, true, s.groupOut(), s.taps(), s.outSize(), 1,
               dy + (n * s.outChannels + g * s.groupOut()) * s.outSize(), s.outSize(), columns.data(), s.outSize(),
               i == 0 ? 0.0f : 1.0f, dw + g * s.groupOut() * s.taps(), s.taps(), s.tf32);
    }
  }
}

}  // namespace math
