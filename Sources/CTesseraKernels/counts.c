// Counts of a large mean, by rejection: W. Hörmann's transformed rejection with squeeze, PTRS of "The transformed rejection
// method for generating Poisson random variables", Insurance: Mathematics and Economics 12 (1993),
// https://doi.org/10.1016/0167-6687(93)90997-4, and BTRS of "The generation of binomial random variates", Journal of
// Statistical Computation and Simulation 46 (1993), https://doi.org/10.1080/00949659308811496.
//
// Candidates are counted from the floor of the mean, in integers: no count is rounded, however large. Their probabilities are
// those of C. Loader, "Fast and accurate computation of binomial probabilities" (2000), which stay exact where logarithms of
// factorials would cancel.
#include "gamma.h"
#include "tessera_random.h"

typedef int64_t out_int64 TESSERA_UNALIGNED;

static const double TWO_PI = 0x1.921fb54442d18p+2;

// log(n!) less Stirling's approximation of it.
static double stirling_error(double n) {
  static const double SMALL[16] = {
      0, 8.1061466795327258220e-2, 4.1340695955409294094e-2, 2.7677925684998339149e-2, 2.0790672103765093112e-2,
      1.6644691189821192163e-2, 1.3876128823070747999e-2, 1.1896709945891770095e-2, 1.0411265261972096497e-2,
      9.2554621827127329177e-3, 8.3305634333628712565e-3, 7.5736754879518407950e-3, 6.9428401072095298657e-3,
      6.4089941880042070684e-3, 5.9513701127588477356e-3, 5.5547335519628013710e-3};
  if (n < 16) return SMALL[(int)n];
  const double inverse = 1 / n, square = inverse * inverse;
  double sum = 1.0 / 1188;
  sum = 1.0 / 1680 - sum * square;
  sum = 1.0 / 1260 - sum * square;
  sum = 1.0 / 360 - sum * square;
  return (1.0 / 12 - sum * square) * inverse;
}

// n log(n / mean) - n + mean, of which `deviation` is n - mean: Loader's bd0.
static double deviance(double n, double mean, double deviation) {
  if (n <= 0) return mean;
  const double sum = n + mean;
  if (__builtin_fabs(deviation) >= 0.1 * sum) return n * logarithm(n / mean) - deviation;
  const double part = deviation / sum, square = part * part;
  double total = deviation * part, term = 2 * n * part;
  for (int order = 3;; order += 2) {
    term *= square;
    const double next = total + term / order;
    if (next == total) return total;
    total = next;
  }
}

// A candidate of the transformed rejection: how far it lies from the floor of the mean, and how near the word's ends.
typedef struct {
  double offset, end;
} candidate;

static candidate candidate_of(uint64_t draw, double a, double b, double centre) {
  const double end = tail(draw), place = signed_by(draw, distance(draw));
  return (candidate){.offset = __builtin_floor((2 * a / end + b) * place + centre), .end = end};
}

typedef struct {
  double mean, fraction, a, b, inverse_alpha, squeeze;
  int64_t whole;
} poisson_parameters;

static poisson_parameters poisson_of_mean(double mean) {
  const double whole = __builtin_floor(mean);
  const double b = 0.931 + 2.53 * __builtin_sqrt(mean);
  return (poisson_parameters){
      .mean = mean, .fraction = mean - whole, .whole = (int64_t)whole, .a = -0.059 + 0.02483 * b, .b = b,
      .inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), .squeeze = 0.9277 - 3.6224 / (b - 2)};
}

static double poisson_log_probability(const poisson_parameters *poisson, double n, double deviation) {
  const double exponent = stirling_error(n) + deviance(n, poisson->mean, deviation);
  return n > 0 ? -exponent - logarithm(TWO_PI * n) / 2 : -exponent;
}

static int64_t poisson_number(const poisson_parameters *poisson, substream *stream) {
  for (;;) {
    const candidate found = candidate_of(next_draw(stream), poisson->a, poisson->b, poisson->fraction + 0.43);
    const double level = probability(next_draw(stream));
    const double n = (double)poisson->whole + found.offset;
    if (n < 0 || n >= 0x1p63) continue;
    const int64_t number = poisson->whole + (int64_t)found.offset;
    if (found.end >= 0.07 && level <= poisson->squeeze) return number;
    if (found.end < 0.013 && level > found.end) continue;
    const double hat = level * poisson->inverse_alpha / (poisson->a / (found.end * found.end) + poisson->b);
    if (logarithm(hat) <= poisson_log_probability(poisson, n, found.offset - poisson->fraction)) return number;
  }
}

