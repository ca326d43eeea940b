// What the reductions share: elements of each dtype, and the ways over a tile.
#ifndef TESSERA_REDUCE_H
#define TESSERA_REDUCE_H

#include "elements.h"
#include "tessera_reductions.h"

#include <math.h>
#include <string.h>

// Every processor gives the same bits: no products are fused into sums.
#pragma clang fp contract(off)
// The baseline instruction set lacks what some loops need to be vectors; there they stay loops.
#pragma clang diagnostic ignored "-Wpass-failed"

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
#define LOAD_bfloat16(v) float_of((uint32_t)(v) << 16)
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
