// Complex elements. Products are the schoolbook's, quotients Smith's (https://doi.org/10.1145/368637.368661),
// order is lexicographic: all as in NumPy. Transcendental functions are the C library's.
#include "elementwise.h"

#include <complex.h>
#include <math.h>

#pragma STDC FP_CONTRACT OFF

// Z is one of `complex64` and `complex128`, C its part, S the suffix of C's functions.
#define DEFINE_BASICS(Z, C, S)                                                                      \
  TESSERA_INLINE Z z_##Z(C re, C im) { return (Z){re, im}; }                                        \
  TESSERA_INLINE C complex to_c_##Z(Z z) {                                                          \
    C complex value;                                                                                \
    memcpy(&value, &z, sizeof z);                                                                   \
    return value;                                                                                   \
  }                                                                                                 \
  TESSERA_INLINE Z of_c_##Z(C complex value) {                                                      \
    Z z;                                                                                            \
    memcpy(&z, &value, sizeof z);                                                                   \
    return z;                                                                                       \
  }                                                                                                 \
  TESSERA_INLINE int has_nan_##Z(Z z) { return z.re != z.re || z.im != z.im; }                      \
  TESSERA_INLINE Z multiply_##Z(Z x, Z y) {                                                         \
    return z_##Z(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);                             \
  }                                                                                                 \
  TESSERA_INLINE Z divide_##Z(Z x, Z y) {                                                           \
    const C re = fabs##S(y.re), im = fabs##S(y.im);                                                 \
    if (re == 0 && im == 0) return z_##Z(x.re / re, x.im / re);                                     \
    if (re >= im) {                                                                                 \
      const C ratio = y.im / y.re, scale = 1 / (y.re + y.im * ratio);                               \
      return z_##Z((x.re + x.im * ratio) * scale, (x.im - x.re * ratio) * scale);                   \
    }                                                                                               \
    const C ratio = y.re / y.im, scale = 1 / (y.im + y.re * ratio);                                 \
    return z_##Z((x.re * ratio + x.im) * scale, (x.im * ratio - x.re) * scale);                     \
  }                                                                                                 \
  TESSERA_INLINE Z reciprocal_##Z(Z z) {                                                            \
    if (fabs##S(z.im) <= fabs##S(z.re)) {                                                           \
      const C ratio = z.im / z.re, divisor = z.re + z.im * ratio;                                   \
      return z_##Z(1 / divisor, -ratio / divisor);                                                  \
    }                                                                                               \
    const C ratio = z.re / z.im, divisor = z.re * ratio + z.im;                                     \
    return z_##Z(ratio / divisor, -1 / divisor);                                                    \
  }                                                                                                 \
  /* z / |z|; along an axis from infinity that axis, from both NaN. */                              \
  TESSERA_INLINE Z sign_##Z(Z z) {                                                                  \
    const C size = hypot##S(z.re, z.im);                                                            \
    if (size == 0) return z_##Z(0, 0);                                                              \
    if (isfinite(size)) return z_##Z(z.re / size, z.im / size);                                     \
    if (isnan(size) || (isinf(z.re) && isinf(z.im))) return z_##Z((C)NAN, (C)NAN); \
    if (isinf(z.re)) return z_##Z(z.re > 0 ? 1 : -1, 0);                                            \
    if (isinf(z.im)) return z_##Z(0, z.im > 0 ? 1 : -1);                                            \
    return z_##Z((z.re / 2) / hypot##S(z.re / 2, z.im / 2), (z.im / 2) / hypot##S(z.re / 2, z.im / 2)); \
  }                                                                                                 \
  /* Small whole exponents multiply, all others go by logarithms. */                                \
  TESSERA_INLINE Z power_##Z(Z x, Z y) {                                                            \
    if (y.re == 0 && y.im == 0) return z_##Z(1, 0);                                                 \
    if (x.re == 0 && x.im == 0) return y.re > 0 ? z_##Z(0, 0) : z_##Z((C)NAN, (C)NAN);              \
    if (y.im != 0 || !(y.re > -100 && y.re < 100) || y.re != (C)(int)y.re)                          \
      return of_c_##Z(cpow##S(to_c_##Z(x), to_c_##Z(y)));                                           \
    if (y.re == 1) return x;                                                                        \
    if (y.re == 2) return multiply_##Z(x, x);                                                       \
    if (y.re == 3) return multiply_##Z(x, multiply_##Z(x, x));                                      \
    Z power = z_##Z(1, 0), base = x;                                                                \
    for (int rest = abs_int((int)y.re); rest != 0; rest >>= 1, base = multiply_##Z(base, base))     \
      if (rest & 1) power = multiply_##Z(power, base);                                              \
    return y.re < 0 ? divide_##Z(z_##Z(1, 0), power) : power;                                       \
  }                                                                                                 \
  TESSERA_INLINE Z expm1_##Z(Z z) {                                                                 \
    const C half = sin##S(z.im / 2);                                                                \
    return z_##Z(expm1##S(z.re) * cos##S(z.im) - 2 * half * half, exp##S(z.re) * sin##S(z.im));     \
  }                                                                                                 \
  TESSERA_INLINE Z scaled_##Z(Z z, C by) { return z_##Z(z.re * by, z.im * by); }                    \
  TESSERA_INLINE Z log_##Z(Z z) { return of_c_##Z(clog##S(to_c_##Z(z))); }                          \
  TESSERA_INLINE Z exp_##Z(Z z) { return of_c_##Z(cexp##S(to_c_##Z(z))); }                          \
  TESSERA_INLINE int is_less_##Z(Z x, Z y) {                                                        \
    return (x.re < y.re && x.im == x.im && y.im == y.im) || (x.re == y.re && x.im < y.im);          \
  }                                                                                                 \
  TESSERA_INLINE int is_at_most_##Z(Z x, Z y) {                                                     \
    return (x.re < y.re && x.im == x.im && y.im == y.im) || (x.re == y.re && x.im <= y.im);         \
  }

