// Philox 4x64 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011, https://doi.org/10.1145/2063384.2063405.
#include "clones.h"
#include "tessera_random.h"

#include <string.h>

enum { ROUNDS = 10, WORDS = 4 };

// One block of words; blocks do not depend on one another, so the processor works on several at once.
TESSERA_INLINE void block(const uint64_t keys[ROUNDS][2], uint64_t counter, uint64_t *out) {
  uint64_t x0 = counter, x1 = 0, x2 = 0, x3 = 0;
#pragma clang loop unroll(full)
  for (int round = 0; round < ROUNDS; round++) {
    const __uint128_t p0 = (__uint128_t)0xD2E7470EE14C6C93 * x0;
    const __uint128_t p1 = (__uint128_t)0xCA5A826395121157 * x2;
    x0 = (uint64_t)(p1 >> 64) ^ x1 ^ keys[round][0];
    x1 = (uint64_t)p1;
    x2 = (uint64_t)(p0 >> 64) ^ x3 ^ keys[round][1];
    x3 = (uint64_t)p0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

TESSERA_CLONES void tessera_philox(const uint64_t key[2], uint64_t first, size_t count, uint64_t *draws) {
  uint64_t keys[ROUNDS][2];
  for (int round = 0; round < ROUNDS; round++) {
    keys[round][0] = key[0] + (uint64_t)round * 0x9E3779B97F4A7C15;
    keys[round][1] = key[1] + (uint64_t)round * 0xBB67AE8584CAA73B;
  }
  uint64_t counter = first / WORDS + 1;
  uint64_t edge[WORDS];
  const size_t skipped = first % WORDS;
  if (skipped != 0 && count > 0) {
    const size_t taken = count < WORDS - skipped ? count : WORDS - skipped;
    block(keys, counter++, edge);
    memcpy(draws, edge + skipped, taken * sizeof *draws);
    draws += taken;
    count -= taken;
  }
  for (; count >= WORDS; count -= WORDS, draws += WORDS) block(keys, counter++, draws);
  if (count > 0) {
    block(keys, counter, edge);
    memcpy(draws, edge, count * sizeof *draws);
  }
}
