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

// Elements whose bins are computed before it is asked whether all of them are certain.
#define CERTAIN_BLOCK 64
// So many blocks are sought in the edges once one is not certain: whole numbers lie on edges one and all.
#define DOUBTED_BLOCKS 8

// Places of more doubt are mostly sought at once.
#define MOST_DOUBT 0x1p-12f

// A value's place among even bins is in doubt where rounding, of it or of the edges, may have moved it across one: there the
// edge nearest to it has the last word. Reading edges at scattered places for all values takes four times as long
// (AMD EPYC: 1.35 ns an element, beside 0.35, in a loop over 256 KiB that is not in the repository).
// In the second loop the compiler takes that for too dear without the hint, and makes no vectors of it.
#define DEFINE_EVEN_BINS(NAME, DTYPE, TYPE)                                                                   \
  TESSERA_INLINE int certain_##DTYPE(const in_##DTYPE *restrict x, size_t bins, TYPE least, TYPE greatest,    \
                                     TYPE scale, TYPE doubt, uint32_t *restrict found) {                      \
    int32_t is_doubted = 0;                                                                                   \
    for (size_t i = 0; i < CERTAIN_BLOCK; i++) {                                                              \
      const TYPE value = x[i];                                                                                \
      const int is_inside = (value >= least) & (value <= greatest);                                           \
      const TYPE place = is_inside ? (value - least) * scale : (TYPE)0.5;                                     \
      const int32_t bin = (int32_t)place;                                                                     \
      const TYPE part = place - (TYPE)bin;                                                                    \
      is_doubted |= (part < doubt) | (part > 1 - doubt);                                                      \
      found[i] = (uint32_t)(is_inside ? bin : (int32_t)bins);                                                 \
    }                                                                                                         \
    return !is_doubted;                                                                                       \
  }                                                                                                           \
                                                                                                              \
  TESSERA_INLINE void nearest_##DTYPE(size_t count, const in_##DTYPE *restrict x, size_t bins,                \
                                      const TYPE *restrict edges, TYPE greatest, TYPE scale,                  \
                                      uint32_t *restrict found) {                                             \
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
  }                                                                                                           \
                                                                                                              \
  TESSERA_CLONES void NAME(size_t count, const void *values, size_t bins, const TYPE *restrict edges,         \
                           TYPE greatest, TYPE scale, TYPE doubt, uint32_t *restrict found) {                 \
    const in_##DTYPE *restrict x = values;                                                                    \
    const TYPE least = edges[0];                                                                              \
    size_t i = 0;                                                                                             \
    while (doubt < MOST_DOUBT && count - i >= CERTAIN_BLOCK) {                                                \
      if (certain_##DTYPE(x + i, bins, least, greatest, scale, doubt, found + i)) {                           \
        i += CERTAIN_BLOCK;                                                                                   \
        continue;                                                                                             \
      }                                                                                                       \
      const size_t most = DOUBTED_BLOCKS * CERTAIN_BLOCK;                                                     \
      const size_t next = count - i < most ? count - i : most;                                                \
      nearest_##DTYPE(next, x + i, bins, edges, greatest, scale, found + i);                                  \
      i += next;                                                                                              \
    }                                                                                                         \
    nearest_##DTYPE(count - i, x + i, bins, edges, greatest, scale, found + i);                               \
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
