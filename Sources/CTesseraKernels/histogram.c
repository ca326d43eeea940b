// Which bin a value lies in, and counting by bin.
#include "elements.h"
#include "tessera_order.h"

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

void tessera_find_bins(size_t count, const void *values, size_t bins, const double *restrict edges,
                       uint32_t *restrict found) {
  const in_float64 *restrict x = values;
  for (size_t i = 0; i < count; i++) {
    const int is_inside = x[i] >= edges[0] && x[i] <= edges[bins];
    found[i] = is_inside ? sought_bin(x[i], bins, edges) : (uint32_t)bins;
  }
}

// Rounding may have moved a value's place, but by less than half a bin: the edge nearest to it has the last word.
// Without the hint the compiler takes reading edges at scattered places for too dear, and makes no vectors of it.
#define DEFINE_EVEN_BINS(NAME, DTYPE, TYPE)                                                                   \
  TESSERA_CLONES void NAME(size_t count, const void *values, size_t bins, const TYPE *restrict edges,         \
                           TYPE greatest, TYPE scale, uint32_t *restrict found) {                             \
    const in_##DTYPE *restrict x = values;                                                                    \
    const TYPE least = edges[0];                                                                              \
    const int32_t last = (int32_t)bins - 1;                                                                   \
    _Pragma("clang loop vectorize(enable)") for (size_t i = 0; i < count; i++) {                              \
      const TYPE value = x[i];                                                                                \
      const int is_inside = (value >= least) & (value <= greatest);                                           \
      const TYPE place = is_inside ? (value - least) * scale + (TYPE)0.5 : 0;                                 \
      const int32_t nearest = (int32_t)place;                                                                 \
      const int32_t bin = nearest - (value < edges[nearest]);                                                 \
      found[i] = (uint32_t)(is_inside ? bin < last ? bin : last : last + 1);                                  \
    }                                                                                                         \
  }

DEFINE_EVEN_BINS(tessera_find_even_bins, float64, double)
DEFINE_EVEN_BINS(tessera_find_even_bins_float32, float32, float)

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
