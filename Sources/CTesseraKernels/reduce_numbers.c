// How many values are not NaN.
#include "reduce_order.h"
#include "reduce_rows.h"

#define KNOWN_INTEGER(x) ((void)(x), 1)
#define KNOWN_COMPLEX(x) !NAN_COMPLEX(x)

// So many rows are counted in fewer bits than accumulators have, in vectors of more numbers.
enum { FEW_ROWS = 1 << 16 };

#define DEFINE_NUMBERS(DTYPE, KNOWN)                                                                         \
  TESSERA_INLINE void numbers_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,               \
                                            tessera_strip strip, const int masked) {                         \
    const in_##DTYPE *in = tile->values;                                                                     \
    int64_t *restrict numbers = (int64_t *)to.memory + tile->first + strip.left;                             \
    int32_t few[STRIP];                                                                                      \
    for (size_t r = 0; r < tile->rows;) {                                                                    \
      memset(few, 0, strip.width * sizeof *few);                                                             \
      const size_t end = tile->rows - r < FEW_ROWS ? tile->rows : r + FEW_ROWS;                              \
      for (; r < end; r++) {                                                                                 \
        const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                            \
        const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                     \
        for (size_t c = 0; c < strip.width; c++)                                                             \
          few[c] += (!masked || mask[c] != 0) & KNOWN(LOAD_##DTYPE(row[c]));                                 \
      }                                                                                                      \
      for (size_t c = 0; c < strip.width; c++) numbers[c] += few[c];                                         \
    }                                                                                                        \
  }                                                                                                          \
  DEFINE_STRIPS(numbers_##DTYPE, numbers_strip_##DTYPE)                                                      \
  DEFINE_CHUNK_NUMBERS(DTYPE, KNOWN)                                                                         \
  TESSERA_INLINE void numbers_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x,         \
                                            size_t n) {                                                      \
    ((int64_t *)to.memory)[at] += chunk_numbers_##DTYPE(x, n);                                               \
  }                                                                                                          \
  DEFINE_ROWS(numbers_rows_##DTYPE, tessera_accumulators, DTYPE, numbers_chunk_##DTYPE)

#define DEFINE_INTEGER(DTYPE, TYPE, LEAST, GREATEST) DEFINE_NUMBERS(DTYPE, KNOWN_INTEGER)
#define DEFINE_REAL(DTYPE, TYPE, LEAST, GREATEST) DEFINE_NUMBERS(DTYPE, IS_NUMBER)
#define DEFINE_COMPLEX(DTYPE, TYPE, LEAST, GREATEST) DEFINE_NUMBERS(DTYPE, KNOWN_COMPLEX)
FOR_INTEGERS(DEFINE_INTEGER)
FOR_REALS(DEFINE_REAL)
FOR_COMPLEX(DEFINE_COMPLEX)

// By dtype (the macros keep the order of `DType`).
typedef struct {
  void (*columns)(tessera_accumulators to, const tessera_tile *tile);
  void (*rows)(tessera_accumulators to, const tessera_tile *tile);
} numbers_loops;

#define LOOPS(DTYPE, TYPE, LEAST, GREATEST) {numbers_##DTYPE, numbers_rows_##DTYPE},
static const numbers_loops loops[15] = {FOR_INTEGERS(LOOPS) FOR_REALS(LOOPS) FOR_COMPLEX(LOOPS)};

void tessera_numbers_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  loops[dtype].columns(to, tile);
}

void tessera_numbers_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  loops[dtype].rows(to, tile);
}
