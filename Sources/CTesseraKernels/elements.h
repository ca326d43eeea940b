// One element of each dtype, at any address, and the bits of short floats.
#ifndef TESSERA_ELEMENTS_H
#define TESSERA_ELEMENTS_H

#include "clones.h"

#include <string.h>

// Raw values of `DType`.
enum {
  BOOL, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64,
  COMPLEX64, COMPLEX128,
};

typedef struct {
  float re, im;
} complex64;
typedef struct {
  double re, im;
} complex128;

typedef uint8_t in_bool TESSERA_UNALIGNED;
typedef int8_t in_int8 TESSERA_UNALIGNED;
typedef int16_t in_int16 TESSERA_UNALIGNED;
typedef int32_t in_int32 TESSERA_UNALIGNED;
typedef int64_t in_int64 TESSERA_UNALIGNED;
typedef uint8_t in_uint8 TESSERA_UNALIGNED;
typedef uint16_t in_uint16 TESSERA_UNALIGNED;
typedef uint32_t in_uint32 TESSERA_UNALIGNED;
typedef uint64_t in_uint64 TESSERA_UNALIGNED;
typedef _Float16 in_float16 TESSERA_UNALIGNED;
typedef uint16_t in_bfloat16 TESSERA_UNALIGNED;
typedef float in_float32 TESSERA_UNALIGNED;
typedef double in_float64 TESSERA_UNALIGNED;
typedef complex64 in_complex64 TESSERA_UNALIGNED;
typedef complex128 in_complex128 TESSERA_UNALIGNED;

TESSERA_INLINE uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

TESSERA_INLINE float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// A float, or 0 for NaN: by its bits, so that short floats are compared and cleared before they are made doubles.
TESSERA_INLINE float float_or_zero(float x) { return float_of(bits_of(x) & (x == x ? UINT32_MAX : 0)); }
TESSERA_INLINE double double_or_zero(double x) { return x == x ? x : 0; }
#define NUMBER_OR_ZERO(x) _Generic((x), double: double_or_zero(x), default: float_or_zero(x))

// An element as the type it is reckoned in: the half types are float32, and stored bools become 0 or 1.
#define LOAD_bool(v) ((uint8_t)((v) != 0))
#define LOAD_int8(v) (v)
#define LOAD_int16(v) (v)
#define LOAD_int32(v) (v)
#define LOAD_int64(v) (v)
#define LOAD_uint8(v) (v)
#define LOAD_uint16(v) (v)
#define LOAD_uint32(v) (v)
#define LOAD_uint64(v) (v)
#define LOAD_float16(v) ((float)(v))
#define LOAD_bfloat16(v) float_of((uint32_t)(v) << 16)
#define LOAD_float32(v) (v)
#define LOAD_float64(v) (v)
#define LOAD_complex64(v) (v)
#define LOAD_complex128(v) (v)

#endif
