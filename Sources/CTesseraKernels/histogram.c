// Which bin a value lies in, and counting by bin.
#include "clones.h"
#include "flags.h"
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
                       const double *restrict edges, uint32_t *restrict found) {
  for (size_t i = 0; i < count; i++) {
    const int is_inside = values[i] >= edges[0] && values[i] <= edges[bins];
    found[i] = is_inside ? sought_bin(values[i], bins, edges) : (uint32_t)bins;
  }
}

// Where a value lies in its bin tells whether an edge is near; only then are edges looked at.
TESSERA_CLONES void tessera_find_even_bins(size_t count, const double *restrict values, size_t bins,
                                           const double *restrict edges, double scale, double slack,
                                           uint32_t *restrict found) {
  const double least = edges[0], greatest = edges[bins];
  for (size_t first = 0; first < count; first += FLAGS) {
    const size_t some = count - first < FLAGS ? count - first : FLAGS;
    uint8_t is_unsure[FLAGS] = {0};
    for (size_t i = 0; i < some; i++) {
      const double value = values[first + i];
      const int is_inside = (value >= least) & (value <= greatest);
      const double place = is_inside ? (value - least) * scale : 0.5;
      const int32_t bin = (int32_t)place;
      const double part = place - (double)bin;
      is_unsure[i] = (part <= slack) | (part >= 1 - slack);
      found[first + i] = is_inside ? (uint32_t)bin : (uint32_t)bins;
    }
    for (uint64_t bits = bits_of_flags(is_unsure); bits != 0; bits &= bits - 1) {
      const size_t i = first + (size_t)__builtin_ctzll(bits);
      found[i] = even_bin(values[i], bins, edges, scale);
    }
  }
}

void tessera_count_indices(size_t count, const uint32_t *restrict indices, uint64_t *restrict counts) {
  for (size_t i = 0; i < count; i++) counts[indices[i]]++;
}

// One counter after the other would wait for itself where neighbours are equal.
void tessera_count_indices_apart(size_t count, const uint32_t *restrict indices, size_t counters,
                                 uint64_t *restrict counts) {
  size_t i = 0;
  for (; i + TESSERA_COUNTS_APART <= count; i += TESSERA_COUNTS_APART) {
    for (size_t k = 0; k < TESSERA_COUNTS_APART; k++) counts[k * counters + indices[i + k]]++;
  }
  for (; i < count; i++) counts[indices[i]]++;
}

void tessera_sum_indices(size_t count, const uint32_t *restrict indices, const double *restrict weights,
                         double *restrict sums) {
  for (size_t i = 0; i < count; i++) sums[indices[i]] += weights[i];
}
