// CRC-32 (polynomial 0x04C11DB7, as in zlib, gzip and ZIP) and CRC-32C (0x1EDC6F41, as in iSCSI and
// Zarr), both reflected.
//
// Long inputs are folded by carry-less multiplication (Gopal et al. 2009, "Fast CRC Computation for
// Generic Polynomials Using PCLMULQDQ Instruction"): a block of 16 bytes is replaced by its product with
// x^d mod P, added to the block d bits further on, until one block is left; tables finish it. In
// reflected order the multiplier for x^n is the bit reversal of x^n mod P, shifted left by one; the low
// half of a block needs n = d + 32, the high half n = d - 32.

#include "tessera_bytes.h"
#include <pthread.h>
#include <string.h>

typedef struct {
  uint32_t polynomial;  // reflected
  uint64_t fold_2048[2], fold_512[2], fold_128[2];
  uint32_t table[8][256];
} Polynomial;

static Polynomial crc32_polynomial = {
    .polynomial = 0xEDB88320,
    .fold_2048 = {0x11542778A, 0x1322D1430},
    .fold_512 = {0x154442BD4, 0x1C6E41596},
    .fold_128 = {0x1751997D0, 0x0CCAA009E},
};

static Polynomial crc32c_polynomial = {
    .polynomial = 0x82F63B78,
    .fold_2048 = {0x0DCB17AA4, 0x0B9E02B86},
    .fold_512 = {0x0740EEF02, 0x09E4ADDF8},
    .fold_128 = {0x0F20C0DFE, 0x14CD00BD6},
};

// table[k][b] is the state after byte b and k zero bytes.
static void fill_tables(Polynomial *p) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? p->polynomial : 0);
    p->table[0][b] = crc;
  }
  for (int k = 1; k < 8; k++)
    for (int b = 0; b < 256; b++) {
      const uint32_t crc = p->table[k - 1][b];
      p->table[k][b] = (crc >> 8) ^ p->table[0][crc & 0xFF];
    }
}

static void fill_all_tables(void) {
  fill_tables(&crc32_polynomial);
  fill_tables(&crc32c_polynomial);
}

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

// Eight bytes a step, one table each ("slicing by eight"). `crc` is the bare state, not inverted.
static uint32_t slice(const Polynomial *p, uint32_t crc, const uint8_t *bytes, size_t count) {
  for (; count >= 8; bytes += 8, count -= 8) {
    crc ^= (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    crc = p->table[7][crc & 0xFF] ^ p->table[6][crc >> 8 & 0xFF] ^ p->table[5][crc >> 16 & 0xFF] ^
          p->table[4][crc >> 24] ^ p->table[3][bytes[4]] ^ p->table[2][bytes[5]] ^ p->table[1][bytes[6]] ^
          p->table[0][bytes[7]];
  }
  for (; count > 0; bytes++, count--) crc = (crc >> 8) ^ p->table[0][(crc ^ *bytes) & 0xFF];
  return crc;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define PCLMUL __attribute__((target("pclmul,sse4.1")))
#define VPCLMUL __attribute__((target("vpclmulqdq,avx512f,avx512vl,pclmul,sse4.1")))

PCLMUL static inline __m128i fold(__m128i block, __m128i by, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(block, by, 0x00);
  const __m128i high = _mm_clmulepi64_si128(block, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

static inline __attribute__((always_inline)) const __m128i *at(const uint8_t *bytes, size_t i) {
  return (const __m128i *)(bytes + 16 * i);
}

// Folds four blocks that follow one another, then every whole block after them, into one.
PCLMUL static uint32_t finish(
    const Polynomial *p, const __m128i lanes[4], const uint8_t *bytes, size_t count) {
  const __m128i by = _mm_loadu_si128((const __m128i *)p->fold_128);
  __m128i x = fold(lanes[0], by, lanes[1]);
  x = fold(x, by, lanes[2]);
  x = fold(x, by, lanes[3]);
  for (; count >= 16; bytes += 16, count -= 16) x = fold(x, by, _mm_loadu_si128(at(bytes, 0)));
  uint8_t last[16];
  _mm_storeu_si128((__m128i *)last, x);
  return slice(p, slice(p, 0, last, 16), bytes, count);
}

PCLMUL static uint32_t fold_narrow(const Polynomial *p, uint32_t crc, const uint8_t *bytes, size_t count) {
  const __m128i by = _mm_loadu_si128((const __m128i *)p->fold_512);
  __m128i x[4];
  for (int i = 0; i < 4; i++) x[i] = _mm_loadu_si128(at(bytes, i));
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)crc));
  for (bytes += 64, count -= 64; count >= 64; bytes += 64, count -= 64)
    for (int i = 0; i < 4; i++) x[i] = fold(x[i], by, _mm_loadu_si128(at(bytes, i)));
  return finish(p, x, bytes, count);
}

VPCLMUL static inline __m512i fold_wide_step(__m512i block, __m512i by, __m512i next) {
  const __m512i low = _mm512_clmulepi64_epi128(block, by, 0x00);
  const __m512i high = _mm512_clmulepi64_epi128(block, by, 0x11);
  return _mm512_ternarylogic_epi64(low, high, next, 0x96);  // exclusive or of the three
}

VPCLMUL static uint32_t fold_wide(const Polynomial *p, uint32_t crc, const uint8_t *bytes, size_t count) {
  __m512i by = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p->fold_2048));
  __m512i x[4];
  for (int i = 0; i < 4; i++) x[i] = _mm512_loadu_si512(bytes + 64 * i);
  x[0] = _mm512_xor_si512(x[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
  for (bytes += 256, count -= 256; count >= 256; bytes += 256, count -= 256)
    for (int i = 0; i < 4; i++) x[i] = fold_wide_step(x[i], by, _mm512_loadu_si512(bytes + 64 * i));
  by = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p->fold_512));
  __m512i y = x[0];
  for (int i = 1; i < 4; i++) y = fold_wide_step(y, by, x[i]);
  for (; count >= 64; bytes += 64, count -= 64) y = fold_wide_step(y, by, _mm512_loadu_si512(bytes));
  __m128i lanes[4];
  _mm512_storeu_si512(lanes, y);
  return finish(p, lanes, bytes, count);
}

static uint32_t update(const Polynomial *p, uint32_t crc, const uint8_t *bytes, size_t count) {
  if (count >= 256 && __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512vl"))
    return fold_wide(p, crc, bytes, count);
  if (count >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"))
    return fold_narrow(p, crc, bytes, count);
  return slice(p, crc, bytes, count);
}
#else
#define update slice
#endif

uint32_t tessera_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  pthread_once(&tables_once, fill_all_tables);
  return ~update(&crc32_polynomial, ~crc, bytes, count);
}

uint32_t tessera_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
  pthread_once(&tables_once, fill_all_tables);
  return ~update(&crc32c_polynomial, ~crc, bytes, count);
}

uint32_t tessera_crc32_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
  pthread_once(&tables_once, fill_all_tables);
  return ~slice(&crc32_polynomial, ~crc, bytes, count);
}

uint32_t tessera_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
  pthread_once(&tables_once, fill_all_tables);
  return ~slice(&crc32c_polynomial, ~crc, bytes, count);
}
