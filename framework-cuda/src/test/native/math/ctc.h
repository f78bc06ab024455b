// The connectionist temporal classification loss of one sequence, with blank 0, in the log domain.
#pragma once

#include <cstdint>
#include <vector>

namespace math {

// activations: steps rows of `classes` floats, `stride` apart; softmax is taken over each row unless they are
// probabilities already. Returns -log p(labels), infinite where no alignment exists. The gradient, with respect to
// what the softmax is or was taken of, has the same layout; null where it is not wanted. It is not written where no
// alignment exists.
double ctcLoss(const float* activations, bool probabilities, int64_t steps, int64_t classes, int64_t stride,
               const std::vector<int>& labels, float* gradient);

}  // namespace math
