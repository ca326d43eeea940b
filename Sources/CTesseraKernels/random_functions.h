// Functions of which distributions are made. Only additions, products, quotients and square roots, in one order: the same
// bits on every machine, where the system's functions differ in their last.
#ifndef TESSERA_RANDOM_FUNCTIONS_H
#define TESSERA_RANDOM_FUNCTIONS_H

#include "clones.h"

#include <string.h>

// A fused multiply-add rounds once where the other instruction sets round twice; for all that includes this.
#pragma STDC FP_CONTRACT OFF

// The natural logarithm of a positive normal number, to about one unit in the last place.
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

// The same for every positive number.
TESSERA_INLINE double logarithm_of_any(double value) {
  return value < 0x1p-1022 ? logarithm(value * 0x1p54) - 54 * 0x1.62e42fefa39efp-1 : logarithm(value);
}

// log(1 + x) for x > -1, no less exact where x is small: what 1 + x was rounded by counts as its share.
TESSERA_INLINE double log_of_one_plus(double x) {
  const double sum = 1 + x;
  return logarithm(sum) + (x - (sum - 1)) / sum;
}

// e^x, to about one unit in the last place, for every x: infinite or 0 where the result is out of range.
TESSERA_INLINE double exponential(double x) {
  if (x > 710) return __builtin_inf();
  if (x < -746) return 0;
  // x = k log(2) + r with |r| <= log(2) / 2; log(2) in two parts, as above.
  const double turns = x * 0x1.71547652b82fep+0;
  const int64_t k = (int64_t)(turns + (turns < 0 ? -0.5 : 0.5));
  const double r = (x - (double)k * 0x1.62e42fee00000p-1) - (double)k * 0x1.a39ef35793c76p-33;
  double sum = 1.0 / 6227020800;
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 1.0 / 2;
  sum = 1 + (r + r * r * sum);
  // 2^k in two factors, as k goes to the ends of the range and beyond.
  const uint64_t half = (uint64_t)(k / 2 + 1023) << 52, rest = (uint64_t)(k - k / 2 + 1023) << 52;
  double low, high;
  memcpy(&low, &half, sizeof low);
  memcpy(&high, &rest, sizeof high);
  return sum * low * high;
}

// A probability in (0, 1], from a word: the middle of its step of 2^-64.
TESSERA_INLINE double probability(uint64_t draw) { return (double)draw * 0x1p-64 + 0x1p-65; }

// An exponential number of mean 1, exact near 0 too: -log(u) or, where u is near 1, -log(1 - (1 - u)). Never 0.
TESSERA_INLINE double waiting_time(uint64_t draw) {
  return 0 - (draw >> 63 ? log_of_one_plus(-probability(~draw)) : logarithm(probability(draw)));
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

// A normal number: the quantile of the word.
TESSERA_INLINE double normal(uint64_t draw) {
  const double q = distance(draw);
  if (q <= 0.425) return signed_by(draw, q * ratio(CENTRE, 0.180625 - q * q));
  const double root = __builtin_sqrt(-logarithm(tail(draw)));
  return signed_by(draw, root <= 5 ? ratio(TAIL, root - 1.6) : ratio(FAR, root - 5));
}

#endif
