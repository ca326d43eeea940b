// Elementwise operations over adjacent elements, each with NumPy's meaning.
#ifndef TESSERA_ELEMENTWISE_H
#define TESSERA_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

// The raw values of Swift's `UnaryOperation`, in its order.
enum tessera_unary_operation {
  TESSERA_NEGATIVE, TESSERA_POSITIVE, TESSERA_ABSOLUTE, TESSERA_SIGN, TESSERA_SQRT, TESSERA_CBRT,
  TESSERA_SQUARE, TESSERA_RECIPROCAL,
  TESSERA_EXP, TESSERA_EXP2, TESSERA_EXPM1, TESSERA_LOG, TESSERA_LOG2, TESSERA_LOG10, TESSERA_LOG1P,
  TESSERA_SIN, TESSERA_COS, TESSERA_TAN, TESSERA_ARCSIN, TESSERA_ARCCOS, TESSERA_ARCTAN,
  TESSERA_SINH, TESSERA_COSH, TESSERA_TANH, TESSERA_ARCSINH, TESSERA_ARCCOSH, TESSERA_ARCTANH,
  TESSERA_FLOOR, TESSERA_CEIL, TESSERA_TRUNC, TESSERA_RINT,
  TESSERA_ISNAN, TESSERA_ISINF, TESSERA_ISFINITE, TESSERA_SIGNBIT,
  TESSERA_LOGICAL_NOT, TESSERA_INVERT,
  TESSERA_SIGMOID, TESSERA_RELU, TESSERA_SOFTPLUS, TESSERA_ERF,
  TESSERA_CONJUGATE, TESSERA_REAL, TESSERA_IMAGINARY, TESSERA_ANGLE,
  TESSERA_DEGREES, TESSERA_RADIANS,
};

// The raw values of Swift's `BinaryOperation`, in its order.
enum tessera_binary_operation {
  TESSERA_ADD, TESSERA_SUBTRACT, TESSERA_MULTIPLY, TESSERA_DIVIDE, TESSERA_FLOOR_DIVIDE, TESSERA_REMAINDER,
  TESSERA_FMOD, TESSERA_POWER,
  TESSERA_MAXIMUM, TESSERA_MINIMUM, TESSERA_FMAX, TESSERA_FMIN,
  TESSERA_ARCTAN2, TESSERA_HYPOT, TESSERA_LOGADDEXP, TESSERA_LOGADDEXP2, TESSERA_COPYSIGN,
  TESSERA_EQUAL, TESSERA_NOT_EQUAL, TESSERA_LESS, TESSERA_LESS_EQUAL, TESSERA_GREATER, TESSERA_GREATER_EQUAL,
  TESSERA_LOGICAL_AND, TESSERA_LOGICAL_OR, TESSERA_LOGICAL_XOR,
  TESSERA_BITWISE_AND, TESSERA_BITWISE_OR, TESSERA_BITWISE_XOR, TESSERA_LEFT_SHIFT, TESSERA_RIGHT_SHIFT,
};

// `operation` of `count` elements of `dtype`, a raw value of `DType`: any but float16 and bfloat16, which
// callers widen. `result` may be an operand's memory if items keep their size; nothing need be aligned.
// Operations that a dtype does not have leave `result` alone.
void tessera_unary(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result);
void tessera_binary(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                    void *result);

// The six comparisons of int64 with uint64, exactly.
void tessera_compare_mixed(uint8_t operation, size_t count, const void *int64s, const void *uint64s,
                           void *result);

// Elements of `item` (1, 2, 4, 8 or 16) bytes from `a` where the mask's byte is not zero, else from `b`.
void tessera_select(size_t item, size_t count, const void *mask, const void *a, const void *b, void *result);

// Whether any of `count` signed integers of `dtype` is negative: 1 or 0.
int tessera_has_negative(uint8_t dtype, size_t count, const void *a);

#endif
