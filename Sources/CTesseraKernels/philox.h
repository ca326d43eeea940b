// Philox 4x64 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011, https://doi.org/10.1145/2063384.2063405.
#ifndef TESSERA_PHILOX_H
#define TESSERA_PHILOX_H

#include "clones.h"

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4 };

TESSERA_INLINE void philox_schedule(const uint64_t key[2], uint64_t keys[PHILOX_ROUNDS][2]) {
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    keys[round][0] = key[0] + (uint64_t)round * 0x9E3779B97F4A7C15;
    keys[round][1] = key[1] + (uint64_t)round * 0xBB67AE8584CAA73B;
  }
}

// One block of words, of a counter of four; blocks do not depend on one another, so the processor works on several at once.
TESSERA_INLINE void philox_block(const uint64_t keys[PHILOX_ROUNDS][2], uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3,
                                 uint64_t *out) {
#pragma clang loop unroll(full)
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
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

#endif
