// Counter-based random numbers: draws of Philox 4x64, and what distributions make of them.
#ifndef TESSERA_RANDOM_H
#define TESSERA_RANDOM_H

#include <stddef.h>
#include <stdint.h>

// Draws number first ..< first + count of the stream of `key`, in NumPy's order: draw i is word i % 4 of
// the block of counter i / 4 + 1.
void tessera_philox(const uint64_t key[2], uint64_t first, size_t count, uint64_t *draws);

// Each makes `count` adjacent elements of the draws; `target` need not be aligned.
// Multiples of 2^-53 in [0, 1).
void tessera_uniform64(size_t count, const uint64_t *draws, void *target);
// Multiples of 2^-bits in [0, 1), as float32, of 32-bit halves; `bits` is at most 24.
void tessera_uniform32(size_t count, const uint32_t *halves, unsigned bits, void *target);
// mean + deviation * z, as float64, z normal.
void tessera_normal(size_t count, const uint64_t *draws, double mean, double deviation, void *target);
// scale * x, as float64, x exponential.
void tessera_exponential(size_t count, const uint64_t *draws, double scale, void *target);
// low + floor(draw * span / 2^64), as 64-bit integers that wrap; span 0 stands for 2^64.
void tessera_integers(size_t count, const uint64_t *draws, uint64_t low, uint64_t span, void *target);
// ceil(x / -log(1 - p)), as int64, x exponential: the first success; the greatest int64 where it is greater.
void tessera_geometric(size_t count, const uint64_t *draws, double p, void *target);

// Tables for counts of a mean below 10: how many of `bounds` a word lies below. They return how many there are; p is at most
// one half.
enum { TESSERA_COUNT_BOUNDS = 63 };
size_t tessera_poisson_bounds(double mean, uint64_t bounds[TESSERA_COUNT_BOUNDS]);
size_t tessera_binomial_bounds(int64_t trials, double p, uint64_t bounds[TESSERA_COUNT_BOUNDS]);
// base + step * (how many bounds lie above the draw), as int64.
void tessera_counts(size_t count, const uint64_t *draws, const uint64_t *bounds, size_t length, int64_t base,
                    int64_t step, void *target);

// These make elements number first ..< first + count, each of as many draws as it happens to need, from a stream of its own:
// draws of the counters (1, i, 0, 1), (2, i, 0, 1) and so on, for element i.
// Standard Cauchy, gamma, beta, Fisher's F and Student's t, as float64.
void tessera_cauchy(const uint64_t key[2], uint64_t first, size_t count, void *target);
void tessera_gamma(const uint64_t key[2], uint64_t first, size_t count, double shape, double scale, void *target);
void tessera_beta(const uint64_t key[2], uint64_t first, size_t count, double a, double b, void *target);
void tessera_f(const uint64_t key[2], uint64_t first, size_t count, double numerator, double denominator, void *target);
void tessera_student_t(const uint64_t key[2], uint64_t first, size_t count, double freedom, void *target);
// Counts as int64: Poisson of a mean of at least 10; binomial with p at most one half and a mean of at least 10, as
// base + step * count; negative binomial, of any shape n and p.
void tessera_poisson(const uint64_t key[2], uint64_t first, size_t count, double mean, void *target);
void tessera_binomial(const uint64_t key[2], uint64_t first, size_t count, int64_t trials, double p, int64_t base,
                      int64_t step, void *target);
void tessera_negative_binomial(const uint64_t key[2], uint64_t first, size_t count, double n, double p, void *target);

#endif
