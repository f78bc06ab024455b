// Rows of a table by their numbers; see index.cu for the sums of the table's gradient.

// What is no row of the table gives NaN, so that it cannot be taken for a result.
extern "C" __global__ void embedding_rows(const int* indices, const float* table, float* y, Index n, int width,
                                          int rows) {
  for (Index i = first(); i < n; i += stride()) {
    int row = indices[i / width];
    y[i] = row >= 0 && row < rows ? table[(Index)row * width + i % width] : NAN;
  }
}

// Overwrites rows, with zeros where there is no y. A row that is named twice is written twice, by the same: the exchange only
// makes of two plain writes to one word, a race, two that are none.
extern "C" __global__ void embedding_store(const int* indices, const float* y, float* table, Index n, int width, int rows) {
  for (Index i = first(); i < n; i += stride()) {
    int row = indices[i / width];
    if (row >= 0 && row < rows) atomicExch(table + (Index)row * width + i % width, y ? y[i] : 0.0f);
  }
}

// The row that each index stands for; one beyond the last for those that give no gradient.
extern "C" __global__ void embedding_keys(const int* indices, int* keys, int* places, int n, int rows, int padding) {
  for (Index i = first(); i < n; i += stride()) {
    int row = indices[i];
    keys[i] = row >= 0 && row < rows && row != padding ? row : rows;
    places[i] = (int)i;
  }
}