TESSERA_INLINE int abs_int(int value) { return value < 0 ? -value : value; }
TESSERA_INLINE int truth_complex64(complex64 z) { return z.re != 0 || z.im != 0; }
TESSERA_INLINE int truth_complex128(complex128 z) { return z.re != 0 || z.im != 0; }

#define LIBRARY(NAME, ROUTINE, Z) \
  case TESSERA_##NAME: SERIAL1(Z, Z, of_c_##Z(ROUTINE(to_c_##Z(x)))); break

#define DEFINE_UNARY(Z, PART, S)                                                                     \
  static void unary_##Z(uint8_t operation, size_t count, const void *a, void *result) {              \
    switch (operation) {                                                                             \
      case TESSERA_NEGATIVE: SERIAL1(Z, Z, z_##Z(-x.re, -x.im)); break;                              \
      case TESSERA_POSITIVE: SERIAL1(Z, Z, x); break;                                                \
      case TESSERA_ABSOLUTE: SERIAL1(Z, PART, hypot##S(x.re, x.im)); break;                          \
      case TESSERA_SIGN: SERIAL1(Z, Z, sign_##Z(x)); break;                                          \
      case TESSERA_SQUARE: SERIAL1(Z, Z, multiply_##Z(x, x)); break;                                 \
      case TESSERA_RECIPROCAL: SERIAL1(Z, Z, reciprocal_##Z(x)); break;                              \
      case TESSERA_RINT: SERIAL1(Z, Z, z_##Z(rint##S(x.re), rint##S(x.im))); break;                  \
      case TESSERA_CONJUGATE: SERIAL1(Z, Z, z_##Z(x.re, -x.im)); break;                              \
      case TESSERA_REAL: SERIAL1(Z, PART, x.re); break;                                              \
      case TESSERA_IMAGINARY: SERIAL1(Z, PART, x.im); break;                                         \
      case TESSERA_ANGLE: SERIAL1(Z, PART, atan2##S(x.im, x.re)); break;                             \
      case TESSERA_ISNAN: SERIAL1(Z, bool, has_nan_##Z(x)); break;                                   \
      case TESSERA_ISINF: SERIAL1(Z, bool, isinf(x.re) || isinf(x.im)); break;                       \
      case TESSERA_ISFINITE: SERIAL1(Z, bool, isfinite(x.re) && isfinite(x.im)); break;              \
      case TESSERA_LOGICAL_NOT: SERIAL1(Z, bool, !truth_##Z(x)); break;                              \
      default: transcendental_##Z(operation, count, a, result);                                      \
    }                                                                                                \
  }

#define DEFINE_TRANSCENDENTAL(Z, C, S)                                                               \
  static void transcendental_##Z(uint8_t operation, size_t count, const void *a, void *result) {     \
    switch (operation) {                                                                             \
      case TESSERA_EXP: SERIAL1(Z, Z, exp_##Z(x)); break;                                            \
      case TESSERA_EXP2: SERIAL1(Z, Z, exp_##Z(scaled_##Z(x, (C)0.69314718055994530942))); break;    \
      case TESSERA_EXPM1: SERIAL1(Z, Z, expm1_##Z(x)); break;                                        \
      case TESSERA_LOG: SERIAL1(Z, Z, log_##Z(x)); break;                                            \
      case TESSERA_LOG2: SERIAL1(Z, Z, scaled_##Z(log_##Z(x), (C)1.44269504088896340736)); break;    \
      case TESSERA_LOG10: SERIAL1(Z, Z, scaled_##Z(log_##Z(x), (C)0.43429448190325182765)); break;   \
      case TESSERA_LOG1P:                                                                            \
        SERIAL1(Z, Z, z_##Z(log##S(hypot##S(x.re + 1, x.im)), atan2##S(x.im, x.re + 1)));            \
        break;                                                                                       \
      LIBRARY(SQRT, csqrt##S, Z);                                                                    \
      LIBRARY(SIN, csin##S, Z);                                                                      \
      LIBRARY(COS, ccos##S, Z);                                                                      \
      LIBRARY(TAN, ctan##S, Z);                                                                      \
      LIBRARY(ARCSIN, casin##S, Z);                                                                  \
      LIBRARY(ARCCOS, cacos##S, Z);                                                                  \
      LIBRARY(ARCTAN, catan##S, Z);                                                                  \
      LIBRARY(SINH, csinh##S, Z);                                                                    \
      LIBRARY(COSH, ccosh##S, Z);                                                                    \
      LIBRARY(TANH, ctanh##S, Z);                                                                    \
      LIBRARY(ARCSINH, casinh##S, Z);                                                                \
      LIBRARY(ARCCOSH, cacosh##S, Z);                                                                \
      LIBRARY(ARCTANH, catanh##S, Z);                                                                \
    }                                                                                                \
  }

#define DEFINE_BINARY(Z)                                                                             \
  TESSERA_CLONES static void binary_##Z(uint8_t operation, size_t count, const void *a,              \
                                        const void *b, void *result) {                               \
    switch (operation) {                                                                             \
      case TESSERA_ADD: SERIAL2(Z, Z, z_##Z(x.re + y.re, x.im + y.im)); break;                       \
      case TESSERA_SUBTRACT: SERIAL2(Z, Z, z_##Z(x.re - y.re, x.im - y.im)); break;                  \
      case TESSERA_MULTIPLY: SERIAL2(Z, Z, multiply_##Z(x, y)); break;                               \
      case TESSERA_DIVIDE: SERIAL2(Z, Z, divide_##Z(x, y)); break;                                   \
      case TESSERA_POWER: SERIAL2(Z, Z, power_##Z(x, y)); break;                                     \
      case TESSERA_MAXIMUM: SERIAL2(Z, Z, is_at_most_##Z(y, x) || has_nan_##Z(x) ? x : y); break;    \
      case TESSERA_MINIMUM: SERIAL2(Z, Z, is_at_most_##Z(x, y) || has_nan_##Z(x) ? x : y); break;    \
      case TESSERA_FMAX: SERIAL2(Z, Z, is_at_most_##Z(y, x) || has_nan_##Z(y) ? x : y); break;       \
      case TESSERA_FMIN: SERIAL2(Z, Z, is_at_most_##Z(x, y) || has_nan_##Z(y) ? x : y); break;       \
      case TESSERA_EQUAL: SERIAL2(Z, bool, x.re == y.re && x.im == y.im); break;                     \
      case TESSERA_NOT_EQUAL: SERIAL2(Z, bool, x.re != y.re || x.im != y.im); break;                 \
      case TESSERA_LESS: SERIAL2(Z, bool, is_less_##Z(x, y)); break;                                 \
      case TESSERA_LESS_EQUAL: SERIAL2(Z, bool, is_at_most_##Z(x, y)); break;                        \
      case TESSERA_GREATER: SERIAL2(Z, bool, is_less_##Z(y, x)); break;                              \
      case TESSERA_GREATER_EQUAL: SERIAL2(Z, bool, is_at_most_##Z(y, x)); break;                     \
      case TESSERA_LOGICAL_AND: SERIAL2(Z, bool, truth_##Z(x) & truth_##Z(y)); break;                \
      case TESSERA_LOGICAL_OR: SERIAL2(Z, bool, truth_##Z(x) | truth_##Z(y)); break;                 \
      case TESSERA_LOGICAL_XOR: SERIAL2(Z, bool, truth_##Z(x) ^ truth_##Z(y)); break;                \
    }                                                                                                \
  }

DEFINE_BASICS(complex64, float, f)
DEFINE_BASICS(complex128, double, )
DEFINE_TRANSCENDENTAL(complex64, float, f)
DEFINE_TRANSCENDENTAL(complex128, double, )
DEFINE_UNARY(complex64, float32, f)
DEFINE_UNARY(complex128, float64, )
DEFINE_BINARY(complex64)
DEFINE_BINARY(complex128)

void tessera_unary_complex(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result) {
  switch (dtype) {
    case COMPLEX64: unary_complex64(operation, count, a, result); break;
    case COMPLEX128: unary_complex128(operation, count, a, result); break;
  }
}

void tessera_binary_complex(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                            void *result) {
  switch (dtype) {
    case COMPLEX64: binary_complex64(operation, count, a, b, result); break;
    case COMPLEX128: binary_complex128(operation, count, a, b, result); break;
  }
}
