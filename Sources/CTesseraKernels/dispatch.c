// Which family an operation belongs to.
#include "elementwise.h"

void tessera_unary(uint8_t operation, uint8_t dtype, size_t count, const void *a, void *result) {
  if (dtype >= COMPLEX64) {
    tessera_unary_complex(operation, dtype, count, a, result);
    return;
  }
  switch (operation) {
    case TESSERA_CBRT: case TESSERA_EXP: case TESSERA_EXP2: case TESSERA_EXPM1: case TESSERA_LOG:
    case TESSERA_LOG2: case TESSERA_LOG10: case TESSERA_LOG1P: case TESSERA_SIN: case TESSERA_COS:
    case TESSERA_TAN: case TESSERA_ARCSIN: case TESSERA_ARCCOS: case TESSERA_ARCTAN: case TESSERA_SINH:
    case TESSERA_COSH: case TESSERA_TANH: case TESSERA_ARCSINH: case TESSERA_ARCCOSH:
    case TESSERA_ARCTANH: case TESSERA_SIGMOID: case TESSERA_SOFTPLUS: case TESSERA_ERF:
      tessera_unary_math(operation, dtype, count, a, result);
      break;
    default: tessera_unary_real(operation, dtype, count, a, result);
  }
}

void tessera_binary(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                    void *result) {
  if (dtype >= COMPLEX64) {
    tessera_binary_complex(operation, dtype, count, a, b, result);
    return;
  }
  const int is_float = dtype == FLOAT32 || dtype == FLOAT64;
  switch (operation) {
    case TESSERA_ARCTAN2: case TESSERA_HYPOT: case TESSERA_LOGADDEXP: case TESSERA_LOGADDEXP2:
      tessera_binary_math(operation, dtype, count, a, b, result);
      break;
    case TESSERA_POWER:
      (is_float ? tessera_binary_math : tessera_arithmetic)(operation, dtype, count, a, b, result);
      break;
    case TESSERA_EQUAL: case TESSERA_NOT_EQUAL: case TESSERA_LESS: case TESSERA_LESS_EQUAL:
    case TESSERA_GREATER: case TESSERA_GREATER_EQUAL: case TESSERA_LOGICAL_AND: case TESSERA_LOGICAL_OR:
    case TESSERA_LOGICAL_XOR:
      tessera_compare(operation, dtype, count, a, b, result);
      break;
    case TESSERA_BITWISE_AND: case TESSERA_BITWISE_OR: case TESSERA_BITWISE_XOR: case TESSERA_LEFT_SHIFT:
    case TESSERA_RIGHT_SHIFT:
      tessera_bitwise(operation, dtype, count, a, b, result);
      break;
    default: tessera_arithmetic(operation, dtype, count, a, b, result);
  }
}
