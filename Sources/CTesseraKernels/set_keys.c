// Keys of elements as wide as the elements, for sets of them, and back.
#include "clones.h"
#include "tessera_sets.h"

typedef unsigned __int128 uint128_t;
typedef uint8_t in_8 TESSERA_UNALIGNED;
typedef uint16_t in_16 TESSERA_UNALIGNED;
typedef uint32_t in_32 TESSERA_UNALIGNED;
typedef uint64_t in_64 TESSERA_UNALIGNED;

#define SIGN(W) ((uint##W##_t)1 << (W - 1))

unsigned tessera_set_width(uint8_t dtype) {
  static const uint8_t widths[] = {2, 2, 2, 4, 8, 2, 2, 4, 8, 2, 2, 4, 8, 8, 16};
  return widths[dtype];
}

// As in order_statistics.c, but that the key of a NaN is as short as the others.
#define DEFINE_FLOAT(W, NAME, INFINITY_BITS, NAN_BITS)                                    \
  TESSERA_INLINE uint##W##_t key_##NAME(uint##W##_t bits) {                               \
    const uint##W##_t size = bits & (uint##W##_t)~SIGN(W);                                \
    const uint##W##_t negative = (uint##W##_t)-(bits >> (W - 1));                         \
    const uint##W##_t key = size == 0 ? SIGN(W) : bits ^ (negative | SIGN(W));            \
    return size > (uint##W##_t)(INFINITY_BITS) ? (uint##W##_t)-1 : key;                   \
  }                                                                                       \
  TESSERA_INLINE uint##W##_t bits_##NAME(uint##W##_t key) {                               \
    const uint##W##_t bits = key & SIGN(W) ? key ^ SIGN(W) : (uint##W##_t)~key;           \
    return key == (uint##W##_t)-1 ? (uint##W##_t)(NAN_BITS) : bits;                       \
  }
DEFINE_FLOAT(16, float16, 0x7C00, 0x7E00)
DEFINE_FLOAT(16, bfloat16, 0x7F80, 0x7FC0)
DEFINE_FLOAT(32, float32, 0x7F800000, 0x7FC00000)
DEFINE_FLOAT(64, float64, 0x7FF0000000000000, 0x7FF8000000000000)

// The parts of complex numbers without a NaN are the halves of the key. Above the greatest, infinity, upper halves are
// free for numbers with one.
#define DEFINE_COMPLEX(W, WIDE, NAME, INFINITY_KEY)                                       \
  TESSERA_INLINE uint##WIDE##_t key_complex##WIDE(uint##W##_t real, uint##W##_t imaginary) { \
    const uint##W##_t a = key_##NAME(real), b = key_##NAME(imaginary), nan = (uint##W##_t)-1; \
    const uint##W##_t kind = (uint##W##_t)(2 * (a == nan) + (b == nan));                  \
    const uint##W##_t upper = kind == 0 ? a : (uint##W##_t)(INFINITY_KEY) + kind;         \
    const uint##W##_t lower = kind == 3 ? 0 : kind == 1 ? a : b;                          \
    return (uint##WIDE##_t)upper << W | lower;                                            \
  }                                                                                       \
  TESSERA_INLINE void bits_complex##WIDE(uint##WIDE##_t key, in_##W *parts) {             \
    const uint##W##_t upper = (uint##W##_t)(key >> W), lower = (uint##W##_t)key;          \
    const uint##W##_t nan = (uint##W##_t)-1;                                              \
    const uint##W##_t kind = upper > (INFINITY_KEY) ? upper - (uint##W##_t)(INFINITY_KEY) : 0; \
    parts[0] = bits_##NAME(kind == 0 ? upper : kind == 1 ? lower : nan);                  \
    parts[1] = bits_##NAME(kind == 0 || kind == 2 ? lower : nan);                         \
  }
DEFINE_COMPLEX(32, 64, float32, 0xFF800000)
DEFINE_COMPLEX(64, 128, float64, 0xFFF0000000000000)

#define KEY_bool(v) ((v) != 0)
#define KEY_same(v) (v)
#define KEY_signed8(v) ((v) ^ SIGN(8))
#define KEY_signed16(v) ((v) ^ SIGN(16))
#define KEY_signed32(v) ((v) ^ SIGN(32))
#define KEY_signed64(v) ((v) ^ SIGN(64))

