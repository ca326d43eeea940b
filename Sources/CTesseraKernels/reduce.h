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

// Columns that are taken together, so that their accumulators stay in the first-level cache. Rows in memory that is read for
// the first time are taken in stretches of a page: of half a page they take a sixth longer (512 MiB of a mapped file, two
// threads, an AMD EPYC, a C loop that is not in the repository).
enum { STRIP = 1024 };

// The columns left ..< left + width of a tile, at most STRIP of them.
typedef struct {
  size_t left, width;
} tessera_strip;

// Which values of a tile count: all, those for which its mask has a byte that is not zero, or those that are not NaN.
enum { ALL, MASKED, NUMBERS };
#define IS_NUMBER(value) ((value) == (value))
#define COUNTS(counted, value, mask, at) \
  ((counted) == ALL || ((counted) == MASKED ? (mask)[at] != 0 : IS_NUMBER(value)))
// The same where there is no mask.
#define COUNTS_ALONE(counted, value) ((counted) == ALL || IS_NUMBER(value))

// Defines NAME(to, tile) by STRIP_CALL(to, tile, strip, counted), compiled once with masks and once without.
#define DEFINE_STRIPS(NAME, STRIP_CALL)                                                          \
  TESSERA_CLONES static void NAME(tessera_accumulators to, const tessera_tile *tile) {           \
    for (size_t left = 0; left < tile->columns; left += STRIP) {                                 \
      const size_t rest = tile->columns - left;                                                  \
      const tessera_strip strip = {left, rest < STRIP ? rest : STRIP};                           \
      if (tile->mask) {                                                                          \
        STRIP_CALL(to, tile, strip, MASKED);                                                     \
      } else {                                                                                   \
        STRIP_CALL(to, tile, strip, ALL);                                                        \
      }                                                                                          \
    }                                                                                            \
  }

// The same of floats, of which NaNs may be left out.
#define DEFINE_FLOAT_STRIPS(NAME, STRIP_CALL)                                                    \
  TESSERA_CLONES static void NAME##_numbers(tessera_accumulators to, const tessera_tile *tile) { \
    for (size_t left = 0; left < tile->columns; left += STRIP) {                                 \
      const size_t rest = tile->columns - left;                                                  \
      const tessera_strip strip = {left, rest < STRIP ? rest : STRIP};                           \
      STRIP_CALL(to, tile, strip, NUMBERS);                                                      \
    }                                                                                            \
  }                                                                                              \
  DEFINE_STRIPS(NAME##_counted, STRIP_CALL)                                                      \
  static void NAME(tessera_accumulators to, const tessera_tile *tile) {                          \
    (tile->skips_nan ? NAME##_numbers : NAME##_counted)(to, tile);                               \
  }

// Where a row of a strip begins.
#define ROW(in, tile, strip, r) ((in) + (r) * (tile)->columns + (strip).left)
// The same of the mask. Without a mask the pointer is never read.
#define MASK_ROW(tile, strip, r, masked) ((masked) == MASKED ? ROW((tile)->mask, tile, strip, r) : NULL)

#endif
