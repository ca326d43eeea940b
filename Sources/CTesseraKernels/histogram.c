// Which bin a value lies in, and counting by bin.
#include "clones.h"
#include "tessera_order.h"

// Evenly spaced edges give a bin that rounding may have moved; the edges themselves have the last word.
static uint32_t even_bin(double value, size_t bins, const double *edges, double scale) {
  size_t bin = (size_t)((value - edges[0]) * scale);
  if (bin >= bins) bin = bins - 1;
  while (bin > 0 && value < edges[bin]) bin--;
  while (bin + 1 < bins && value >= edges[bin + 1]) bin++;
  return (uint32_t)bin;
}

// The last bin whose lower edge is not above the value.
static uint32_t sought_bin(double value, size_t bins, const double *edges) {
  size_t low = 0, high = bins;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (edges[middle] <= value) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint32_t)low;
}

void tessera_find_bins(size_t count, const double *restrict values, size_t bins,
                       const double *restrict edges, double scale, uint32_t *restrict found) {
  for (size_t i = 0; i < count; i++) {
    const double value = values[i];
    if (!(value >= edges[0] && value <= edges[bins])) {
      found[i] = (uint32_t)bins;
    } else {
      found[i] = scale > 0 ? even_bin(value, bins, edges, scale) : sought_bin(value, bins, edges);
    }
  }
}

void tessera_count_indices(size_t count, const uint32_t *restrict indices, uint64_t *restrict counts) {
  for (size_t i = 0; i < count; i++) counts[indices[i]]++;
}

void tessera_sum_indices(size_t count, const uint32_t *restrict indices, const double *restrict weights,
                         double *restrict sums) {
  for (size_t i = 0; i < count; i++) sums[indices[i]] += weights[i];
}
