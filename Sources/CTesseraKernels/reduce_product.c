// Products: integers wrap in 64 bits, floats are multiplied in double.
#include "reduce.h"

#define FACTOR(DTYPE, row, mask, c, masked, TYPE) \
  (!(masked) || (mask)[c] ? (TYPE)LOAD_##DTYPE((row)[c]) : (TYPE)1)

#define DEFINE_PRODUCT(DTYPE, TYPE)                                                                   \
  TESSERA_INLINE void product_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,        \
                                            tessera_strip strip, const int masked) {                  \
    const in_##DTYPE *in = tile->values;                                                              \
    TYPE *restrict product = (TYPE *)to.memory + tile->first + strip.left;                            \
    size_t r = 0;                                                                                     \
    for (; r + 4 <= tile->rows; r += 4) {                                                             \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                       \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                \
      const size_t n = tile->columns;                                                                 \
      for (size_t c = 0; c < strip.width; c++) {                                                      \
        const TYPE a = product[c] * FACTOR(DTYPE, row, mask, c, masked, TYPE);                        \
        const TYPE b = a * FACTOR(DTYPE, row, mask, c + n, masked, TYPE);                             \
        const TYPE d = b * FACTOR(DTYPE, row, mask, c + 2 * n, masked, TYPE);                         \
        product[c] = d * FACTOR(DTYPE, row, mask, c + 3 * n, masked, TYPE);                           \
      }                                                                                               \
    }                                                                                                 \
    for (; r < tile->rows; r++) {                                                                     \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                       \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                \
      for (size_t c = 0; c < strip.width; c++) product[c] *= FACTOR(DTYPE, row, mask, c, masked, TYPE); \
    }                                                                                                 \
  }                                                                                                   \
  DEFINE_STRIPS(product_##DTYPE, product_strip_##DTYPE)

// Wrapping products are unsigned ones: the bits are the same.
DEFINE_PRODUCT(bool, uint64_t)
DEFINE_PRODUCT(int8, uint64_t)
DEFINE_PRODUCT(int16, uint64_t)
DEFINE_PRODUCT(int32, uint64_t)
DEFINE_PRODUCT(int64, uint64_t)
DEFINE_PRODUCT(uint8, uint64_t)
DEFINE_PRODUCT(uint16, uint64_t)
DEFINE_PRODUCT(uint32, uint64_t)
DEFINE_PRODUCT(uint64, uint64_t)
DEFINE_PRODUCT(float16, double)
DEFINE_PRODUCT(bfloat16, double)
DEFINE_PRODUCT(float32, double)
DEFINE_PRODUCT(float64, double)

TESSERA_INLINE complex128 multiplied(complex128 a, double re, double im) {
  return (complex128){a.re * re - a.im * im, a.re * im + a.im * re};
}

#define DEFINE_COMPLEX_PRODUCT(DTYPE)                                                                 \
  TESSERA_INLINE void product_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,        \
                                            tessera_strip strip, const int masked) {                  \
    const in_##DTYPE *in = tile->values;                                                              \
    complex128 *restrict product = (complex128 *)to.memory + tile->first + strip.left;                \
    for (size_t r = 0; r < tile->rows; r++) {                                                         \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                       \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                \
      for (size_t c = 0; c < strip.width; c++)                                                        \
        if (!masked || mask[c]) product[c] = multiplied(product[c], row[c].re, row[c].im);            \
    }                                                                                                 \
  }                                                                                                   \
  DEFINE_STRIPS(product_##DTYPE, product_strip_##DTYPE)

DEFINE_COMPLEX_PRODUCT(complex64)
DEFINE_COMPLEX_PRODUCT(complex128)

void tessera_product_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: product_bool(to, tile); break;
    case 1: product_int8(to, tile); break;
    case 2: product_int16(to, tile); break;
    case 3: product_int32(to, tile); break;
    case 4: product_int64(to, tile); break;
    case 5: product_uint8(to, tile); break;
    case 6: product_uint16(to, tile); break;
    case 7: product_uint32(to, tile); break;
    case 8: product_uint64(to, tile); break;
    case 9: product_float16(to, tile); break;
    case 10: product_bfloat16(to, tile); break;
    case 11: product_float32(to, tile); break;
    case 12: product_float64(to, tile); break;
    case 13: product_complex64(to, tile); break;
    case 14: product_complex128(to, tile); break;
  }
}

void tessera_product_reset(uint8_t dtype, tessera_accumulators to) {
  for (size_t i = 0; i < to.capacity; i++) {
    if (dtype < 9) {
      ((uint64_t *)to.memory)[i] = 1;
    } else if (dtype < 13) {
      ((double *)to.memory)[i] = 1;
    } else {
      ((complex128 *)to.memory)[i] = (complex128){1, 0};
    }
  }
}

TESSERA_CLONES static void merge_integers(uint64_t *product, const uint64_t *other, size_t count) {
  for (size_t i = 0; i < count; i++) product[i] *= other[i];
}
TESSERA_CLONES static void merge_floats(double *product, const double *other, size_t count) {
  for (size_t i = 0; i < count; i++) product[i] *= other[i];
}
static void merge_complex(complex128 *product, const complex128 *other, size_t count) {
  for (size_t i = 0; i < count; i++) product[i] = multiplied(product[i], other[i].re, other[i].im);
}

void tessera_product_merge(uint8_t dtype, tessera_accumulators to, const tessera_merger *merger) {
  const void *other = merger->source.memory;
  const size_t first = merger->first, from = merger->source_first, count = merger->count;
  if (dtype < 9) {
    merge_integers((uint64_t *)to.memory + first, (const uint64_t *)other + from, count);
  } else if (dtype < 13) {
    merge_floats((double *)to.memory + first, (const double *)other + from, count);
  } else {
    merge_complex((complex128 *)to.memory + first, (const complex128 *)other + from, count);
  }
}
