// Sums: integers wrap in 64 bits, the shorter floats accumulate in double, doubles are compensated.
#include "reduce_rows.h"

#define TERM(DTYPE, row, mask, c, counted, TYPE)                       \
  ((counted) == NUMBERS ? (TYPE)NUMBER_OR_ZERO(LOAD_##DTYPE((row)[c])) \
                        : !(counted) || (mask)[c] ? (TYPE)LOAD_##DTYPE((row)[c]) : (TYPE)0)

// Eight rows for each visit of the accumulators. EIGHT is a type in which eight elements add up exactly, or
// modulo 2^64, or (double) with three roundings.
#define DEFINE_SUM(DTYPE, EIGHT, TOTAL, STRIPS)                                                     \
  TESSERA_INLINE void sum_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,          \
                                        tessera_strip strip, const int counted) {                   \
    const in_##DTYPE *in = tile->values;                                                            \
    TOTAL *restrict sum = (TOTAL *)to.memory + tile->first + strip.left;                            \
    size_t r = 0;                                                                                   \
    for (; r + 8 <= tile->rows; r += 8) {                                                           \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                     \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, counted);                             \
      const size_t n = tile->columns;                                                               \
      for (size_t c = 0; c < strip.width; c++) {                                                    \
        const EIGHT a = TERM(DTYPE, row, mask, c, counted, EIGHT) +                                 \
                        TERM(DTYPE, row, mask, c + n, counted, EIGHT);                              \
        const EIGHT b = TERM(DTYPE, row, mask, c + 2 * n, counted, EIGHT) +                         \
                        TERM(DTYPE, row, mask, c + 3 * n, counted, EIGHT);                          \
        const EIGHT d = TERM(DTYPE, row, mask, c + 4 * n, counted, EIGHT) +                         \
                        TERM(DTYPE, row, mask, c + 5 * n, counted, EIGHT);                          \
        const EIGHT e = TERM(DTYPE, row, mask, c + 6 * n, counted, EIGHT) +                         \
                        TERM(DTYPE, row, mask, c + 7 * n, counted, EIGHT);                          \
        sum[c] += (TOTAL)(EIGHT)((EIGHT)(a + b) + (EIGHT)(d + e));                                  \
      }                                                                                             \
    }                                                                                               \
    for (; r < tile->rows; r++) {                                                                   \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                     \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, counted);                             \
      for (size_t c = 0; c < strip.width; c++) sum[c] += TERM(DTYPE, row, mask, c, counted, TOTAL); \
    }                                                                                               \
  }                                                                                                 \
  STRIPS(sum_##DTYPE, sum_strip_##DTYPE)

// Wrapping sums are unsigned ones: the bits are the same.
DEFINE_SUM(bool, uint16_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(int8, int16_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(int16, int32_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(int32, int64_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(int64, uint64_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(uint8, uint16_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(uint16, uint32_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(uint32, uint64_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(uint64, uint64_t, uint64_t, DEFINE_STRIPS)
DEFINE_SUM(float16, double, double, DEFINE_FLOAT_STRIPS)
DEFINE_SUM(bfloat16, double, double, DEFINE_FLOAT_STRIPS)
DEFINE_SUM(float32, double, double, DEFINE_FLOAT_STRIPS)

// Adds a term to *sum, and what the rounded sum lacks to *lost: exact (Knuth's TwoSum) while finite. Once
// *sum is not finite *lost is of no account.
TESSERA_INLINE void add_compensated(double *sum, double *lost, double term) {
  const double total = *sum + term;
  const double added = total - *sum;
  *lost += (*sum - (total - added)) + (term - added);
  *sum = total;
}

TESSERA_INLINE void sum_strip_float64(tessera_accumulators to, const tessera_tile *tile,
                                      tessera_strip strip, const int counted) {
  const in_float64 *in = tile->values;
  double *restrict sum = (double *)to.memory + tile->first + strip.left;
  double *restrict lost = sum + to.capacity;
  size_t r = 0;
  for (; r + 8 <= tile->rows; r += 8) {
    const in_float64 *restrict row = ROW(in, tile, strip, r);
    const uint8_t *restrict mask = MASK_ROW(tile, strip, r, counted);
    const size_t n = tile->columns;
    for (size_t c = 0; c < strip.width; c++) {
      double total = sum[c], error = lost[c];
#pragma clang loop unroll(full)
      for (size_t k = 0; k < 8; k++)
        add_compensated(&total, &error, TERM(float64, row, mask, c + k * n, counted, double));
      sum[c] = total;
      lost[c] = error;
    }
  }
  for (; r < tile->rows; r++) {
    const in_float64 *restrict row = ROW(in, tile, strip, r);
    const uint8_t *restrict mask = MASK_ROW(tile, strip, r, counted);
    for (size_t c = 0; c < strip.width; c++)
      add_compensated(&sum[c], &lost[c], TERM(float64, row, mask, c, counted, double));
  }
}
DEFINE_FLOAT_STRIPS(sum_float64, sum_strip_float64)

void tessera_sum_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: sum_bool(to, tile); break;
    case 1: sum_int8(to, tile); break;
    case 2: sum_int16(to, tile); break;
    case 3: sum_int32(to, tile); break;
    case 4: sum_int64(to, tile); break;
    case 5: sum_uint8(to, tile); break;
    case 6: sum_uint16(to, tile); break;
    case 7: sum_uint32(to, tile); break;
    case 8: sum_uint64(to, tile); break;
    case 9: sum_float16(to, tile); break;
    case 10: sum_bfloat16(to, tile); break;
    case 11: sum_float32(to, tile); break;
    case 12: sum_float64(to, tile); break;
  }
}

// Rows of integers: CHUNKED is a type in which those of a chunk add up exactly, or modulo 2^64.
#define DEFINE_INTEGER_ROWS(DTYPE, CHUNKED)                                                           \
  TESSERA_INLINE void sum_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x,      \
                                        size_t n) {                                                   \
    CHUNKED sum = 0;                                                                                  \
    for (size_t i = 0; i < n; i++) sum += (CHUNKED)LOAD_##DTYPE(x[i]);                                \
    ((uint64_t *)to.memory)[at] += (uint64_t)sum;                                                     \
  }                                                                                                   \
  DEFINE_ROWS(sum_rows_##DTYPE, tessera_accumulators, DTYPE, sum_chunk_##DTYPE)

DEFINE_INTEGER_ROWS(bool, uint32_t)
DEFINE_INTEGER_ROWS(int8, int32_t)
DEFINE_INTEGER_ROWS(int16, int32_t)
DEFINE_INTEGER_ROWS(int32, int64_t)
DEFINE_INTEGER_ROWS(int64, uint64_t)
DEFINE_INTEGER_ROWS(uint8, uint32_t)
DEFINE_INTEGER_ROWS(uint16, uint32_t)
DEFINE_INTEGER_ROWS(uint32, uint64_t)
DEFINE_INTEGER_ROWS(uint64, uint64_t)

// Rows of all values, and of numbers alone.
#define DEFINE_FLOAT_ROWS(DTYPE)                                                                 \
  TESSERA_INLINE void sum_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x, \
                                        size_t n) {                                              \
    add_chunk_##DTYPE(to, at, x, n, ALL);                                                        \
  }                                                                                              \
  TESSERA_INLINE void sum_chunk_numbers_##DTYPE(tessera_accumulators to, size_t at,              \
                                                const in_##DTYPE *x, size_t n) {                 \
    add_chunk_##DTYPE(to, at, x, n, NUMBERS);                                                    \
  }                                                                                              \
  DEFINE_ROWS(sum_all_rows_##DTYPE, tessera_accumulators, DTYPE, sum_chunk_##DTYPE)              \
  DEFINE_ROWS(sum_numbers_rows_##DTYPE, tessera_accumulators, DTYPE, sum_chunk_numbers_##DTYPE)  \
  static void sum_rows_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {              \
    (tile->skips_nan ? sum_numbers_rows_##DTYPE : sum_all_rows_##DTYPE)(to, tile);               \
  }

#define DEFINE_SHORT_FLOAT_ROWS(DTYPE)                                                           \
  DEFINE_CHUNK_TOTAL(DTYPE)                                                                      \
  TESSERA_INLINE void add_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x, \
                                        size_t n, const int counted) {                           \
    ((double *)to.memory)[at] += chunk_total_##DTYPE(x, n, counted);                             \
  }                                                                                              \
  DEFINE_FLOAT_ROWS(DTYPE)

DEFINE_SHORT_FLOAT_ROWS(float16)
DEFINE_SHORT_FLOAT_ROWS(bfloat16)
DEFINE_SHORT_FLOAT_ROWS(float32)

// Half as many lanes, as each is two doubles.
enum { PAIRS = LANES / 2 };

TESSERA_INLINE void add_chunk_float64(tessera_accumulators to, size_t at, const in_float64 *x, size_t n,
                                      const int counted) {
  double sum[PAIRS] = {0}, lost[PAIRS] = {0};
  size_t i = 0;
  for (; i + PAIRS <= n; i += PAIRS)
    for (size_t k = 0; k < PAIRS; k++) add_compensated(&sum[k], &lost[k], COUNTED_TERM(float64, x[i + k], counted));
  for (size_t k = 0; k < n - i; k++)
    add_compensated(&sum[k], &lost[k], COUNTED_TERM(float64, x[i + k], counted));
  for (size_t half = PAIRS / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) {
      add_compensated(&sum[k], &lost[k], sum[k + half]);
      lost[k] += lost[k + half];
    }
  double *total = (double *)to.memory + at;
  add_compensated(total, total + to.capacity, sum[0]);
  total[to.capacity] += lost[0];
}
DEFINE_FLOAT_ROWS(float64)

void tessera_sum_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: sum_rows_bool(to, tile); break;
    case 1: sum_rows_int8(to, tile); break;
    case 2: sum_rows_int16(to, tile); break;
    case 3: sum_rows_int32(to, tile); break;
    case 4: sum_rows_int64(to, tile); break;
    case 5: sum_rows_uint8(to, tile); break;
    case 6: sum_rows_uint16(to, tile); break;
    case 7: sum_rows_uint32(to, tile); break;
    case 8: sum_rows_uint64(to, tile); break;
    case 9: sum_rows_float16(to, tile); break;
    case 10: sum_rows_bfloat16(to, tile); break;
    case 11: sum_rows_float32(to, tile); break;
    case 12: sum_rows_float64(to, tile); break;
  }
}

TESSERA_CLONES static void merge_integers(uint64_t *sum, const uint64_t *other, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += other[i];
}
TESSERA_CLONES static void merge_floats(double *sum, const double *other, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += other[i];
}
TESSERA_CLONES static void merge_compensated(double *sum, double *lost, const double *other,
                                             const double *other_lost, size_t count) {
  for (size_t i = 0; i < count; i++) {
    add_compensated(&sum[i], &lost[i], other[i]);
    lost[i] += other_lost[i];
  }
}

void tessera_sum_merge(uint8_t dtype, tessera_accumulators to, const tessera_merger *merger) {
  double *sum = (double *)to.memory + merger->first;
  const double *other = (const double *)merger->source.memory + merger->source_first;
  if (dtype < 9) {
    merge_integers((uint64_t *)to.memory + merger->first,
                   (const uint64_t *)merger->source.memory + merger->source_first, merger->count);
  } else if (dtype < 12) {
    merge_floats(sum, other, merger->count);
  } else {
    merge_compensated(sum, sum + to.capacity, other, other + merger->source.capacity, merger->count);
  }
}

void tessera_sum_finish(uint8_t dtype, tessera_accumulators from, size_t first, size_t count, void *result) {
  const double *sum = (const double *)from.memory + first;
  const double *lost = sum + from.capacity;
  in_float64 *out = result;
  if (dtype < 12) {
    memcpy(result, sum, count * 8);
    return;
  }
  for (size_t i = 0; i < count; i++) out[i] = isfinite(sum[i]) ? sum[i] + lost[i] : sum[i];
}
