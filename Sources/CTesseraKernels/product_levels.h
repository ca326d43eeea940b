// The loops of product_loops.h for one dtype and each instruction set, and `best_DTYPE`, which calls the best of them.
//
// The registers decide how large a tile of sums is: with 32 of 64 bytes 24 hold sums, with 16 of 32 or 16 bytes 12. So
// these are functions of their own rather than clones of one.

#define LEVEL_NAME_(dtype, level) dtype##_##level
#define LEVEL_NAME(dtype, level) LEVEL_NAME_(dtype, level)
#define LEVEL_CALL_(dtype, level) product_##dtype##_##level
#define LEVEL_CALL(dtype, level) LEVEL_CALL_(dtype, level)
#define BEST_(dtype) best_##dtype
#define BEST(dtype) BEST_(dtype)

#ifdef TESSERA_HAS_LEVELS
#define NAME LEVEL_NAME(DTYPE, v4)
// Otherwise the compiler keeps to registers of 32 bytes, which were faster on early processors of this level.
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define VECTOR 64
#define TILE_ROWS (12 / PARTS)
#include "product_loops.h"
#undef TARGET
#undef VECTOR
#undef TILE_ROWS

#define NAME LEVEL_NAME(DTYPE, v3)
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define VECTOR 32
#define TILE_ROWS (6 / PARTS)
#include "product_loops.h"
#undef TARGET
#undef VECTOR
#undef TILE_ROWS
#endif

#define NAME LEVEL_NAME(DTYPE, base)
#define TARGET
#define VECTOR 16
#define TILE_ROWS (6 / PARTS)
#include "product_loops.h"
#undef TARGET
#undef VECTOR
#undef TILE_ROWS

static void BEST(DTYPE)(size_t m, size_t n, size_t k, tessera_matrix a, tessera_matrix b, void *c, ptrdiff_t c_row,
                        int accumulates, void *scratch) {
#ifdef TESSERA_HAS_LEVELS
  if (__builtin_cpu_supports("x86-64-v4")) {
    return LEVEL_CALL(DTYPE, v4)(m, n, k, a, b, c, c_row, accumulates, scratch);
  }
  if (__builtin_cpu_supports("x86-64-v3")) {
    return LEVEL_CALL(DTYPE, v3)(m, n, k, a, b, c, c_row, accumulates, scratch);
  }
#endif
  LEVEL_CALL(DTYPE, base)(m, n, k, a, b, c, c_row, accumulates, scratch);
}

#undef LEVEL_NAME_
#undef LEVEL_NAME
#undef LEVEL_CALL_
#undef LEVEL_CALL
#undef BEST_
#undef BEST
#undef DTYPE
#undef ELEMENT
#undef PACKED
