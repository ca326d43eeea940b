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

#endif
