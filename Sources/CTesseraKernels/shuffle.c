// Byte and bit shuffles.
//
// T vectors of 16 bytes hold 16 elements of T bytes. Number their bytes with 4 + log2 T bits: elements
// lie in order when the element's index is on top, planes when the byte's place in the element is. A perfect
// shuffle ("zip") of the two halves rotates those bits left by one, its inverse ("unzip") right; so
// log2 T zips turn planes into elements, and log2 T unzips, or 4 zips, turn elements into planes.

#include "tessera_bytes.h"

#include "clones.h"
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16 };
typedef uint8_t Vector __attribute__((vector_size(LANES)));

INLINE Vector load(const uint8_t *p) {
  Vector v;
  memcpy(&v, p, LANES);
  return v;
}

INLINE void store(uint8_t *p, Vector v) { memcpy(p, &v, LANES); }

INLINE Vector zip_low(Vector a, Vector b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

INLINE Vector zip_high(Vector a, Vector b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

INLINE Vector evens(Vector a, Vector b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

INLINE Vector odds(Vector a, Vector b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

INLINE void zip(Vector *v, const int t) {
  Vector w[16];
#pragma clang loop unroll(full)
  for (int j = 0; j < t / 2; j++) {
    w[2 * j] = zip_low(v[j], v[j + t / 2]);
    w[2 * j + 1] = zip_high(v[j], v[j + t / 2]);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < t; j++) v[j] = w[j];
}

INLINE void unzip(Vector *v, const int t) {
  Vector w[16];
#pragma clang loop unroll(full)
  for (int j = 0; j < t / 2; j++) {
    w[j] = evens(v[2 * j], v[2 * j + 1]);
    w[j + t / 2] = odds(v[2 * j], v[2 * j + 1]);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < t; j++) v[j] = w[j];
}

// Elements that do not fill a vector, and sizes that are no power of two: 16 bytes of one plane at a time
// keep both sides in few cache lines.
INLINE void shuffle_rest(const uint8_t *in, uint8_t *out, size_t t, size_t n, size_t from) {
  for (size_t base = from; base < n; base += LANES) {
    const size_t end = n - base < LANES ? n : base + LANES;
    for (size_t k = 0; k < t; k++)
      for (size_t i = base; i < end; i++) out[k * n + i] = in[i * t + k];
  }
}

INLINE void unshuffle_rest(const uint8_t *const *in, uint8_t *out, size_t t, size_t n, size_t from) {
  for (size_t base = from; base < n; base += LANES) {
    const size_t end = n - base < LANES ? n : base + LANES;
    for (size_t k = 0; k < t; k++)
      for (size_t i = base; i < end; i++) out[i * t + k] = in[k][i];
  }
}

INLINE void shuffle(const uint8_t *in, uint8_t *out, const int t, const int zips, const int unzips, size_t n) {
  size_t i = 0;
  for (; n - i >= LANES; i += LANES) {
    Vector v[16];
#pragma clang loop unroll(full)
    for (int j = 0; j < t; j++) v[j] = load(in + i * t + j * LANES);
#pragma clang loop unroll(full)
    for (int stage = 0; stage < zips; stage++) zip(v, t);
#pragma clang loop unroll(full)
    for (int stage = 0; stage < unzips; stage++) unzip(v, t);
#pragma clang loop unroll(full)
    for (int j = 0; j < t; j++) store(out + j * n + i, v[j]);
  }
  shuffle_rest(in, out, t, n, i);
}

INLINE void unshuffle(const uint8_t *const *in, uint8_t *out, const int t, const int zips, size_t n) {
  size_t i = 0;
  for (; n - i >= LANES; i += LANES) {
    Vector v[16];
#pragma clang loop unroll(full)
    for (int j = 0; j < t; j++) v[j] = load(in[j] + i);
#pragma clang loop unroll(full)
    for (int stage = 0; stage < zips; stage++) zip(v, t);
#pragma clang loop unroll(full)
    for (int j = 0; j < t; j++) store(out + i * t + j * LANES, v[j]);
  }
  unshuffle_rest(in, out, t, n, i);
}

void tessera_shuffle(const uint8_t *elements, uint8_t *planes, size_t typesize, size_t count) {
  switch (typesize) {
    case 1: memcpy(planes, elements, count); break;
    case 2: shuffle(elements, planes, 2, 0, 1, count); break;
    case 4: shuffle(elements, planes, 4, 0, 2, count); break;
    case 8: shuffle(elements, planes, 8, 0, 3, count); break;
    case 16: shuffle(elements, planes, 16, 4, 0, count); break;
    default: shuffle_rest(elements, planes, typesize, count, 0);
  }
}

void tessera_unshuffle(const uint8_t *const *planes, uint8_t *elements, size_t typesize, size_t count) {
  switch (typesize) {
    case 1: memcpy(elements, planes[0], count); break;
    case 2: unshuffle(planes, elements, 2, 1, count); break;
    case 4: unshuffle(planes, elements, 4, 2, count); break;
    case 8: unshuffle(planes, elements, 8, 3, count); break;
    case 16: unshuffle(planes, elements, 16, 4, count); break;
    default: unshuffle_rest(planes, elements, typesize, count, 0);
  }
}

// The zips run at the speed of the cache as they are (30 to 60 GB/s for 4-byte elements); only the bit
// transposition gains from wider vectors (from 7 to 19 GB/s for the whole bit unshuffle).

// Transposes 8x8 bits, one byte a row, in each of `count` groups of 8 bytes: bit i of byte j becomes
// bit j of byte i (Hacker's Delight, 2nd edition, section 7-3, on little-endian words).
TESSERA_CLONES
static void transpose_bits(uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t x, t;
    memcpy(&x, bytes + 8 * i, 8);
    t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAULL;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCULL;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ULL;
    x ^= t ^ (t << 28);
    memcpy(bytes + 8 * i, &x, 8);
  }
}

void tessera_bit_shuffle(const uint8_t *elements, uint8_t *rows, uint8_t *work, size_t typesize, size_t count) {
  tessera_shuffle(elements, work, typesize, count);
  transpose_bits(work, typesize * (count / 8));
  for (size_t k = 0; k < typesize; k++) tessera_shuffle(work + k * count, rows + k * count, 8, count / 8);
}

void tessera_bit_unshuffle(const uint8_t *rows, uint8_t *elements, uint8_t *work, size_t typesize, size_t count) {
  const uint8_t *planes[256];
  for (size_t k = 0; k < typesize; k++) {
    const uint8_t *group[8];
    for (size_t b = 0; b < 8; b++) group[b] = rows + k * count + b * (count / 8);
    tessera_unshuffle(group, work + k * count, 8, count / 8);
    planes[k] = work + k * count;
  }
  transpose_bits(work, typesize * (count / 8));
  tessera_unshuffle(planes, elements, typesize, count);
}
