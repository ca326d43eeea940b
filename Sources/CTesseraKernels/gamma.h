// Gamma numbers: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM Transactions on
// Mathematical Software 26 (2000), https://doi.org/10.1145/358407.358414.
#ifndef TESSERA_GAMMA_H
#define TESSERA_GAMMA_H

#include "random_functions.h"
#include "substream.h"

typedef struct {
  double shape, d, c;
} gamma_parameters;

// Of shape 0 or more. A shape below 1 stands for the next: its numbers are multiplied by u^(1 / shape).
TESSERA_INLINE gamma_parameters gamma_of_shape(double shape) {
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
  return (gamma_parameters){.shape = shape, .d = d, .c = 1 / (3 * __builtin_sqrt(d))};
}

// log(1 + t) - t + t^2 / 2 - t^3 / 3: by its Taylor series where the terms would cancel.
static inline double log_beyond_cubic(double t) {
  if (t > 0.1 || t < -0.1) return log_of_one_plus(t) - t * (1 - t * (1.0 / 2 - t * (1.0 / 3)));
  double sum = -1.0 / 16;
  for (int n = 15; n >= 4; n--) sum = sum * t + (n % 2 ? 1.0 : -1.0) / n;
  const double square = t * t;
  return sum * square * square;
}

// A number of the shape if that is at least 1, else of the next. The paper's test, log(u) < x^2 / 2 + d (1 - v + log(v))
// with v = (1 + t)^3, is 3 d times the function above, which loses nothing for any shape.
static inline double gamma_at_least_one(gamma_parameters gamma, substream *stream) {
  for (;;) {
    const double x = normal(next_draw(stream)), t = gamma.c * x;
    const double u = probability(next_draw(stream));
    if (t <= -1) continue;
    const double square = x * x, root = 1 + t;
    if (u < 1 - 0.0331 * square * square || logarithm(u) < 3 * (gamma.d * log_beyond_cubic(t))) {
      return gamma.d * (root * root * root);
    }
  }
}

static inline double gamma_number(gamma_parameters gamma, substream *stream) {
  const double number = gamma_at_least_one(gamma, stream);
  if (gamma.shape >= 1) return number;
  return number * exponential(-waiting_time(next_draw(stream)) / gamma.shape);
}

// factor * x / y of gamma numbers. By logarithms, log(factor) given, where a number itself may be too small for a float, or
// x / y be out of its range although the factor brings it back.
static inline double gamma_ratio(gamma_parameters x, gamma_parameters y, double factor, double log_factor,
                                 substream *stream) {
  const double above = gamma_at_least_one(x, stream);
  const double below = gamma_at_least_one(y, stream);
  if (x.shape >= 1 && y.shape >= 1 && factor > 0x1p-900 && factor < 0x1p900) return factor * (above / below);
  const double wait_above = waiting_time(next_draw(stream));
  const double wait_below = waiting_time(next_draw(stream));
  const double shrinks = x.shape < 1 ? wait_above / x.shape : 0;
  const double grows = y.shape < 1 ? wait_below / y.shape : 0;
  // Of logarithms beyond the range of floats one can still say which is the lesser.
  if (shrinks > 1e300 && grows > 1e300) {
    return wait_above * (y.shape / x.shape) < wait_below ? __builtin_inf() : 0;
  }
  return exponential(logarithm(above) - logarithm(below) + log_factor - shrinks + grows);
}

#endif
