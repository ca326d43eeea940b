// Arithmetic of two reals: integers wrap and divide by zero to zero, floats follow IEEE 754; floored
// division and its remainder have Python's signs.
#include "elementwise.h"

#include <math.h>

// A product and a sum are rounded apart, so that every instruction set gives the same bits.
#pragma STDC FP_CONTRACT OFF

// Quotient toward zero of integers, y neither 0 nor -1. Short ones divide as floats, which vectorises; the
// quotient is exact, for a fraction of 1/y is more than the float's rounding.
#define DIVIDE_SHORT(x, y) ((int32_t)((float)(x) / (float)(y)))
#define DIVIDE_WORD(x, y) ((int64_t)((double)(x) / (double)(y)))
#define DIVIDE_LONG(x, y) ((x) / (y))

// W wraps: an unsigned type of at least T's width and int's.
#define DEFINE_DIVISION(T, W, DIVIDE)                                                       \
  TESSERA_INLINE T##_t quotient_##T(T##_t x, T##_t y) {                                     \
    const T##_t minus_one = (T##_t)-1;                                                      \
    const int is_negation = minus_one < 0 && y == minus_one;                                \
    const T##_t divisor = y == 0 || is_negation ? 1 : y;                                    \
    const T##_t q = (T##_t)DIVIDE(x, divisor);                                              \
    return is_negation ? (T##_t)((W)0 - (W)x) : q;                                          \
  }                                                                                         \
  TESSERA_INLINE T##_t fmod_##T(T##_t x, T##_t y) {                                         \
    return y == 0 ? 0 : (T##_t)((W)x - (W)quotient_##T(x, y) * (W)y);                       \
  }                                                                                         \
  TESSERA_INLINE T##_t floor_divide_##T(T##_t x, T##_t y) {                                 \
    const T##_t q = quotient_##T(x, y), r = (T##_t)((W)x - (W)q * (W)y);                    \
    const int below = r != 0 && (r < 0) != (y < 0);                                         \
    return y == 0 ? 0 : (T##_t)((W)q - (W)below);                                           \
  }                                                                                         \
  TESSERA_INLINE T##_t remainder_##T(T##_t x, T##_t y) {                                    \
    const T##_t r = fmod_##T(x, y);                                                         \
    return r != 0 && (r < 0) != (y < 0) ? (T##_t)((W)r + (W)y) : r;                         \
  }                                                                                         \
  /* By repeated squaring; callers see to it that no exponent is negative. */               \
  TESSERA_INLINE T##_t power_##T(T##_t x, T##_t y) {                                        \
    W base = (W)x, power = 1;                                                               \
    for (W rest = (W)y; rest != 0; rest >>= 1, base *= base) power *= rest & 1 ? base : 1;  \
    return (T##_t)power;                                                                    \
  }

