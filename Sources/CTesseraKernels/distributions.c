// What distributions make of random words: every element of one word alone, at its own position.
#include "clones.h"
#include "tessera_random.h"

#include <string.h>

// A fused multiply-add rounds once where the other instruction sets round twice.
#pragma STDC FP_CONTRACT OFF

typedef double out_float64 TESSERA_UNALIGNED;
typedef float out_float32 TESSERA_UNALIGNED;
typedef uint64_t out_uint64 TESSERA_UNALIGNED;

TESSERA_CLONES void tessera_uniform64(size_t count, const uint64_t *restrict draws, void *restrict target) {
  out_float64 *out = target;
  for (size_t i = 0; i < count; i++) out[i] = (double)(int64_t)(draws[i] >> 11) * 0x1p-53;
}

TESSERA_CLONES void tessera_uniform32(size_t count, const uint32_t *restrict halves, unsigned bits,
                                      void *restrict target) {
  out_float32 *out = target;
  const float unit = 1.0f / (float)(1 << bits);
  for (size_t i = 0; i < count; i++) out[i] = (float)(int32_t)(halves[i] >> (32 - bits)) * unit;
}

TESSERA_CLONES void tessera_integers(size_t count, const uint64_t *restrict draws, uint64_t low,
                                     uint64_t span, void *restrict target) {
  out_uint64 *out = target;
  if (span == 0) {
    for (size_t i = 0; i < count; i++) out[i] = low + draws[i];
  } else {
    for (size_t i = 0; i < count; i++) {
      out[i] = low + (uint64_t)((__uint128_t)draws[i] * span >> 64);
    }
  }
}

// The natural logarithm of a positive normal number, to about one unit in the last place. Not the system's:
// its bits differ from machine to machine.
TESSERA_INLINE double logarithm(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  // Splits value = m * 2^e with m in [sqrt(1/2), sqrt(2)).
  const uint64_t shifted = bits - 0x3FE6A09E667F3BCD;
  const double e = (double)(int64_t)((int64_t)shifted >> 52);
  bits -= shifted & 0xFFF0000000000000;
  double m;
  memcpy(&m, &bits, sizeof m);
  // log(m) = 2 atanh(s), s = f / (2 + f), by its Taylor series, whose first term is f - s f exactly enough.
  const double f = m - 1, s = f / (2 + f), z = s * s;
  double sum = 2.0 / 23;
  sum = sum * z + 2.0 / 21;
  sum = sum * z + 2.0 / 19;
  sum = sum * z + 2.0 / 17;
  sum = sum * z + 2.0 / 15;
  sum = sum * z + 2.0 / 13;
  sum = sum * z + 2.0 / 11;
  sum = sum * z + 2.0 / 9;
  sum = sum * z + 2.0 / 7;
  sum = sum * z + 2.0 / 5;
  sum = sum * z + 2.0 / 3;
  sum = sum * z;
  // log(2) in two parts, the first with trailing zeros, so that its products with e are exact.
  return e * 0x1.62e42fee00000p-1 + (f + (e * 0x1.a39ef35793c76p-33 - s * (f - sum)));
}

// A probability in (0, 1], from a word: the middle of its step of 2^-64.
TESSERA_INLINE double probability(uint64_t draw) { return (double)draw * 0x1p-64 + 0x1p-65; }

TESSERA_CLONES void tessera_exponential(size_t count, const uint64_t *restrict draws, double scale,
                                        void *restrict target) {
  out_float64 *out = target;
  for (size_t i = 0; i < count; i++) out[i] = scale * (0 - logarithm(probability(draws[i])));
}

// The coefficients of M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
// Applied Statistics 37 (1988), https://doi.org/10.2307/2347330: near the centre, in the tails, far out.
static const double CENTRE[2][8] = {
    {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
     1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0},
    {5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
     5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1}};
static const double TAIL[2][8] = {
    {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
     4.63033784615654529590e+0, 1.42343711074968357734e+0},
    {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
     2.05319162663775882187e+0, 1}};
static const double FAR[2][8] = {
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
     5.46378491116411436990e+0, 6.65790464350110377720e+0},
    {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1}};

TESSERA_INLINE double horner(const double coefficients[8], double x) {
  double sum = coefficients[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < 8; i++) sum = sum * x + coefficients[i];
  return sum;
}

TESSERA_INLINE double ratio(const double coefficients[2][8], double x) {
  return horner(coefficients[0], x) / horner(coefficients[1], x);
}

// The highest bit is the sign; the others, as an odd multiple of 2^-64, are the distance q from one half. Both
// q and the tail 1/2 - q come straight from the bits, so neither loses any to cancellation.
TESSERA_INLINE double distance(uint64_t draw) {
  return (double)(int64_t)(draw & INT64_MAX) * 0x1p-64 + 0x1p-65;
}
TESSERA_INLINE double tail(uint64_t draw) { return distance(~draw); }
TESSERA_INLINE double signed_by(uint64_t draw, double value) {
  return __builtin_copysign(value, draw >> 63 ? -1.0 : 1.0);
}

// One word in seven lies in the tails, which are gathered, so that each piece is a loop without branches.
TESSERA_CLONES void tessera_normal(size_t count, const uint64_t *restrict draws, double mean, double deviation,
                                   void *restrict target) {
  enum { PIECE = 256 };
  out_float64 *out = target;
  double tails[PIECE];
  uint32_t places[PIECE + 1];
  for (size_t start = 0; start < count; start += PIECE) {
    const size_t piece = count - start < PIECE ? count - start : PIECE;
    const uint64_t *words = draws + start;
    for (size_t i = 0; i < piece; i++) {
      const double q = distance(words[i]);
      out[start + i] = mean + deviation * signed_by(words[i], q * ratio(CENTRE, 0.180625 - q * q));
    }
    size_t found = 0;
    for (size_t i = 0; i < piece; i++) {
      places[found] = (uint32_t)i;
      found += distance(words[i]) > 0.425;
    }
    for (size_t i = 0; i < found; i++) {
      tails[i] = __builtin_elementwise_sqrt(-logarithm(tail(words[places[i]])));
    }
    for (size_t i = 0; i < found; i++) {
      const double z = tails[i] <= 5 ? ratio(TAIL, tails[i] - 1.6) : ratio(FAR, tails[i] - 5);
      out[start + places[i]] = mean + deviation * signed_by(words[places[i]], z);
    }
  }
}
