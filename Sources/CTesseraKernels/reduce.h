// What the reductions share: elements of each dtype, and the ways over a tile.
#ifndef TESSERA_REDUCE_H
#define TESSERA_REDUCE_H

#include "clones.h"
#include "tessera_reductions.h"

#include <math.h>
#include <string.h>

// Every processor gives the same bits: no products are fused into sums.
#pragma clang fp contract(off)

typedef struct {
  float re, im;
} complex64;
typedef struct {
  double re, im;
} complex128;

// One element of each dtype, at any address.
typedef uint8_t in_bool TESSERA_UNALIGNED;
typedef int8_t in_int8 TESSERA_UNALIGNED;
typedef int16_t in_int16 TESSERA_UNALIGNED;
typedef int32_t in_int32 TESSERA_UNALIGNED;
typedef int64_t in_int64 TESSERA_UNALIGNED;
typedef uint8_t in_uint8 TESSERA_UNALIGNED;
typedef uint16_t in_uint16 TESSERA_UNALIGNED;
typedef uint32_t in_uint32 TESSERA_UNALIGNED;
typedef uint64_t in_uint64 TESSERA_UNALIGNED;
typedef _Float16 in_float16 TESSERA_UNALIGNED;
typedef uint16_t in_bfloat16 TESSERA_UNALIGNED;
typedef float in_float32 TESSERA_UNALIGNED;
typedef double in_float64 TESSERA_UNALIGNED;
typedef complex64 in_complex64 TESSERA_UNALIGNED;
typedef complex128 in_complex128 TESSERA_UNALIGNED;

TESSERA_INLINE float float_of_bfloat16(uint16_t upper) {
  const uint32_t bits = (uint32_t)upper << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// An element as the type it is reckoned in: the half types are float32, and stored bools become 0 or 1.
#define LOAD_bool(v) ((uint8_t)((v) != 0))
#define LOAD_int8(v) (v)
#define LOAD_int16(v) (v)
#define LOAD_int32(v) (v)
#define LOAD_int64(v) (v)
#define LOAD_uint8(v) (v)
#define LOAD_uint16(v) (v)
#define LOAD_uint32(v) (v)
#define LOAD_uint64(v) (v)
#define LOAD_float16(v) ((float)(v))
#define LOAD_bfloat16(v) float_of_bfloat16(v)
#define LOAD_float32(v) (v)
#define LOAD_float64(v) (v)
#define LOAD_complex64(v) (v)
#define LOAD_complex128(v) (v)

// Columns that are taken together, so that their accumulators stay in the first-level cache.
enum { STRIP = 512 };

// The columns left ..< left + width of a tile, at most STRIP of them.
typedef struct {
  size_t left, width;
} tessera_strip;

// Defines NAME(to, tile) by STRIP_CALL(masked), compiled once with masks and once without.
#define DEFINE_STRIPS(NAME, STRIP_CALL)                                                          \
  TESSERA_CLONES static void NAME(tessera_accumulators to, const tessera_tile *tile) {           \
    for (size_t left = 0; left < tile->columns; left += STRIP) {                                 \
      const size_t rest = tile->columns - left;                                                  \
      const tessera_strip strip = {left, rest < STRIP ? rest : STRIP};                           \
      if (tile->mask) {                                                                          \
        STRIP_CALL(to, tile, strip, 1);                                                          \
      } else {                                                                                   \
        STRIP_CALL(to, tile, strip, 0);                                                          \
      }                                                                                          \
    }                                                                                            \
  }

// Where a row of a strip begins.
#define ROW(in, tile, strip, r) ((in) + (r) * (tile)->columns + (strip).left)
// The same of the mask. Without a mask the pointer is never read.
#define MASK_ROW(tile, strip, r, masked) ((masked) ? ROW((tile)->mask, tile, strip, r) : NULL)

#endif
