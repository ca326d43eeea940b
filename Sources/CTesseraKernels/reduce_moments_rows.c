// Moments of rows, chunk by chunk; what they are is in reduce_moments.h.
#include "reduce_moments.h"
#include "reduce_rows.h"

// Where rows go; `sums`, as reduce_sum.c makes them, may be null.
typedef struct {
  tessera_accumulators moments;
  double *sums;
} moments_and_sums;

// Rows: the sum of a chunk, and the squared deviations from its first value. m2 is not finite where a value is not.
#define DEFINE_CHUNK_RUN(DTYPE)                                                                              \
  TESSERA_INLINE run_moments chunk_run_##DTYPE(const in_##DTYPE *restrict x, size_t n, double *total) {      \
    double sums[LANES] = {0}, squares[LANES / 2] = {0};                                                      \
    const double first = (double)LOAD_##DTYPE(x[0]);                                                         \
    size_t i = 0;                                                                                            \
    for (; i + LANES <= n; i += LANES)                                                                       \
      for (size_t k = 0; k < LANES / 2; k++) {                                                               \
        const double low = (double)LOAD_##DTYPE(x[i + k]), high = (double)LOAD_##DTYPE(x[i + k + LANES / 2]); \
        const double d = low - first, e = high - first;                                                      \
        sums[k] += low;                                                                                      \
        sums[k + LANES / 2] += high;                                                                         \
        squares[k] += d * d + e * e;                                                                         \
      }                                                                                                      \
    for (size_t k = 0; k < n - i; k++) {                                                                     \
      const double value = (double)LOAD_##DTYPE(x[i + k]), d = value - first;                                \
      sums[k] += value;                                                                                      \
      squares[k % (LANES / 2)] += d * d;                                                                     \
    }                                                                                                        \
    *total = fold_lanes(sums, LANES);                                                                        \
    return of_run(first, *total, fold_lanes(squares, LANES / 2), (double)n);                                 \
  }

// The distance of a value from a finite mean; 0 of a NaN.
TESSERA_INLINE double deviation(double x, double mean) {
  const double apart = x - mean;
  return apart == apart ? apart : 0;
}

