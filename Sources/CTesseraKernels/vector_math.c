// The C library's mathematical functions, in vectors where glibc has them (libmvec, see
// https://sourceware.org/glibc/wiki/libmvec; within 4 ULP). The width is the processor's widest. What is
// left at the end goes through the same routine in a padded vector, so that no element's result depends on
// its position.
#include "elementwise.h"
#include "vector_math.h"

#include <math.h>

#define UNARY_SINCE_2_22(X) X(EXP, exp) X(LOG, log) X(SIN, sin) X(COS, cos)
#define UNARY_SINCE_2_35(X)                                                                          \
  X(CBRT, cbrt) X(EXP2, exp2) X(EXPM1, expm1) X(LOG2, log2) X(LOG10, log10) X(LOG1P, log1p)         \
  X(TAN, tan) X(ARCSIN, asin) X(ARCCOS, acos) X(ARCTAN, atan) X(SINH, sinh) X(COSH, cosh)           \
  X(TANH, tanh) X(ARCSINH, asinh) X(ARCCOSH, acosh) X(ARCTANH, atanh) X(ERF, erf)
#define BINARY_SINCE_2_22(X) X(POWER, pow)
#define BINARY_SINCE_2_35(X) X(ARCTAN2, atan2) X(HYPOT, hypot)

// MARK: One by one

#define ONE_BY_ONE1(OPERATION, F)                                                                          \
  static void F##_floats(size_t count, const void *a, void *result) { SERIAL1(float32, float32, F##f(x)); } \
  static void F##_doubles(size_t count, const void *a, void *result) { SERIAL1(float64, float64, F(x)); }
#define ONE_BY_ONE2(OPERATION, F)                                                                          \
  static void F##_floats(size_t count, const void *a, const void *b, void *result) {                       \
    SERIAL2(float32, float32, F##f(x, y));                                                                 \
  }                                                                                                        \
  static void F##_doubles(size_t count, const void *a, const void *b, void *result) {                      \
    SERIAL2(float64, float64, F(x, y));                                                                    \
  }
UNARY_SINCE_2_22(ONE_BY_ONE1)
UNARY_SINCE_2_35(ONE_BY_ONE1)
BINARY_SINCE_2_22(ONE_BY_ONE2)
BINARY_SINCE_2_35(ONE_BY_ONE2)

#define FLOATS(OPERATION, F) [TESSERA_##OPERATION] = F##_floats,
#define DOUBLES(OPERATION, F) [TESSERA_##OPERATION] = F##_doubles,
static tessera_map1 *const floats1[] = {UNARY_SINCE_2_22(FLOATS) UNARY_SINCE_2_35(FLOATS)};
static tessera_map1 *const doubles1[] = {UNARY_SINCE_2_22(DOUBLES) UNARY_SINCE_2_35(DOUBLES)};
static tessera_map2 *const floats2[] = {BINARY_SINCE_2_22(FLOATS) BINARY_SINCE_2_35(FLOATS)};
static tessera_map2 *const doubles2[] = {BINARY_SINCE_2_22(DOUBLES) BINARY_SINCE_2_35(DOUBLES)};

// MARK: Vectors

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define VECTORS 1

#if __GLIBC_PREREQ(2, 35)
#define UNARY(X) UNARY_SINCE_2_22(X) UNARY_SINCE_2_35(X)
#define BINARY(X) BINARY_SINCE_2_22(X) BINARY_SINCE_2_35(X)
#else
#define UNARY(X) UNARY_SINCE_2_22(X)
#define BINARY(X) BINARY_SINCE_2_22(X)
#endif