#define MAKE(W, KEY_BITS, KEY)                                                    \
  do {                                                                            \
    const in_##W *restrict in = values;                                           \
    uint##KEY_BITS##_t *restrict out = keys;                                      \
    for (size_t i = 0; i < count; i++) out[i] = (uint##KEY_BITS##_t)KEY(in[i]);   \
  } while (0)
#define MAKE_COMPLEX(W, WIDE)                                                     \
  do {                                                                            \
    const in_##W *restrict in = values;                                           \
    uint##WIDE##_t *restrict out = keys;                                          \
    for (size_t i = 0; i < count; i++) out[i] = key_complex##WIDE(in[2 * i], in[2 * i + 1]); \
  } while (0)

TESSERA_CLONES void tessera_set_keys(uint8_t dtype, size_t count, const void *restrict values,
                                     void *restrict keys) {
  switch (dtype) {
    case 0: MAKE(8, 16, KEY_bool); break;
    case 1: MAKE(8, 16, KEY_signed8); break;
    case 2: MAKE(16, 16, KEY_signed16); break;
    case 3: MAKE(32, 32, KEY_signed32); break;
    case 4: MAKE(64, 64, KEY_signed64); break;
    case 5: MAKE(8, 16, KEY_same); break;
    case 6: MAKE(16, 16, KEY_same); break;
    case 7: MAKE(32, 32, KEY_same); break;
    case 8: MAKE(64, 64, KEY_same); break;
    case 9: MAKE(16, 16, key_float16); break;
    case 10: MAKE(16, 16, key_bfloat16); break;
    case 11: MAKE(32, 32, key_float32); break;
    case 12: MAKE(64, 64, key_float64); break;
    case 13: MAKE_COMPLEX(32, 64); break;
    case 14: MAKE_COMPLEX(64, 128); break;
  }
}

#define RESTORE(KEY_BITS, W, VALUE)                                               \
  do {                                                                            \
    const uint##KEY_BITS##_t *restrict in = keys;                                 \
    in_##W *restrict out = values;                                                \
    for (size_t i = 0; i < count; i++) out[i] = (uint##W##_t)VALUE(in[i]);        \
  } while (0)
#define RESTORE_COMPLEX(W, WIDE)                                                  \
  do {                                                                            \
    const uint##WIDE##_t *restrict in = keys;                                     \
    in_##W *restrict out = values;                                                \
    for (size_t i = 0; i < count; i++) bits_complex##WIDE(in[i], out + 2 * i);    \
  } while (0)

TESSERA_CLONES void tessera_set_values(uint8_t dtype, size_t count, const void *restrict keys,
                                       void *restrict values) {
  switch (dtype) {
    case 0: case 5: RESTORE(16, 8, KEY_same); break;
    case 1: RESTORE(16, 8, KEY_signed8); break;
    case 2: RESTORE(16, 16, KEY_signed16); break;
    case 3: RESTORE(32, 32, KEY_signed32); break;
    case 4: RESTORE(64, 64, KEY_signed64); break;
    case 6: RESTORE(16, 16, KEY_same); break;
    case 7: RESTORE(32, 32, KEY_same); break;
    case 8: RESTORE(64, 64, KEY_same); break;
    case 9: RESTORE(16, 16, bits_float16); break;
    case 10: RESTORE(16, 16, bits_bfloat16); break;
    case 11: RESTORE(32, 32, bits_float32); break;
    case 12: RESTORE(64, 64, bits_float64); break;
    case 13: RESTORE_COMPLEX(32, 64); break;
    case 14: RESTORE_COMPLEX(64, 128); break;
  }
}

enum { LOOK = 64 };

// Whole groups are looked at by vector instructions, as most have no zero.
#define FIND_ZERO(W)                                                              \
  do {                                                                            \
    const in_##W *in = values;                                                    \
    size_t first = 0;                                                             \
    for (; count - first >= LOOK; first += LOOK) {                                \
      uint##W##_t found = 0;                                                      \
      for (size_t k = 0; k < LOOK; k++) found |= (uint##W##_t)(in[first + k] << 1) == 0; \
      if (found) break;                                                           \
    }                                                                             \
    while (first < count && (uint##W##_t)(in[first] << 1) != 0) first++;          \
    return first;                                                                 \
  } while (0)

TESSERA_CLONES size_t tessera_find_zero(uint8_t dtype, size_t count, const void *values) {
  switch (dtype) {
    case 9: case 10: FIND_ZERO(16);
    case 11: FIND_ZERO(32);
    case 12: FIND_ZERO(64);
    default: return count;
  }
}

#define COUNT_NEGATIVE_ZEROS(W)                                                                            \
  do {                                                                                                     \
    const in_##W *in = values;                                                                             \
    size_t found = 0;                                                                                      \
    for (size_t i = 0; i < count; i++) found += (uint##W##_t)(in[i]) == (uint##W##_t)((uint##W##_t)1 << (W - 1)); \
    return found;                                                                                          \
  } while (0)

TESSERA_CLONES size_t tessera_count_negative_zeros(uint8_t dtype, size_t count, const void *values) {
  switch (dtype) {
    case 9: case 10: COUNT_NEGATIVE_ZEROS(16);
    case 11: COUNT_NEGATIVE_ZEROS(32);
    case 12: COUNT_NEGATIVE_ZEROS(64);
    default: return 0;
  }
}