// Of a chunk of which only numbers count: deviations are from the mean of what the row has seen before, or from its first
// number, if that is finite.
#define DEFINE_CHUNK_PARTIAL(DTYPE)                                                                          \
  TESSERA_INLINE double first_number_##DTYPE(const in_##DTYPE *x, size_t n) {                                \
    size_t i = 0;                                                                                            \
    while (i + 1 < n && LOAD_##DTYPE(x[i]) != LOAD_##DTYPE(x[i])) i++;                                       \
    return (double)LOAD_##DTYPE(x[i]);                                                                       \
  }                                                                                                          \
  TESSERA_INLINE run_moments chunk_partial_##DTYPE(const in_##DTYPE *restrict x, size_t n, double from,      \
                                                   double number) {                                          \
    double total[LANES / 2] = {0}, squares[LANES / 2] = {0};                                                 \
    size_t i = 0;                                                                                            \
    for (; i + LANES / 2 <= n; i += LANES / 2)                                                               \
      for (size_t k = 0; k < LANES / 2; k++) {                                                               \
        const double d = deviation((double)LOAD_##DTYPE(x[i + k]), from);                                    \
        total[k] += d;                                                                                       \
        squares[k] += d * d;                                                                                 \
      }                                                                                                      \
    for (size_t k = 0; k < n - i; k++) {                                                                     \
      const double d = deviation((double)LOAD_##DTYPE(x[i + k]), from);                                      \
      total[k] += d;                                                                                         \
      squares[k] += d * d;                                                                                   \
    }                                                                                                        \
    const double sum = fold_lanes(total, LANES / 2), rest = sum / number;                                    \
    const double m2 = fold_lanes(squares, LANES / 2) - sum * rest;                                           \
    return (run_moments){from, rest, m2 < 0 ? 0 : m2};                                                       \
  }

// Or deviations from the mean of a chunk, in half as many lanes, as each gathers two numbers.
#define DEFINE_CHUNK_PAIR(DTYPE)                                                                             \
  TESSERA_INLINE double deviation_##DTYPE(in_##DTYPE x, double mean, const int counted) {                    \
    return COUNTS_ALONE(counted, LOAD_##DTYPE(x)) ? (double)LOAD_##DTYPE(x) - mean : 0;                      \
  }                                                                                                          \
  TESSERA_INLINE run_moments chunk_pair_##DTYPE(const in_##DTYPE *restrict x, size_t n, double total,        \
                                                double number, const int counted) {                          \
    double rest[LANES / 2] = {0}, m2[LANES / 2] = {0};                                                       \
    const double mean = total / number;                                                                      \
    size_t i = 0;                                                                                            \
    for (; i + LANES / 2 <= n; i += LANES / 2)                                                               \
      for (size_t k = 0; k < LANES / 2; k++) {                                                               \
        const double d = deviation_##DTYPE(x[i + k], mean, counted);                                         \
        rest[k] += d;                                                                                        \
        m2[k] += d * d;                                                                                      \
      }                                                                                                      \
    for (size_t k = 0; k < n - i; k++) {                                                                     \
      const double d = deviation_##DTYPE(x[i + k], mean, counted);                                           \
      rest[k] += d;                                                                                          \
      m2[k] += d * d;                                                                                        \
    }                                                                                                        \
    const double missing = lacking(fold_lanes(rest, LANES / 2) / number);                                    \
    return (run_moments){mean, missing, less_squares(fold_lanes(m2, LANES / 2), number, missing)};           \
  }

TESSERA_INLINE void merge_run(moments to, run_moments run, double number) {
  const double seen = (double)*to.count, part = number / (seen + number);
  merge_one(to.mean, to.lost, to.m2, run.first, run.rest, run.m2, part, seen * part);
  *to.count += (int64_t)number;
}

#define DEFINE_CHUNK(DTYPE)                                                                                  \
  DEFINE_CHUNK_TOTAL(DTYPE)                                                                                  \
  DEFINE_CHUNK_RUN(DTYPE)                                                                                    \
  DEFINE_CHUNK_PAIR(DTYPE)                                                                                   \
  TESSERA_INLINE void chunk_##DTYPE(moments_and_sums both, size_t at, const in_##DTYPE *x, size_t n) {       \
    double total;                                                                                            \
    run_moments run;                                                                                         \
    if (RUNS_##DTYPE)                                                                                        \
      run = chunk_run_##DTYPE(x, n, &total);                                                                 \
    else                                                                                                     \
      total = chunk_total_##DTYPE(x, n, ALL);                                                                \
    if (!RUNS_##DTYPE || !(run.m2 < INFINITY)) run = chunk_pair_##DTYPE(x, n, total, (double)n, ALL);        \
    if (both.sums) both.sums[at] += total;                                                                   \
    merge_run(moments_at(both.moments, at), run, (double)n);                                                 \
  }                                                                                                          \
  DEFINE_ROWS(rows_##DTYPE, moments_and_sums, DTYPE, chunk_##DTYPE)

#define DEFINE_NUMBERS_OF_CHUNK(DTYPE)                                                                       \
  DEFINE_CHUNK_NUMBERS(DTYPE, IS_NUMBER)                                                                     \
  DEFINE_CHUNK_PARTIAL(DTYPE)                                                                                \
  TESSERA_INLINE void chunk_of_numbers_##DTYPE(tessera_accumulators all, size_t at, const in_##DTYPE *x,     \
                                               size_t n) {                                                   \
    const double number = (double)chunk_numbers_##DTYPE(x, n);                                               \
    if (number == 0) return;                                                                                 \
    const moments to = moments_at(all, at);                                                                  \
    run_moments run = {0, 0, INFINITY};                                                                      \
    if (RUNS_##DTYPE) {                                                                                      \
      const double from = *to.count > 0 ? *to.mean : first_number_##DTYPE(x, n);                             \
      if (__builtin_fabs(from) < INFINITY) run = chunk_partial_##DTYPE(x, n, from, number);                  \
    }                                                                                                        \
    if (!(run.m2 < INFINITY))                                                                                \
      run = chunk_pair_##DTYPE(x, n, chunk_total_##DTYPE(x, n, NUMBERS), number, NUMBERS);                   \
    merge_run(to, run, number);                                                                              \
  }                                                                                                          \
  DEFINE_ROWS(rows_of_numbers_##DTYPE, tessera_accumulators, DTYPE, chunk_of_numbers_##DTYPE)

DEFINE_CHUNK(bool)
DEFINE_CHUNK(int8)
DEFINE_CHUNK(int16)
DEFINE_CHUNK(int32)
DEFINE_CHUNK(int64)
DEFINE_CHUNK(uint8)
DEFINE_CHUNK(uint16)
DEFINE_CHUNK(uint32)
DEFINE_CHUNK(uint64)
DEFINE_CHUNK(float16)
DEFINE_CHUNK(bfloat16)
DEFINE_CHUNK(float32)
DEFINE_CHUNK(float64)
DEFINE_NUMBERS_OF_CHUNK(float16)
DEFINE_NUMBERS_OF_CHUNK(bfloat16)
DEFINE_NUMBERS_OF_CHUNK(float32)
DEFINE_NUMBERS_OF_CHUNK(float64)

static void moments_of_numbers(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 9: rows_of_numbers_float16(to, tile); break;
    case 10: rows_of_numbers_bfloat16(to, tile); break;
    case 11: rows_of_numbers_float32(to, tile); break;
    case 12: rows_of_numbers_float64(to, tile); break;
  }
}

static void moments_rows(uint8_t dtype, moments_and_sums to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: rows_bool(to, tile); break;
    case 1: rows_int8(to, tile); break;
    case 2: rows_int16(to, tile); break;
    case 3: rows_int32(to, tile); break;
    case 4: rows_int64(to, tile); break;
    case 5: rows_uint8(to, tile); break;
    case 6: rows_uint16(to, tile); break;
    case 7: rows_uint32(to, tile); break;
    case 8: rows_uint64(to, tile); break;
    case 9: rows_float16(to, tile); break;
    case 10: rows_bfloat16(to, tile); break;
    case 11: rows_float32(to, tile); break;
    case 12: rows_float64(to, tile); break;
  }
}

void tessera_moments_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  if (tile->skips_nan) return moments_of_numbers(dtype, to, tile);
  moments_rows(dtype, (moments_and_sums){to, NULL}, tile);
}

void tessera_moments_and_sums_rows(uint8_t dtype, tessera_accumulators to, tessera_accumulators sums,
                                   const tessera_tile *tile) {
  moments_rows(dtype, (moments_and_sums){to, sums.memory}, tile);
}
