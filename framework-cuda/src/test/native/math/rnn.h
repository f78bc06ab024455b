// Recurrent layers over whole sequences, forward and backward, in cuDNN's convention: gates i, f, g, o of an LSTM and
// r, z, n of a GRU, two biases, the reset gate applied after the recurrent product.
#pragma once

#include <cstdint>
#include <vector>

namespace math {

enum class Cell { kRelu, kTanh, kLstm, kGru };

// Sequences lie as [step][batch][feature], padded to the longest.
struct RnnShape {
  Cell cell;
  int64_t layers, directions, steps, batch, input, hidden;
  bool inputBias, recurrentBias, tf32;
  std::vector<int> lengths;

  int64_t gates() const { return cell == Cell::kLstm ? 4 : cell == Cell::kGru ? 3 : 1; }
  int64_t rows() const { return gates() * hidden; }
  int64_t inputOf(int64_t layer) const { return layer == 0 ? input : directions * hidden; }
  int64_t pseudoLayers() const { return layers * directions; }

  // Offsets of weights, in elements: all matrices first, layer by layer (input, then recurrent), then all biases.
  int64_t inputMatrix(int64_t pseudo) const;
  int64_t recurrentMatrix(int64_t pseudo) const;
  int64_t inputBiasAt(int64_t pseudo) const;      // -1 for none
  int64_t recurrentBiasAt(int64_t pseudo) const;  // -1 for none
  int64_t weightCount() const;

  // Offsets into what a forward pass keeps for the backward pass, in elements.
  int64_t gatesAt(int64_t pseudo) const;   // activated gates; after backward data, their gradients
  int64_t extraAt(int64_t pseudo) const;   // cell states (LSTM), the recurrent part of n (GRU)
  int64_t outputAt(int64_t pseudo) const;  // hidden states
  int64_t layerInputAt(int64_t layer) const;  // of layers above the first, after dropout
  int64_t traceCount() const;

  int64_t validSteps() const;
  int64_t flops() const;
};

// Where dropout happens: factors by which the inputs of the layers above the first are multiplied, or empty.
using DropoutFactors = std::vector<float>;

// hx and cx may be null (zeros), hy and cy too (not wanted).
void rnnForward(const RnnShape& s, const float* weights, const float* x, const float* hx, const float* cx, float* y,
                float* hy, float* cy, float* trace, const DropoutFactors& factors);

// dhy and dcy may be null (zeros), dhx and dcx too (not wanted). Replaces the gates in the trace by their gradients.
void rnnBackwardData(const RnnShape& s, const float* weights, const float* dy, const float* hx, const float* cx,
                     const float* dhy, const float* dcy, float* dx, float* dhx, float* dcx, float* trace,
                     const DropoutFactors& factors);

// Adds to dweights.
void rnnBackwardWeights(const RnnShape& s, const float* x, const float* hx, const float* trace, float* dweights);

}  // namespace math
