// Bits of two integers or bools. Shifts by the width or more push every bit out.
#include "elementwise.h"

// U is T without a sign; a negative count of bits is, as unsigned, more than the width.
#define DEFINE_BITWISE(T, U)                                                                         \
  TESSERA_INLINE T##_t left_shift_##T(T##_t x, T##_t y) {                                            \
    return (U##_t)y < 8 * sizeof(T##_t) ? (T##_t)((U##_t)x << (U##_t)y) : 0;                         \
  }                                                                                                  \
  TESSERA_INLINE T##_t right_shift_##T(T##_t x, T##_t y) {                                           \
    const U##_t most = 8 * sizeof(T##_t) - 1;                                                        \
    return (T##_t)-1 < 0 || (U##_t)y <= most ? x >> ((U##_t)y <= most ? (U##_t)y : most) : 0;        \
  }                                                                                                  \
  TESSERA_CLONES static void bitwise_##T(uint8_t operation, size_t count, const void *a,             \
                                         const void *b, void *result) {                              \
    switch (operation) {                                                                             \
      case TESSERA_BITWISE_AND: MAP2(T, T, x & y); break;                                            \
      case TESSERA_BITWISE_OR: MAP2(T, T, x | y); break;                                             \
      case TESSERA_BITWISE_XOR: MAP2(T, T, x ^ y); break;                                            \
      case TESSERA_LEFT_SHIFT: MAP2(T, T, left_shift_##T(x, y)); break;                              \
      case TESSERA_RIGHT_SHIFT: MAP2(T, T, right_shift_##T(x, y)); break;                            \
    }                                                                                                \
  }

DEFINE_BITWISE(int8, uint8)
DEFINE_BITWISE(int16, uint16)
DEFINE_BITWISE(int32, uint32)
DEFINE_BITWISE(int64, uint64)
DEFINE_BITWISE(uint8, uint8)
DEFINE_BITWISE(uint16, uint16)
DEFINE_BITWISE(uint32, uint32)
DEFINE_BITWISE(uint64, uint64)

TESSERA_CLONES static void bitwise_bool(uint8_t operation, size_t count, const void *a, const void *b,
                                        void *result) {
  switch (operation) {
    case TESSERA_BITWISE_AND: MAP2(bool, bool, (x != 0) & (y != 0)); break;
    case TESSERA_BITWISE_OR: MAP2(bool, bool, (x | y) != 0); break;
    case TESSERA_BITWISE_XOR: MAP2(bool, bool, (x != 0) ^ (y != 0)); break;
  }
}

void tessera_bitwise(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                     void *result) {
  switch (dtype) {
    case BOOL: bitwise_bool(operation, count, a, b, result); break;
    case INT8: bitwise_int8(operation, count, a, b, result); break;
    case INT16: bitwise_int16(operation, count, a, b, result); break;
    case INT32: bitwise_int32(operation, count, a, b, result); break;
    case INT64: bitwise_int64(operation, count, a, b, result); break;
    case UINT8: bitwise_uint8(operation, count, a, b, result); break;
    case UINT16: bitwise_uint16(operation, count, a, b, result); break;
    case UINT32: bitwise_uint32(operation, count, a, b, result); break;
    case UINT64: bitwise_uint64(operation, count, a, b, result); break;
  }
}

#define ANY_NEGATIVE(T)                                       \
  do {                                                        \
    const in_##T *in = a;                                     \
    T##_t all = 0;                                            \
    for (size_t i = 0; i < count; i++) all |= in[i];          \
    return all < 0;                                           \
  } while (0)

TESSERA_CLONES int tessera_has_negative(uint8_t dtype, size_t count, const void *a) {
  switch (dtype) {
    case INT8: ANY_NEGATIVE(int8);
    case INT16: ANY_NEGATIVE(int16);
    case INT32: ANY_NEGATIVE(int32);
    case INT64: ANY_NEGATIVE(int64);
    default: return 0;
  }
}
