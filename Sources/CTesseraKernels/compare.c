// Comparisons and logic: two elements become a bool, exactly 0 or 1.
#include "elementwise.h"

// T as it is; COMPARED(x) is what of an element is compared.
#define DEFINE_COMPARE(T, COMPARED)                                                                \
  TESSERA_CLONES static void compare_##T(uint8_t operation, size_t count, const void *a,           \
                                         const void *b, void *result) {                            \
    switch (operation) {                                                                           \
      case TESSERA_EQUAL: MAP2(T, bool, COMPARED(x) == COMPARED(y)); break;                        \
      case TESSERA_NOT_EQUAL: MAP2(T, bool, COMPARED(x) != COMPARED(y)); break;                    \
      case TESSERA_LESS: MAP2(T, bool, COMPARED(x) < COMPARED(y)); break;                          \
      case TESSERA_LESS_EQUAL: MAP2(T, bool, COMPARED(x) <= COMPARED(y)); break;                   \
      case TESSERA_GREATER: MAP2(T, bool, COMPARED(x) > COMPARED(y)); break;                       \
      case TESSERA_GREATER_EQUAL: MAP2(T, bool, COMPARED(x) >= COMPARED(y)); break;                \
      case TESSERA_LOGICAL_AND: MAP2(T, bool, (x != 0) & (y != 0)); break;                         \
      case TESSERA_LOGICAL_OR: MAP2(T, bool, (x != 0) | (y != 0)); break;                          \
      case TESSERA_LOGICAL_XOR: MAP2(T, bool, (x != 0) ^ (y != 0)); break;                         \
    }                                                                                              \
  }

#define ITSELF(v) (v)
#define WHETHER(v) ((v) != 0)
DEFINE_COMPARE(bool, WHETHER)
DEFINE_COMPARE(int8, ITSELF)
DEFINE_COMPARE(int16, ITSELF)
DEFINE_COMPARE(int32, ITSELF)
DEFINE_COMPARE(int64, ITSELF)
DEFINE_COMPARE(uint8, ITSELF)
DEFINE_COMPARE(uint16, ITSELF)
DEFINE_COMPARE(uint32, ITSELF)
DEFINE_COMPARE(uint64, ITSELF)
DEFINE_COMPARE(float32, ITSELF)
DEFINE_COMPARE(float64, ITSELF)

void tessera_compare(uint8_t operation, uint8_t dtype, size_t count, const void *a, const void *b,
                     void *result) {
  switch (dtype) {
    case BOOL: compare_bool(operation, count, a, b, result); break;
    case INT8: compare_int8(operation, count, a, b, result); break;
    case INT16: compare_int16(operation, count, a, b, result); break;
    case INT32: compare_int32(operation, count, a, b, result); break;
    case INT64: compare_int64(operation, count, a, b, result); break;
    case UINT8: compare_uint8(operation, count, a, b, result); break;
    case UINT16: compare_uint16(operation, count, a, b, result); break;
    case UINT32: compare_uint32(operation, count, a, b, result); break;
    case UINT64: compare_uint64(operation, count, a, b, result); break;
    case FLOAT32: compare_float32(operation, count, a, b, result); break;
    case FLOAT64: compare_float64(operation, count, a, b, result); break;
  }
}

// A negative one is less than every unsigned one; the others compare as unsigned.
TESSERA_CLONES void tessera_compare_mixed(uint8_t operation, size_t count, const void *int64s,
                                          const void *uint64s, void *result) {
  const in_int64 *restrict left = int64s;
  const in_uint64 *restrict right = uint64s;
  in_bool *restrict out = result;
#define MIXED(RELATION, IF_NEGATIVE)         \
  for (size_t i = 0; i < count; i++)         \
    out[i] = left[i] < 0 ? IF_NEGATIVE : (uint64_t)left[i] RELATION right[i];
  switch (operation) {
    case TESSERA_EQUAL: MIXED(==, 0) break;
    case TESSERA_NOT_EQUAL: MIXED(!=, 1) break;
    case TESSERA_LESS: MIXED(<, 1) break;
    case TESSERA_LESS_EQUAL: MIXED(<=, 1) break;
    case TESSERA_GREATER: MIXED(>, 0) break;
    case TESSERA_GREATER_EQUAL: MIXED(>=, 0) break;
  }
}

#define DEFINE_SELECT(T)                                                                              \
  TESSERA_CLONES static void select_##T(size_t count, const void *mask, const void *a, const void *b, \
                                        void *result) {                                               \
    const in_bool *chosen = mask;                                                                     \
    const in_##T *left = a, *right = b;                                                               \
    in_##T *out = result;                                                                             \
    INDEPENDENT for (size_t i = 0; i < count; i++) {                                                  \
      const T##_t x = left[i], y = right[i];                                                          \
      out[i] = chosen[i] != 0 ? x : y;                                                                \
    }                                                                                                 \
  }
DEFINE_SELECT(uint8)
DEFINE_SELECT(uint16)
DEFINE_SELECT(uint32)
DEFINE_SELECT(uint64)

TESSERA_CLONES static void select_pair(size_t count, const void *mask, const void *a, const void *b,
                                       void *result) {
  const in_bool *chosen = mask;
  const in_uint64 *left = a, *right = b;
  in_uint64 *out = result;
  INDEPENDENT for (size_t i = 0; i < count; i++) {
    const uint64_t low = chosen[i] != 0 ? left[2 * i] : right[2 * i];
    const uint64_t high = chosen[i] != 0 ? left[2 * i + 1] : right[2 * i + 1];
    out[2 * i] = low;
    out[2 * i + 1] = high;
  }
}

void tessera_select(size_t item, size_t count, const void *mask, const void *a, const void *b, void *result) {
  switch (item) {
    case 1: select_uint8(count, mask, a, b, result); break;
    case 2: select_uint16(count, mask, a, b, result); break;
    case 4: select_uint32(count, mask, a, b, result); break;
    case 8: select_uint64(count, mask, a, b, result); break;
    case 16: select_pair(count, mask, a, b, result); break;
  }
}
