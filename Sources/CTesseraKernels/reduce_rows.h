// Rows that are reduced along themselves: their values are adjacent, so each row is taken into lanes, which are added up
// at the end of a chunk. Lanes and chunks are the same for every instruction set.
#ifndef TESSERA_REDUCE_ROWS_H
#define TESSERA_REDUCE_ROWS_H

#include "reduce.h"

enum {
  // Values of a row that are taken together: they stay in the first-level cache while they are gone over twice.
  CHUNK = TESSERA_ROW_CHUNK,
  LANES = 32,
};

// Defines NAME(TARGET to, tile) by CHUNK_CALL(to, at, x, n) for every chunk: n values from x on, of kept position `at`.
#define DEFINE_ROWS(NAME, TARGET, DTYPE, CHUNK_CALL)                                            \
  TESSERA_CLONES static void NAME(TARGET to, const tessera_tile *tile) {                        \
    const in_##DTYPE *row = tile->values;                                                       \
    for (size_t r = 0; r < tile->rows; r++, row += tile->columns)                               \
      for (size_t c = 0; c < tile->columns; c += CHUNK) {                                       \
        const size_t rest = tile->columns - c;                                                  \
        CHUNK_CALL(to, tile->first + r, row + c, rest < CHUNK ? rest : CHUNK);                  \
      }                                                                                         \
  }

// The sum of `count` lanes, a power of two, which is not kept.
TESSERA_INLINE double fold_lanes(double *lane, size_t count) {
  for (size_t half = count / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

// A value of a chunk as a double; 0 of one that does not count.
#define COUNTED_TERM(DTYPE, x, counted) \
  ((double)((counted) == ALL ? LOAD_##DTYPE(x) : NUMBER_OR_ZERO(LOAD_##DTYPE(x))))

// The sum of a chunk, or of its numbers, in doubles.
#define DEFINE_CHUNK_TOTAL(DTYPE)                                                                        \
  TESSERA_INLINE double chunk_total_##DTYPE(const in_##DTYPE *restrict x, size_t n, const int counted) { \
    double lane[LANES] = {0};                                                                            \
    size_t i = 0;                                                                                        \
    for (; i + LANES <= n; i += LANES)                                                                   \
      for (size_t k = 0; k < LANES; k++) lane[k] += COUNTED_TERM(DTYPE, x[i + k], counted);              \
    for (size_t k = 0; k < n - i; k++) lane[k] += COUNTED_TERM(DTYPE, x[i + k], counted);                \
    return fold_lanes(lane, LANES);                                                                      \
  }

// How many values of a chunk are not NaN, of which KNOWN is true.
#define DEFINE_CHUNK_NUMBERS(DTYPE, KNOWN)                                               \
  TESSERA_INLINE int64_t chunk_numbers_##DTYPE(const in_##DTYPE *restrict x, size_t n) { \
    int32_t numbers = 0;                                                                 \
    for (size_t i = 0; i < n; i++) numbers += KNOWN(LOAD_##DTYPE(x[i]));                 \
    return numbers;                                                                      \
  }

#endif
