// Functions of one real element that need no mathematical library.
#include "elementwise.h"

#pragma STDC FP_CONTRACT OFF

// The integers below 2 in size are the only ones whose reciprocal is one; that of 0 is 0.
#define DEFINE_INTEGER(T, W)                                                                           \
  TESSERA_CLONES static void unary_##T(uint8_t operation, size_t count, const void *a, void *result) { \
    switch (operation) {                                                                               \
      case TESSERA_NEGATIVE: MAP1(T, T, (T##_t)((W)0 - (W)x)); break;                                  \
      case TESSERA_ABSOLUTE: MAP1(T, T, (T##_t)(x < 0 ? (W)0 - (W)x : (W)x)); break;                   \
      case TESSERA_SIGN: MAP1(T, T, (x > 0) - (x < 0)); break;                                         \
      case TESSERA_SQUARE: MAP1(T, T, (T##_t)((W)x * (W)x)); break;                                    \
      case TESSERA_RECIPROCAL: MAP1(T, T, x == 1 ? 1 : (T##_t)-1 < 0 && x == (T##_t)-1 ? x : 0); break;    \
      case TESSERA_RELU: MAP1(T, T, x > 0 ? x : 0); break;                                             \
      case TESSERA_INVERT: MAP1(T, T, ~x); break;                                                      \
      case TESSERA_LOGICAL_NOT: MAP1(T, bool, x == 0); break;                                          \
      case TESSERA_IMAGINARY: MAP1(T, T, ((void)x, 0)); break;                                           \
      case TESSERA_ISNAN: case TESSERA_ISINF: MAP1(T, bool, ((void)x, 0)); break;                      \
      case TESSERA_ISFINITE: MAP1(T, bool, ((void)x, 1)); break;                                       \
      case TESSERA_POSITIVE: case TESSERA_FLOOR: case TESSERA_CEIL: case TESSERA_TRUNC:                \
      case TESSERA_CONJUGATE: case TESSERA_REAL: MAP1(T, T, x); break;                                 \
    }                                                                                                  \
  }

#define DEFINE_FLOAT(T, C, PI)                                                                         \
  TESSERA_CLONES static void unary_##T(uint8_t operation, size_t count, const void *a, void *result) { \
    const C infinity = (C)__builtin_inf();                                                             \
    switch (operation) {                                                                               \
      case TESSERA_NEGATIVE: MAP1(T, T, -x); break;                                                    \
      case TESSERA_ABSOLUTE: MAP1(T, T, __builtin_elementwise_abs(x)); break;                          \
      case TESSERA_SIGN: MAP1(T, T, x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x); break;                   \
      case TESSERA_SQRT: MAP1(T, T, __builtin_elementwise_sqrt(x)); break;                             \
      case TESSERA_SQUARE: MAP1(T, T, x * x); break;                                                   \
      case TESSERA_RECIPROCAL: MAP1(T, T, 1 / x); break;                                               \
      case TESSERA_FLOOR: MAP1(T, T, __builtin_elementwise_floor(x)); break;                           \
      case TESSERA_CEIL: MAP1(T, T, __builtin_elementwise_ceil(x)); break;                             \
      case TESSERA_TRUNC: MAP1(T, T, __builtin_elementwise_trunc(x)); break;                           \
      case TESSERA_RINT: MAP1(T, T, __builtin_elementwise_rint(x)); break;                             \
      case TESSERA_ISNAN: MAP1(T, bool, x != x); break;                                                \
      case TESSERA_ISINF: MAP1(T, bool, __builtin_elementwise_abs(x) == infinity); break;              \
      case TESSERA_ISFINITE: MAP1(T, bool, __builtin_elementwise_abs(x) < infinity); break;            \
      case TESSERA_SIGNBIT: MAP1(T, bool, SIGN_##T(x)); break;                                         \
      case TESSERA_LOGICAL_NOT: MAP1(T, bool, x == 0); break;                                          \
      case TESSERA_RELU: MAP1(T, T, x > 0 || x != x ? x : 0); break;                                   \
      case TESSERA_IMAGINARY: MAP1(T, T, ((void)x, 0)); break;                                         \
      case TESSERA_ANGLE: MAP1(T, T, x != x ? x : SIGN_##T(x) ? (C)PI : 0); break;                     \
      case TESSERA_DEGREES: MAP1(T, T, x * (180 / (C)PI)); break;                                      \
      case TESSERA_RADIANS: MAP1(T, T, x * ((C)PI / 180)); break;                                      \
      case TESSERA_POSITIVE: case TESSERA_CONJUGATE: case TESSERA_REAL: MAP1(T, T, x); break;          \
    }                                                                                                  \
  }

#define SIGN_float32(x) (bits_of(x) >> 31)
#define SIGN_float64(x) (bits_of_double(x) >> 63)
TESSERA_INLINE uint64_t bits_of_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

DEFINE_INTEGER(int8, uint32_t)
DEFINE_INTEGER(int16, uint32_t)
DEFINE_INTEGER(int32, uint32_t)
DEFINE_INTEGER(int64, uint64_t)
DEFINE_INTEGER(uint8, uint32_t)
DEFINE_INTEGER(uint16, uint32_t)
DEFINE_INTEGER(uint32, uint32_t)
DEFINE_INTEGER(uint64, uint64_t)
DEFINE_FLOAT(float32, float, 3.14159265358979323846)
DEFINE_FLOAT(float64, double, 3.14159265358979323846)

TESSERA_CLONES static void unary_bool(uint8_t operation, size_t count, const void *a, void *result) {
  switch (operation) {
    case TESSERA_ABSOLUTE: case TESSERA_FLOOR: case TESSERA_CEIL: case TESSERA_TRUNC: case TESSERA_REAL:
      MAP1(bool, bool, x != 0);
      break;
    case TESSERA_LOGICAL_NOT: case TESSERA_INVERT: MAP1(bool, bool, x == 0); break;
    case TESSERA_ISNAN: case TESSERA_ISINF: case TESSERA_IMAGINARY: memset(result, 0, count); break;
    case TESSERA_ISFINITE: memset(result, 1, count); break;
  }
}

void tessera_unary_real(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result) {
  switch (dtype) {
    case BOOL: unary_bool(operation, count, a, result); break;
    case INT8: unary_int8(operation, count, a, result); break;
    case INT16: unary_int16(operation, count, a, result); break;
    case INT32: unary_int32(operation, count, a, result); break;
    case INT64: unary_int64(operation, count, a, result); break;
    case UINT8: unary_uint8(operation, count, a, result); break;
    case UINT16: unary_uint16(operation, count, a, result); break;
    case UINT32: unary_uint32(operation, count, a, result); break;
    case UINT64: unary_uint64(operation, count, a, result); break;
    case FLOAT32: unary_float32(operation, count, a, result); break;
    case FLOAT64: unary_float64(operation, count, a, result); break;
  }
}
