// log(sum(exp(x))) in one pass: the greatest value so far, and the sum of exp(x - greatest).
#include "reduce.h"

#define GREATEST(fields, at) ((double *)(fields).memory + (at))

// exp(x) for x <= 0, to about an ulp: exp(n ln 2 + r), with the series of exp(r) to the 13th power, |r| < 0.35.
// Zero from -708 down (and for NaN); what is above 0 counts as 0.
TESSERA_INLINE double exp_of_negative(double x) {
  const double above = x > -708.0 ? x : -708.0;
  const double bounded = above < 0 ? above : 0;
  // Adding 1.5 * 2^52 rounds to an integer, which then stands in the lowest bits.
  const double magic = 0x1.8p52;
  const double shifted = bounded * 0x1.71547652b82fep0 + magic;
  const double n = shifted - magic;
  // ln 2 in two parts, the first so short that its product with n is exact.
  const double r = (bounded - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  uint64_t bits;
  double power;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  memcpy(&power, &bits, sizeof power);
  return x > -708.0 ? p * power : 0;
}

TESSERA_INLINE double greater(double r, double x) { return ((x > r) | (x != x)) ? x : r; }

// What is taken from values before exp; with an infinite or NaN greatest value the sum is of no account.
TESSERA_INLINE double shift_of(double greatest) {
  return __builtin_fabs(greatest) < INFINITY ? greatest : 0;
}

#define EXPONENT(DTYPE, row, mask, c, masked) \
  (!(masked) || (mask)[c] ? (double)LOAD_##DTYPE((row)[c]) : -INFINITY)

// `ROWS` is a constant, a power of two: the loops over it are unrolled. Its terms are added in pairs first, so that of
// what is added one after another there is the less.
#define DEFINE_ROWS(DTYPE, NAME, ROWS)                                                                     \
  TESSERA_INLINE void NAME##_##DTYPE(double *restrict greatest, double *restrict sum,                      \
                                     const in_##DTYPE *restrict row, const uint8_t *restrict mask,         \
                                     size_t n, size_t width, const int masked) {                           \
    for (size_t c = 0; c < width; c++) {                                                                   \
      double x[ROWS], most = greatest[c];                                                                  \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < ROWS; k++) {                               \
        x[k] = EXPONENT(DTYPE, row, mask, c + k * n, masked);                                              \
        most = greater(most, x[k]);                                                                        \
      }                                                                                                    \
      const double shift = shift_of(most);                                                                 \
      const double kept = sum[c] * exp_of_negative(greatest[c] - shift);                                   \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < ROWS; k++) x[k] =                          \
          exp_of_negative(x[k] - shift);                                                                   \
      _Pragma("clang loop unroll(full)") for (size_t half = ROWS / 2; half > 0; half /= 2)                 \
          _Pragma("clang loop unroll(full)") for (size_t k = 0; k < half; k++) x[k] += x[k + half];        \
      greatest[c] = most;                                                                                  \
      sum[c] = kept + x[0];                                                                                \
    }                                                                                                      \
  }

#define DEFINE_LOG_SUM_EXP(DTYPE)                                                                          \
  DEFINE_ROWS(DTYPE, eight, 8)                                                                             \
  DEFINE_ROWS(DTYPE, one, 1)                                                                               \
  TESSERA_INLINE void strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,                     \
                                    tessera_strip strip, const int masked) {                               \
    const in_##DTYPE *in = tile->values;                                                                   \
    double *greatest = GREATEST(to, tile->first + strip.left), *sum = greatest + to.capacity;              \
    size_t r = 0;                                                                                          \
    for (; r + 8 <= tile->rows; r += 8)                                                                    \
      eight_##DTYPE(greatest, sum, ROW(in, tile, strip, r), MASK_ROW(tile, strip, r, masked),              \
                    tile->columns, strip.width, masked);                                                   \
    for (; r < tile->rows; r++)                                                                            \
      one_##DTYPE(greatest, sum, ROW(in, tile, strip, r), MASK_ROW(tile, strip, r, masked),                \
                  tile->columns, strip.width, masked);                                                     \
  }                                                                                                        \
  DEFINE_STRIPS(log_sum_exp_##DTYPE, strip_##DTYPE)

DEFINE_LOG_SUM_EXP(bool)
DEFINE_LOG_SUM_EXP(int8)
DEFINE_LOG_SUM_EXP(int16)
DEFINE_LOG_SUM_EXP(int32)
DEFINE_LOG_SUM_EXP(int64)
DEFINE_LOG_SUM_EXP(uint8)
DEFINE_LOG_SUM_EXP(uint16)
DEFINE_LOG_SUM_EXP(uint32)
DEFINE_LOG_SUM_EXP(uint64)
DEFINE_LOG_SUM_EXP(float16)
DEFINE_LOG_SUM_EXP(bfloat16)
DEFINE_LOG_SUM_EXP(float32)
DEFINE_LOG_SUM_EXP(float64)

void tessera_log_sum_exp_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: log_sum_exp_bool(to, tile); break;
    case 1: log_sum_exp_int8(to, tile); break;
    case 2: log_sum_exp_int16(to, tile); break;
    case 3: log_sum_exp_int32(to, tile); break;
    case 4: log_sum_exp_int64(to, tile); break;
    case 5: log_sum_exp_uint8(to, tile); break;
    case 6: log_sum_exp_uint16(to, tile); break;
    case 7: log_sum_exp_uint32(to, tile); break;
    case 8: log_sum_exp_uint64(to, tile); break;
    case 9: log_sum_exp_float16(to, tile); break;
    case 10: log_sum_exp_bfloat16(to, tile); break;
    case 11: log_sum_exp_float32(to, tile); break;
    case 12: log_sum_exp_float64(to, tile); break;
  }
}

void tessera_log_sum_exp_reset(tessera_accumulators to) {
  for (size_t i = 0; i < to.capacity; i++) GREATEST(to, 0)[i] = -INFINITY;
  memset(GREATEST(to, to.capacity), 0, to.capacity * sizeof(double));
}

TESSERA_CLONES void tessera_log_sum_exp_merge(tessera_accumulators to, const tessera_merger *merger) {
  double *greatest = GREATEST(to, merger->first), *sum = greatest + to.capacity;
  const double *other = GREATEST(merger->source, merger->source_first);
  const double *other_sum = other + merger->source.capacity;
  for (size_t i = 0; i < merger->count; i++) {
    const double most = greater(greatest[i], other[i]), shift = shift_of(most);
    const double kept = sum[i] * exp_of_negative(greatest[i] - shift);
    sum[i] = kept + other_sum[i] * exp_of_negative(other[i] - shift);
    greatest[i] = most;
  }
}

void tessera_log_sum_exp_finish(tessera_accumulators from, size_t first, size_t count, void *result) {
  const double *greatest = GREATEST(from, first), *sum = greatest + from.capacity;
  in_float64 *out = result;
  for (size_t i = 0; i < count; i++)
    out[i] = __builtin_fabs(greatest[i]) < INFINITY ? greatest[i] + log(sum[i]) : greatest[i];
}