#define DEFINE_INTEGER(T, W, DIVIDE)                                                                 \
  DEFINE_DIVISION(T, W, DIVIDE)                                                                      \
  TESSERA_CLONES static void arithmetic_##T(uint8_t operation, size_t count, const void *a,          \
                                            const void *b, void *result) {                           \
    switch (operation) {                                                                             \
      case TESSERA_ADD: MAP2(T, T, (T##_t)((W)x + (W)y)); break;                                     \
      case TESSERA_SUBTRACT: MAP2(T, T, (T##_t)((W)x - (W)y)); break;                                \
      case TESSERA_MULTIPLY: MAP2(T, T, (T##_t)((W)x * (W)y)); break;                                \
      case TESSERA_FLOOR_DIVIDE: MAP2(T, T, floor_divide_##T(x, y)); break;                          \
      case TESSERA_REMAINDER: MAP2(T, T, remainder_##T(x, y)); break;                                \
      case TESSERA_FMOD: MAP2(T, T, fmod_##T(x, y)); break;                                          \
      case TESSERA_POWER: SERIAL2(T, T, power_##T(x, y)); break;                                        \
      case TESSERA_MAXIMUM: case TESSERA_FMAX: MAP2(T, T, x >= y ? x : y); break;                    \
      case TESSERA_MINIMUM: case TESSERA_FMIN: MAP2(T, T, x <= y ? x : y); break;                    \
    }                                                                                                \
  }

// The remainder is exact where fmod is; a quotient that is nearly whole is taken for whole, as in NumPy.
#define DEFINE_FLOAT(T, C, S)                                                                        \
  TESSERA_INLINE C remainder_##T(C x, C y) {                                                         \
    const C r = fmod##S(x, y);                                                                       \
    if (y == 0) return r;                                                                            \
    if (r == 0) return copysign##S(0, y);                                                            \
    return (r < 0) != (y < 0) ? r + y : r;                                                           \
  }                                                                                                  \
  TESSERA_INLINE C floor_divide_##T(C x, C y) {                                                      \
    if (y == 0) return x / y;                                                                        \
    const C r = fmod##S(x, y);                                                                       \
    const C q = (x - r) / y - (r != 0 && (y < 0) != (r < 0) ? 1 : 0);                                \
    if (q == 0) return copysign##S(0, x / y);                                                        \
    const C whole = floor##S(q);                                                                     \
    return q - whole > (C)0.5 ? whole + 1 : whole;                                                   \
  }                                                                                                  \
  TESSERA_CLONES static void arithmetic_##T(uint8_t operation, size_t count, const void *a,          \
                                            const void *b, void *result) {                           \
    switch (operation) {                                                                             \
      case TESSERA_ADD: MAP2(T, T, x + y); break;                                                    \
      case TESSERA_SUBTRACT: MAP2(T, T, x - y); break;                                               \
      case TESSERA_MULTIPLY: MAP2(T, T, x * y); break;                                               \
      case TESSERA_DIVIDE: MAP2(T, T, x / y); break;                                                 \
      case TESSERA_FLOOR_DIVIDE: SERIAL2(T, T, floor_divide_##T(x, y)); break;                          \
      case TESSERA_REMAINDER: SERIAL2(T, T, remainder_##T(x, y)); break;                                \
      case TESSERA_FMOD: SERIAL2(T, T, fmod##S(x, y)); break;                                           \
      case TESSERA_MAXIMUM: MAP2(T, T, x >= y || x != x ? x : y); break;                             \
      case TESSERA_MINIMUM: MAP2(T, T, x <= y || x != x ? x : y); break;                             \
      case TESSERA_FMAX: MAP2(T, T, x >= y || y != y ? x : y); break;                                \
      case TESSERA_FMIN: MAP2(T, T, x <= y || y != y ? x : y); break;                                \
      case TESSERA_COPYSIGN: MAP2(T, T, __builtin_elementwise_copysign(x, y)); break;                \
    }                                                                                                \
  }

DEFINE_INTEGER(int8, uint32_t, DIVIDE_SHORT)
DEFINE_INTEGER(int16, uint32_t, DIVIDE_SHORT)
DEFINE_INTEGER(int32, uint32_t, DIVIDE_WORD)
DEFINE_INTEGER(int64, uint64_t, DIVIDE_LONG)
DEFINE_INTEGER(uint8, uint32_t, DIVIDE_SHORT)
DEFINE_INTEGER(uint16, uint32_t, DIVIDE_SHORT)
DEFINE_INTEGER(uint32, uint32_t, DIVIDE_WORD)
DEFINE_INTEGER(uint64, uint64_t, DIVIDE_LONG)
DEFINE_FLOAT(float32, float, f)
DEFINE_FLOAT(float64, double, )

TESSERA_CLONES static void arithmetic_bool(uint8_t operation, size_t count, const void *a, const void *b,
                                           void *result) {
  switch (operation) {
    case TESSERA_ADD: case TESSERA_MAXIMUM: case TESSERA_FMAX: MAP2(bool, bool, (x | y) != 0); break;
    case TESSERA_MULTIPLY: case TESSERA_MINIMUM: case TESSERA_FMIN:
      MAP2(bool, bool, (x != 0) & (y != 0));
      break;
  }
}

void tessera_arithmetic(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                        void *result) {
  switch (dtype) {
    case BOOL: arithmetic_bool(operation, count, a, b, result); break;
    case INT8: arithmetic_int8(operation, count, a, b, result); break;
    case INT16: arithmetic_int16(operation, count, a, b, result); break;
    case INT32: arithmetic_int32(operation, count, a, b, result); break;
    case INT64: arithmetic_int64(operation, count, a, b, result); break;
    case UINT8: arithmetic_uint8(operation, count, a, b, result); break;
    case UINT16: arithmetic_uint16(operation, count, a, b, result); break;
    case UINT32: arithmetic_uint32(operation, count, a, b, result); break;
    case UINT64: arithmetic_uint64(operation, count, a, b, result); break;
    case FLOAT32: arithmetic_float32(operation, count, a, b, result); break;
    case FLOAT64: arithmetic_float64(operation, count, a, b, result); break;
  }
}
