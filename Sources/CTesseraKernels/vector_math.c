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

typedef void one_by_one1(size_t count, const void *a, void *result);
typedef void one_by_one2(size_t count, const void *a, const void *b, void *result);

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
static one_by_one1 *const floats1[] = {UNARY_SINCE_2_22(FLOATS) UNARY_SINCE_2_35(FLOATS)};
static one_by_one1 *const doubles1[] = {UNARY_SINCE_2_22(DOUBLES) UNARY_SINCE_2_35(DOUBLES)};
static one_by_one2 *const floats2[] = {BINARY_SINCE_2_22(FLOATS) BINARY_SINCE_2_35(FLOATS)};
static one_by_one2 *const doubles2[] = {BINARY_SINCE_2_22(DOUBLES) BINARY_SINCE_2_35(DOUBLES)};

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

// Their arguments are vectors, which only vector_call.S hands over.
typedef void routine(void);

#define DECLARE1(OPERATION, F)                                               \
  extern routine _ZGVbN4v_##F##f, _ZGVdN8v_##F##f, _ZGVeN16v_##F##f;         \
  extern routine _ZGVbN2v_##F, _ZGVdN4v_##F, _ZGVeN8v_##F;
#define DECLARE2(OPERATION, F)                                               \
  extern routine _ZGVbN4vv_##F##f, _ZGVdN8vv_##F##f, _ZGVeN16vv_##F##f;      \
  extern routine _ZGVbN2vv_##F, _ZGVdN4vv_##F, _ZGVeN8vv_##F;
UNARY(DECLARE1)
BINARY(DECLARE2)

// For floats and doubles, by width.
#define ROUTINES1(OPERATION, F)                                              \
  [TESSERA_##OPERATION] = {{_ZGVbN4v_##F##f, _ZGVdN8v_##F##f, _ZGVeN16v_##F##f}, \
                           {_ZGVbN2v_##F, _ZGVdN4v_##F, _ZGVeN8v_##F}},
#define ROUTINES2(OPERATION, F)                                              \
  [TESSERA_##OPERATION] = {{_ZGVbN4vv_##F##f, _ZGVdN8vv_##F##f, _ZGVeN16vv_##F##f}, \
                           {_ZGVbN2vv_##F, _ZGVdN4vv_##F, _ZGVeN8vv_##F}},
static routine *const routines1[TESSERA_RADIANS + 1][2][3] = {UNARY(ROUTINES1)};
static routine *const routines2[TESSERA_RIGHT_SHIFT + 1][2][3] = {BINARY(ROUTINES2)};

typedef void call1(size_t vectors, const void *a, void *result, routine *);
typedef void call2(size_t vectors, const void *a, const void *b, void *result, routine *);
extern call1 tessera_call1_sse, tessera_call1_avx2, tessera_call1_avx512;
extern call2 tessera_call2_sse, tessera_call2_avx2, tessera_call2_avx512;
static call1 *const calls1[] = {tessera_call1_sse, tessera_call1_avx2, tessera_call1_avx512};
static call2 *const calls2[] = {tessera_call2_sse, tessera_call2_avx2, tessera_call2_avx512};

// 0, 1 or 2, for vectors of 16, 32 or 64 bytes.
static int best_width(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

enum { WIDEST = 64 };
// One vector, filled up with ones: no function takes long over them.
typedef union {
  uint8_t bytes[WIDEST];
  float floats[WIDEST / sizeof(float)];
  double doubles[WIDEST / sizeof(double)];
} padded;

static padded padded_with(const uint8_t *elements, size_t bytes, int is_double) {
  padded vector;
  for (size_t i = 0; i < WIDEST / sizeof(float); i++) vector.floats[i] = 1;
  for (size_t i = 0; is_double && i < WIDEST / sizeof(double); i++) vector.doubles[i] = 1;
  memcpy(vector.bytes, elements, bytes);
  return vector;
}

static int vector_map1(int width, uint8_t operation, int is_double, size_t count, const uint8_t *a,
                       uint8_t *result) {
  routine *const function = routines1[operation][is_double][width];
  if (!function) return 0;
  const size_t bytes = count * (is_double ? sizeof(double) : sizeof(float));
  const size_t rest = bytes % ((size_t)16 << width), whole = bytes - rest;
  if (whole) calls1[width](whole >> (4 + width), a, result, function);
  if (rest) {
    padded vector = padded_with(a + whole, rest, is_double);
    calls1[width](1, &vector, &vector, function);
    memcpy(result + whole, &vector, rest);
  }
  return 1;
}

static int vector_map2(int width, uint8_t operation, int is_double, size_t count, const uint8_t *a,
                       const uint8_t *b, uint8_t *result) {
  routine *const function = routines2[operation][is_double][width];
  if (!function) return 0;
  const size_t bytes = count * (is_double ? sizeof(double) : sizeof(float));
  const size_t rest = bytes % ((size_t)16 << width), whole = bytes - rest;
  if (whole) calls2[width](whole >> (4 + width), a, b, result, function);
  if (rest) {
    padded left = padded_with(a + whole, rest, is_double), right = padded_with(b + whole, rest, is_double);
    calls2[width](1, &left, &right, &left, function);
    memcpy(result + whole, &left, rest);
  }
  return 1;
}
#endif

#define COUNT(TABLE) (sizeof(TABLE) / sizeof((TABLE)[0]))

int tessera_map1(uint8_t operation, int is_double, size_t count, const void *a, void *result) {
  if (operation >= COUNT(floats1)) return 0;
#if VECTORS
  if (vector_map1(best_width(), operation, is_double, count, a, result)) return 1;
#endif
  one_by_one1 *const function = (is_double ? doubles1 : floats1)[operation];
  if (function) function(count, a, result);
  return function != 0;
}

int tessera_map2(uint8_t operation, int is_double, size_t count, const void *a, const void *b, void *result) {
  if (operation >= COUNT(floats2)) return 0;
#if VECTORS
  if (vector_map2(best_width(), operation, is_double, count, a, b, result)) return 1;
#endif
  one_by_one2 *const function = (is_double ? doubles2 : floats2)[operation];
  if (function) function(count, a, b, result);
  return function != 0;
}
