// Whether any value, or all values, are true: not zero, so NaN is.
#include "reduce.h"

#define TRUE_REAL(v) ((v) != 0)
#define TRUE_HALF(v) (((v) & 0x7FFF) != 0)
#define TRUE_COMPLEX(v) (((v).re != 0) | ((v).im != 0))

#define DEFINE_TRUTH(DTYPE, TYPE, IS_TRUE)                                                             \
  TESSERA_INLINE void any_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,             \
                                        tessera_strip strip, const int masked) {                       \
    uint8_t *restrict found = (uint8_t *)to.memory + tile->first + strip.left;                         \
    const TYPE *in = tile->values;                                                                     \
    for (size_t r = 0; r < tile->rows; r++) {                                                          \
      const TYPE *restrict row = ROW(in, tile, strip, r);                                              \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                 \
      for (size_t c = 0; c < strip.width; c++)                                                         \
        found[c] |= (uint8_t)(IS_TRUE(row[c]) & (!masked || mask[c] != 0));                            \
    }                                                                                                  \
  }                                                                                                    \
  TESSERA_INLINE void all_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,             \
                                        tessera_strip strip, const int masked) {                       \
    uint8_t *restrict found = (uint8_t *)to.memory + tile->first + strip.left;                         \
    const TYPE *in = tile->values;                                                                     \
    for (size_t r = 0; r < tile->rows; r++) {                                                          \
      const TYPE *restrict row = ROW(in, tile, strip, r);                                              \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                 \
      for (size_t c = 0; c < strip.width; c++)                                                         \
        found[c] &= (uint8_t)(IS_TRUE(row[c]) | (masked && mask[c] == 0));                             \
    }                                                                                                  \
  }                                                                                                    \
  DEFINE_STRIPS(any_##DTYPE, any_strip_##DTYPE)                                                        \
  DEFINE_STRIPS(all_##DTYPE, all_strip_##DTYPE)

// Truth asks only for bits, so the sign of an integer is of no account.
DEFINE_TRUTH(byte, in_uint8, TRUE_REAL)
DEFINE_TRUTH(word, in_uint16, TRUE_REAL)
DEFINE_TRUTH(double_word, in_uint32, TRUE_REAL)
DEFINE_TRUTH(quad_word, in_uint64, TRUE_REAL)
DEFINE_TRUTH(half, in_uint16, TRUE_HALF)
DEFINE_TRUTH(float32, in_float32, TRUE_REAL)
DEFINE_TRUTH(float64, in_float64, TRUE_REAL)
DEFINE_TRUTH(complex64, in_complex64, TRUE_COMPLEX)
DEFINE_TRUTH(complex128, in_complex128, TRUE_COMPLEX)

#define CHOOSE(DTYPE) (all ? all_##DTYPE(to, tile) : any_##DTYPE(to, tile))

void tessera_truth_columns(int all, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: case 1: case 5: CHOOSE(byte); break;
    case 2: case 6: CHOOSE(word); break;
    case 3: case 7: CHOOSE(double_word); break;
    case 4: case 8: CHOOSE(quad_word); break;
    case 9: case 10: CHOOSE(half); break;
    case 11: CHOOSE(float32); break;
    case 12: CHOOSE(float64); break;
    case 13: CHOOSE(complex64); break;
    case 14: CHOOSE(complex128); break;
  }
}

void tessera_truth_merge(int all, tessera_accumulators to, const tessera_merger *merger) {
  uint8_t *found = (uint8_t *)to.memory + merger->first;
  const uint8_t *other = (const uint8_t *)merger->source.memory + merger->source_first;
  for (size_t i = 0; i < merger->count; i++) found[i] = all ? found[i] & other[i] : found[i] | other[i];
}
