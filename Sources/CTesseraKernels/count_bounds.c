// Counts of a small mean, by inversion: a table says from one word how many there are.
#include "random_functions.h"
#include "tessera_random.h"

// Terms beyond these are less than 2^-64 for every mean below 10.
enum { TERMS = TESSERA_COUNT_BOUNDS + 1 };

// Bound n - 1 is the probability of n or more, in steps of 2^-64: added up from the least, so that the tail is exact.
static size_t bounds_of(const double probabilities[TERMS], uint64_t bounds[TESSERA_COUNT_BOUNDS]) {
  double sum = 0;
  for (int n = TERMS - 1; n > 0; n--) {
    sum += probabilities[n];
    bounds[n - 1] = sum < 1 ? (uint64_t)(sum * 0x1p64 + 0.5) : UINT64_MAX;
  }
  size_t length = 0;
  while (length < TESSERA_COUNT_BOUNDS && bounds[length] > 0) length++;
  return length;
}

size_t tessera_poisson_bounds(double mean, uint64_t bounds[TESSERA_COUNT_BOUNDS]) {
  double probabilities[TERMS];
  probabilities[0] = exponential(-mean);
  for (int n = 1; n < TERMS; n++) probabilities[n] = probabilities[n - 1] * mean / n;
  return bounds_of(probabilities, bounds);
}

size_t tessera_binomial_bounds(int64_t trials, double p, uint64_t bounds[TESSERA_COUNT_BOUNDS]) {
  double probabilities[TERMS];
  const double odds = p / (1 - p);
  probabilities[0] = exponential((double)trials * log_of_one_plus(-p));
  for (int n = 1; n < TERMS; n++) {
    const double left = trials >= n ? (double)(trials - n + 1) : 0;
    probabilities[n] = probabilities[n - 1] * left / n * odds;
  }
  return bounds_of(probabilities, bounds);
}
