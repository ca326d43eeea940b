// What the files of elementwise operations share.
#ifndef TESSERA_ELEMENTWISE_INTERNAL_H
#define TESSERA_ELEMENTWISE_INTERNAL_H

#include "elements.h"
#include "tessera_elementwise.h"

// Families of operations, one file each. Those that a family does not have leave `result` alone.
void tessera_unary_real(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result);
void tessera_unary_complex(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result);
void tessera_unary_math(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result);
void tessera_arithmetic(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                        void *result);
void tessera_compare(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                     void *result);
void tessera_bitwise(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                     void *result);
void tessera_binary_complex(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                            void *result);
void tessera_binary_math(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                         void *result);

// The loop's iterations are independent although `result` may be an operand's memory: an element is read
// before it is written, and no other iteration touches it.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// `EXPRESSION` of x (and y), elements of `IN`, for all of them.
#define MAP1(IN, OUT, EXPRESSION) EACH1(INDEPENDENT, IN, OUT, EXPRESSION)
#define MAP2(IN, OUT, EXPRESSION) EACH2(INDEPENDENT, IN, OUT, EXPRESSION)

// The same where the expression calls a function or loops itself, and so goes element by element.
#define SERIAL1(IN, OUT, EXPRESSION) EACH1(, IN, OUT, EXPRESSION)
#define SERIAL2(IN, OUT, EXPRESSION) EACH2(, IN, OUT, EXPRESSION)

#define EACH1(PRAGMA, IN, OUT, EXPRESSION)          \
  do {                                              \
    const in_##IN *in = a;                          \
    in_##OUT *out = result;                         \
    PRAGMA for (size_t i = 0; i < count; i++) {     \
      const AS_LOADED(IN) x = in[i];                \
      out[i] = EXPRESSION;                          \
    }                                               \
  } while (0)
#define EACH2(PRAGMA, IN, OUT, EXPRESSION)                \
  do {                                                    \
    const in_##IN *left = a, *right = b;                  \
    in_##OUT *out = result;                               \
    PRAGMA for (size_t i = 0; i < count; i++) {           \
      const AS_LOADED(IN) x = left[i], y = right[i];      \
      out[i] = EXPRESSION;                                \
    }                                                     \
  } while (0)

// Complex elements have no arithmetic of their own; all others take part in it as C promotes them.
#define AS_LOADED(IN) AS_##IN
#define AS_bool int
#define AS_int8 int
#define AS_int16 int
#define AS_int32 int32_t
#define AS_int64 int64_t
#define AS_uint8 int
#define AS_uint16 int
#define AS_uint32 uint32_t
#define AS_uint64 uint64_t
#define AS_float32 float
#define AS_float64 double
#define AS_complex64 complex64
#define AS_complex128 complex128

#endif
