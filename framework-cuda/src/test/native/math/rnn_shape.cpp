#include "math/rnn.h"

namespace math {

int64_t RnnShape::inputMatrix(int64_t pseudo) const {
  int64_t at = 0;
  for (int64_t p = 0; p < pseudo; p++) at += rows() * (inputOf(p / directions) + hidden);
  return at;
}

int64_t RnnShape::recurrentMatrix(int64_t pseudo) const {
  return inputMatrix(pseudo) + rows() * inputOf(pseudo / directions);
}

int64_t RnnShape::inputBiasAt(int64_t pseudo) const {
  if (!inputBias) return -1;
  return inputMatrix(pseudoLayers()) + pseudo * rows() * (recurrentBias ? 2 : 1);
}

int64_t RnnShape::recurrentBiasAt(int64_t pseudo) const {
  if (!recurrentBias) return -1;
  return inputMatrix(pseudoLayers()) + pseudo * rows() * (inputBias ? 2 : 1) + (inputBias ? rows() : 0);
}

int64_t RnnShape::weightCount() const {
  return inputMatrix(pseudoLayers()) + pseudoLayers() * rows() * (int64_t(inputBias) + int64_t(recurrentBias));
}

int64_t RnnShape::gatesAt(int64_t pseudo) const { return pseudo * steps * batch * (rows() + 2 * hidden); }

int64_t RnnShape::extraAt(int64_t pseudo) const { return gatesAt(pseudo) + steps * batch * rows(); }

int64_t RnnShape::outputAt(int64_t pseudo) const { return extraAt(pseudo) + steps * batch * hidden; }

int64_t RnnShape::layerInputAt(int64_t layer) const {
  return gatesAt(pseudoLayers()) + (layer - 1) * steps * batch * directions * hidden;
}

int64_t RnnShape::traceCount() const { return layerInputAt(layers); }

int64_t RnnShape::validSteps() const {
  int64_t total = 0;
  for (int length : lengths) total += length;
  return total;
}

int64_t RnnShape::flops() const {
  int64_t perStep = 0;
  for (int64_t p = 0; p < pseudoLayers(); p++) perStep += 2 * rows() * (inputOf(p / directions) + hidden);
  return perStep * validSteps();
}

}  // namespace math
