// Distributions made of gamma and normal numbers, every element of draws of its own.
#include "gamma.h"
#include "tessera_random.h"

typedef double out_float64 TESSERA_UNALIGNED;

// A normal number over another.
static double cauchy_number(substream *stream) {
  const double above = normal(next_draw(stream));
  return above / normal(next_draw(stream));
}

void tessera_cauchy(const uint64_t key[2], uint64_t first, size_t count, void *target) {
  EACH(out_float64, cauchy_number(stream))
}

void tessera_gamma(const uint64_t key[2], uint64_t first, size_t count, double shape, double scale, void *target) {
  const gamma_parameters gamma = gamma_of_shape(shape);
  EACH(out_float64, scale * gamma_number(gamma, stream))
}

// x / (x + y), from x / y without a sum that could overflow.
static double share(double ratio) { return ratio < 1 ? ratio / (1 + ratio) : 1 / (1 + 1 / ratio); }

void tessera_beta(const uint64_t key[2], uint64_t first, size_t count, double a, double b, void *target) {
  const gamma_parameters x = gamma_of_shape(a), y = gamma_of_shape(b);
  EACH(out_float64, share(gamma_ratio(x, y, 1, 0, stream)))
}

void tessera_f(const uint64_t key[2], uint64_t first, size_t count, double numerator, double denominator, void *target) {
  const gamma_parameters x = gamma_of_shape(numerator / 2), y = gamma_of_shape(denominator / 2);
  const double factor = denominator / numerator;
  const double log_factor = logarithm_of_any(denominator) - logarithm_of_any(numerator);
  EACH(out_float64, gamma_ratio(x, y, factor, log_factor, stream))
}

// A normal number over the root of a gamma number, which may itself be too small for a float, over its mean `half`.
static double student_number(gamma_parameters gamma, double half, double log_half, substream *stream) {
  const double number = normal(next_draw(stream));
  const double below = gamma_at_least_one(gamma, stream);
  if (gamma.shape >= 1) return number * __builtin_sqrt(half / below);
  const double shrinks = waiting_time(next_draw(stream)) / gamma.shape;
  return number * exponential((log_half - logarithm(below) + shrinks) / 2);
}

void tessera_student_t(const uint64_t key[2], uint64_t first, size_t count, double freedom, void *target) {
  const double half = freedom / 2;
  const gamma_parameters gamma = gamma_of_shape(half);
  const double log_half = logarithm_of_any(freedom) - 0x1.62e42fefa39efp-1;
  EACH(out_float64, student_number(gamma, half, log_half, stream))
}
