// Mathematical functions of reals: the library's, and those made of them.
#include "elementwise.h"
#include "vector_math.h"

#pragma STDC FP_CONTRACT OFF

// Elements that a function made of others takes at a time; its intermediate results stay in the L1 cache.
enum { PIECE = 512 };

#define MAGNITUDE(x) __builtin_elementwise_abs(x)

// Only exponentials of what is at most zero are taken: they neither overflow nor lose small results.
#define DEFINE_DERIVED(T, C, IS_DOUBLE)                                                                  \
  TESSERA_CLONES static void minus_magnitude_##T(size_t count, const void *a, void *result) {            \
    MAP1(T, T, -MAGNITUDE(x));                                                                           \
  }                                                                                                      \
  TESSERA_CLONES static void minus_distance_##T(size_t count, const void *a, const void *b,              \
                                                void *result) {                                          \
    MAP2(T, T, x == y ? 0 : -MAGNITUDE(x - y));                                                          \
  }                                                                                                      \
  /* b holds exp(-|x|). */                                                                               \
  TESSERA_CLONES static void finish_sigmoid_##T(size_t count, const void *a, const void *b,              \
                                                void *result) {                                          \
    MAP2(T, T, (x < 0 ? y : 1) / (1 + y));                                                               \
  }                                                                                                      \
  /* b holds log1p(exp(-|x|)), which is NaN if x is. */                                                  \
  TESSERA_CLONES static void finish_softplus_##T(size_t count, const void *a, const void *b,             \
                                                 void *result) {                                         \
    MAP2(T, T, (x > 0 ? x : 0) + y);                                                                     \
  }                                                                                                      \
  /* `rest` holds log1p(exp(-|x - y|)), to which log2(e) is the scale for base 2. */                     \
  TESSERA_CLONES static void finish_logaddexp_##T(size_t count, const void *a, const void *b,            \
                                                  const C *rest, int is_base_two, void *result) {        \
    const in_##T *left = a, *right = b;                                                                  \
    in_##T *out = result;                                                                                \
    const C scale = is_base_two ? (C)1.44269504088896340736 : 1;                                         \
    const C of_equals = is_base_two ? 1 : (C)0.69314718055994530942;                                     \
    INDEPENDENT for (size_t i = 0; i < count; i++) {                                                     \
      const C x = left[i], y = right[i];                                                                 \
      out[i] = (x >= y ? x : y) + (x == y ? of_equals : rest[i] * scale);                                \
    }                                                                                                    \
  }                                                                                                      \
  static void derived1_##T(uint8_t operation, size_t count, const void *a, void *result) {               \
    C piece[PIECE];                                                                                      \
    for (size_t i = 0; i < count; i += PIECE) {                                                          \
      const size_t part = count - i < PIECE ? count - i : PIECE;                                         \
      const char *in = (const char *)a + i * sizeof(C);                                                  \
      char *out = (char *)result + i * sizeof(C);                                                        \
      minus_magnitude_##T(part, in, piece);                                                              \
      tessera_map1(TESSERA_EXP, IS_DOUBLE, part, piece, piece);                                          \
      if (operation == TESSERA_SOFTPLUS) tessera_map1(TESSERA_LOG1P, IS_DOUBLE, part, piece, piece);     \
      (operation == TESSERA_SOFTPLUS ? finish_softplus_##T : finish_sigmoid_##T)(part, in, piece, out);  \
    }                                                                                                    \
  }                                                                                                      \
  static void derived2_##T(uint8_t operation, size_t count, const void *a, const void *b, void *result) { \
    const int is_base_two = operation == TESSERA_LOGADDEXP2;                                             \
    const uint8_t exponential = is_base_two ? TESSERA_EXP2 : TESSERA_EXP;                                  \
    C piece[PIECE];                                                                                      \
    for (size_t i = 0; i < count; i += PIECE) {                                                          \
      const size_t part = count - i < PIECE ? count - i : PIECE, offset = i * sizeof(C);                 \
      const char *left = (const char *)a + offset, *right = (const char *)b + offset;                    \
      minus_distance_##T(part, left, right, piece);                                                      \
      tessera_map1(exponential, IS_DOUBLE, part, piece, piece);                                          \
      tessera_map1(TESSERA_LOG1P, IS_DOUBLE, part, piece, piece);                                        \
      finish_logaddexp_##T(part, left, right, piece, is_base_two, (char *)result + offset);              \
    }                                                                                                    \
  }

DEFINE_DERIVED(float32, float, 0)
DEFINE_DERIVED(float64, double, 1)

// Whole logarithms and roots are to come out whole, which the vector routines for floats do not warrant.
TESSERA_CLONES static void widen(size_t count, const void *a, void *result) { MAP1(float32, float64, x); }
TESSERA_CLONES static void narrow(size_t count, const void *a, void *result) {
  MAP1(float64, float32, (float)x);
}

static void through_doubles(uint8_t operation, size_t count, const void *a, void *result) {
  double piece[PIECE];
  for (size_t i = 0; i < count; i += PIECE) {
    const size_t part = count - i < PIECE ? count - i : PIECE;
    widen(part, (const char *)a + i * sizeof(float), piece);
    tessera_map1(operation, 1, part, piece, piece);
    narrow(part, piece, (char *)result + i * sizeof(float));
  }
}

// Nor do those for doubles: powers of ten that a double holds are looked up.
TESSERA_CLONES static void finish_log10(size_t count, const void *a, const void *b, void *result) {
  static const double powers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const in_float64 *in = a, *logarithms = b;
  in_float64 *out = result;
  for (size_t i = 0; i < count; i++) {
    const double x = in[i], y = logarithms[i];
    const double whole = __builtin_elementwise_rint(y >= 0 && y < 22.25 ? y : 0);
    out[i] = powers[(int)whole] == x ? whole : y;
  }
}

static void log10_float64(size_t count, const void *a, void *result) {
  double piece[PIECE];
  for (size_t i = 0; i < count; i += PIECE) {
    const size_t part = count - i < PIECE ? count - i : PIECE;
    tessera_map1(TESSERA_LOG10, 1, part, (const char *)a + i * sizeof(double), piece);
    finish_log10(part, (const char *)a + i * sizeof(double), piece, (char *)result + i * sizeof(double));
  }
}

void tessera_unary_math(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result) {
  if (dtype != FLOAT32 && dtype != FLOAT64) return;
  if (dtype == FLOAT32 && (operation == TESSERA_CBRT || operation == TESSERA_LOG10))
    through_doubles(operation, count, a, result);
  else if (dtype == FLOAT64 && operation == TESSERA_LOG10)
    log10_float64(count, a, result);
  else if (!tessera_map1(operation, dtype == FLOAT64, count, a, result))
    (dtype == FLOAT64 ? derived1_float64 : derived1_float32)(operation, count, a, result);
}

void tessera_binary_math(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                         void *result) {
  if (dtype != FLOAT32 && dtype != FLOAT64) return;
  if (!tessera_map2(operation, dtype == FLOAT64, count, a, b, result))
    (dtype == FLOAT64 ? derived2_float64 : derived2_float32)(operation, count, a, b, result);
}