typedef struct {
  double trials, mean, opposite, fraction, a, b, alpha, squeeze, greatest;
  int64_t whole;
} binomial_parameters;

// `deviation` is n - mean.
static double binomial_log_probability(const binomial_parameters *binomial, double n, double deviation) {
  const double rest = binomial->trials - n;
  const double exponent = stirling_error(n) + deviance(n, binomial->mean, deviation) + stirling_error(rest) +
                          deviance(rest, binomial->opposite, -deviation);
  if (n <= 0 || rest <= 0) return stirling_error(binomial->trials) - exponent;
  return stirling_error(binomial->trials) - exponent - logarithm(TWO_PI * n * (rest / binomial->trials)) / 2;
}

static binomial_parameters binomial_of(int64_t trials, double p) {
  const double mean = (double)trials * p, whole = __builtin_floor(mean);
  const double deviation = __builtin_sqrt(mean * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  binomial_parameters binomial = {
      .trials = (double)trials, .mean = mean, .opposite = (double)trials - mean, .fraction = mean - whole,
      .whole = (int64_t)whole, .a = -0.0873 + 0.0248 * b + 0.01 * p, .b = b,
      .alpha = (2.83 + 5.1 / b) * deviation, .squeeze = 0.92 - 4.2 / b};
  // The mode is floor(mean + p).
  const double mode = __builtin_floor(binomial.fraction + p);
  binomial.greatest = binomial_log_probability(&binomial, whole + mode, mode - binomial.fraction);
  return binomial;
}

static int64_t binomial_number(const binomial_parameters *binomial, substream *stream) {
  for (;;) {
    const candidate found = candidate_of(next_draw(stream), binomial->a, binomial->b, binomial->fraction + 0.5);
    const double level = probability(next_draw(stream));
    const double n = (double)binomial->whole + found.offset;
    if (n < 0 || n > binomial->trials) continue;
    const int64_t number = binomial->whole + (int64_t)found.offset;
    if (found.end >= 0.07 && level <= binomial->squeeze) return number;
    const double hat = level * binomial->alpha / (binomial->a / (found.end * found.end) + binomial->b);
    const double own = binomial_log_probability(binomial, n, found.offset - binomial->fraction);
    if (logarithm(hat) <= own - binomial->greatest) return number;
  }
}

// As many as exponential waiting times fit into the mean; by rejection if those are many.
static int64_t poisson_number_of(double mean, substream *stream) {
  if (mean >= 10) {
    // A gamma number of small shape may be beyond int64, though its mean and ten deviations together are not.
    const poisson_parameters poisson = poisson_of_mean(mean < 0x1.fffffffp+62 ? mean : 0x1.fffffffp+62);
    return poisson_number(&poisson, stream);
  }
  int64_t number = 0;
  for (double time = waiting_time(next_draw(stream)); time <= mean; time += waiting_time(next_draw(stream))) number++;
  return number;
}

void tessera_poisson(const uint64_t key[2], uint64_t first, size_t count, double mean, void *target) {
  const poisson_parameters poisson = poisson_of_mean(mean);
  EACH(out_int64, poisson_number(&poisson, stream))
}

void tessera_binomial(const uint64_t key[2], uint64_t first, size_t count, int64_t trials, double p, int64_t base,
                      int64_t step, void *target) {
  const binomial_parameters binomial = binomial_of(trials, p);
  EACH(out_int64, base + step * binomial_number(&binomial, stream))
}

// Poisson numbers, the mean of each of which is a gamma number.
void tessera_negative_binomial(const uint64_t key[2], uint64_t first, size_t count, double n, double p, void *target) {
  const gamma_parameters gamma = gamma_of_shape(n);
  const double scale = (1 - p) / p;
  EACH(out_int64, poisson_number_of(scale * gamma_number(gamma, stream), stream))
}