// Padding is 1, which no function takes long over.
#define LOAD_REST(VECTOR, T, FROM)                             \
  VECTOR FROM##_rest = (VECTOR){0} + 1;                        \
  memcpy(&FROM##_rest, FROM##_bytes + i * sizeof(T), (count - i) * sizeof(T))

#define DEFINE1(NAME, ROUTINE, T, VECTOR, TARGET)                                                         \
  extern TARGET VECTOR ROUTINE(VECTOR);                                                                   \
  TARGET static void NAME(size_t count, const void *a, void *result) {                                    \
    const size_t lanes = sizeof(VECTOR) / sizeof(T);                                                      \
    const char *a_bytes = a;                                                                              \
    char *out = result;                                                                                   \
    size_t i = 0;                                                                                         \
    for (; i + lanes <= count; i += lanes) {                                                              \
      VECTOR x;                                                                                           \
      memcpy(&x, a_bytes + i * sizeof(T), sizeof x);                                                      \
      x = ROUTINE(x);                                                                                     \
      memcpy(out + i * sizeof(T), &x, sizeof x);                                                          \
    }                                                                                                     \
    if (i == count) return;                                                                               \
    LOAD_REST(VECTOR, T, a);                                                                              \
    a_rest = ROUTINE(a_rest);                                                                             \
    memcpy(out + i * sizeof(T), &a_rest, (count - i) * sizeof(T));                                        \
  }

#define DEFINE2(NAME, ROUTINE, T, VECTOR, TARGET)                                                         \
  extern TARGET VECTOR ROUTINE(VECTOR, VECTOR);                                                           \
  TARGET static void NAME(size_t count, const void *a, const void *b, void *result) {                     \
    const size_t lanes = sizeof(VECTOR) / sizeof(T);                                                      \
    const char *a_bytes = a, *b_bytes = b;                                                                \
    char *out = result;                                                                                   \
    size_t i = 0;                                                                                         \
    for (; i + lanes <= count; i += lanes) {                                                              \
      VECTOR x, y;                                                                                        \
      memcpy(&x, a_bytes + i * sizeof(T), sizeof x);                                                      \
      memcpy(&y, b_bytes + i * sizeof(T), sizeof y);                                                      \
      x = ROUTINE(x, y);                                                                                  \
      memcpy(out + i * sizeof(T), &x, sizeof x);                                                          \
    }                                                                                                     \
    if (i == count) return;                                                                               \
    LOAD_REST(VECTOR, T, a);                                                                              \
    LOAD_REST(VECTOR, T, b);                                                                              \
    a_rest = ROUTINE(a_rest, b_rest);                                                                     \
    memcpy(out + i * sizeof(T), &a_rest, (count - i) * sizeof(T));                                        \
  }

typedef float floats_x4 __attribute__((vector_size(16)));
typedef float floats_x8 __attribute__((vector_size(32)));
typedef float floats_x16 __attribute__((vector_size(64)));
typedef double doubles_x2 __attribute__((vector_size(16)));
typedef double doubles_x4 __attribute__((vector_size(32)));
typedef double doubles_x8 __attribute__((vector_size(64)));

#define SSE __attribute__((target("sse2")))
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512dq")))

#define ALL_WIDTHS1(OPERATION, F)                                                     \
  DEFINE1(F##_floats_sse, _ZGVbN4v_##F##f, float, floats_x4, SSE)                     \
  DEFINE1(F##_floats_avx2, _ZGVdN8v_##F##f, float, floats_x8, AVX2)                   \
  DEFINE1(F##_floats_avx512, _ZGVeN16v_##F##f, float, floats_x16, AVX512)             \
  DEFINE1(F##_doubles_sse, _ZGVbN2v_##F, double, doubles_x2, SSE)                     \
  DEFINE1(F##_doubles_avx2, _ZGVdN4v_##F, double, doubles_x4, AVX2)                   \
  DEFINE1(F##_doubles_avx512, _ZGVeN8v_##F, double, doubles_x8, AVX512)
#define ALL_WIDTHS2(OPERATION, F)                                                     \
  DEFINE2(F##_floats_sse, _ZGVbN4vv_##F##f, float, floats_x4, SSE)                    \
  DEFINE2(F##_floats_avx2, _ZGVdN8vv_##F##f, float, floats_x8, AVX2)                  \
  DEFINE2(F##_floats_avx512, _ZGVeN16vv_##F##f, float, floats_x16, AVX512)            \
  DEFINE2(F##_doubles_sse, _ZGVbN2vv_##F, double, doubles_x2, SSE)                    \
  DEFINE2(F##_doubles_avx2, _ZGVdN4vv_##F, double, doubles_x4, AVX2)                  \
  DEFINE2(F##_doubles_avx512, _ZGVeN8vv_##F, double, doubles_x8, AVX512)
UNARY(ALL_WIDTHS1)
BINARY(ALL_WIDTHS2)

#define WIDTHS_OF_FLOATS(OPERATION, F) [TESSERA_##OPERATION] = {F##_floats_sse, F##_floats_avx2, F##_floats_avx512},
#define WIDTHS_OF_DOUBLES(OPERATION, F) \
  [TESSERA_##OPERATION] = {F##_doubles_sse, F##_doubles_avx2, F##_doubles_avx512},
static tessera_map1 *const float_vectors1[TESSERA_RADIANS + 1][3] = {UNARY(WIDTHS_OF_FLOATS)};
static tessera_map1 *const double_vectors1[TESSERA_RADIANS + 1][3] = {UNARY(WIDTHS_OF_DOUBLES)};
static tessera_map2 *const float_vectors2[TESSERA_RIGHT_SHIFT + 1][3] = {BINARY(WIDTHS_OF_FLOATS)};
static tessera_map2 *const double_vectors2[TESSERA_RIGHT_SHIFT + 1][3] = {BINARY(WIDTHS_OF_DOUBLES)};

static int width(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#define COUNT(TABLE) (sizeof(TABLE) / sizeof((TABLE)[0]))

tessera_map1 *tessera_vector_map1(uint8_t operation, int is_double) {
  if (operation >= COUNT(floats1)) return 0;
#if VECTORS
  tessera_map1 *vector = (is_double ? double_vectors1 : float_vectors1)[operation][width()];
  if (vector) return vector;
#endif
  return (is_double ? doubles1 : floats1)[operation];
}

tessera_map2 *tessera_vector_map2(uint8_t operation, int is_double) {
  if (operation >= COUNT(floats2)) return 0;
#if VECTORS
  tessera_map2 *vector = (is_double ? double_vectors2 : float_vectors2)[operation][width()];
  if (vector) return vector;
#endif
  return (is_double ? doubles2 : floats2)[operation];
}
