// Conversions between all pairs of dtypes, as NumPy's `astype(casting="unsafe")` makes them. Where C
// leaves a result open (a float outside the integer's range, NaN) it is defined here, so that every
// instruction set gives the same bits: such floats become the smallest int64, which then wraps.
#include "elements.h"
#include "tessera_arrays.h"

// `value` as a float32 or, where that is inexact, the neighbouring float32 whose last bit is odd. Rounding
// this once more, to a format at least two bits shorter, gives what rounding `value` itself would.
TESSERA_INLINE float odd_float(double value) {
  const float nearest = (float)value;
  const double back = nearest;
  uint32_t bits = bits_of(nearest);
  const uint32_t inexact = (back < value) | (back > value);
  const uint32_t above = __builtin_fabs(back) > __builtin_fabs(value);
  bits += inexact & ~bits & 1 ? (above ? UINT32_MAX : 1) : 0;
  return float_of(bits);
}

// Rounds to nearest, ties to even; NaN stays NaN (quiet).
TESSERA_INLINE uint16_t bfloat16_of_float(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  return (uint16_t)(value != value ? (bits >> 16 | 0x0040) : rounded);
}
TESSERA_INLINE uint16_t bfloat16_of_double(double value) { return bfloat16_of_float(odd_float(value)); }

// The low bits are folded into one sticky bit, so that the double is exact and is rounded only once.
TESSERA_INLINE uint16_t bfloat16_of_int64(int64_t value) {
  const int64_t folded = (value & ~(int64_t)0xFFFF) | ((value & 0xFFFF) != 0 ? 0x10000 : 0);
  const int64_t limit = (int64_t)1 << 40;
  return bfloat16_of_double((double)(value > limit || value < -limit ? folded : value));
}
TESSERA_INLINE uint16_t bfloat16_of_uint64(uint64_t value) {
  const uint64_t folded = (value & ~(uint64_t)0xFFFF) | ((value & 0xFFFF) != 0 ? 0x10000 : 0);
  return bfloat16_of_double((double)(value > (uint64_t)1 << 40 ? folded : value));
}
TESSERA_INLINE uint16_t bfloat16_of_int32(int32_t value) { return bfloat16_of_double(value); }
TESSERA_INLINE uint16_t bfloat16_of_uint32(uint32_t value) { return bfloat16_of_double(value); }

TESSERA_INLINE _Float16 float16_of_float(float value) { return (_Float16)value; }
TESSERA_INLINE _Float16 float16_of_double(double value) { return (_Float16)odd_float(value); }
// Integers that a float32 does not hold exactly are beyond float16's range anyway.
TESSERA_INLINE _Float16 float16_of_int64(int64_t value) { return (_Float16)(float)value; }
TESSERA_INLINE _Float16 float16_of_uint64(uint64_t value) { return (_Float16)(float)value; }

TESSERA_INLINE int64_t int64_of_double(double value) {
  return (int64_t)(value >= -0x1p63 && value < 0x1p63 ? value : -0x1p63);
}
TESSERA_INLINE int64_t int64_of_float(float value) {
  return (int64_t)(value >= -0x1p63f && value < 0x1p63f ? value : -0x1p63f);
}
TESSERA_INLINE int64_t int64_of_int64(int64_t value) { return value; }
TESSERA_INLINE int64_t int64_of_uint64(uint64_t value) { return (int64_t)value; }

TESSERA_INLINE uint64_t uint64_of_double(double value) {
  const int upper = value >= 0x1p63 && value < 0x1p64;
  const uint64_t low = (uint64_t)int64_of_double(upper ? value - 0x1p63 : value);
  return upper ? low | (uint64_t)1 << 63 : low;
}
TESSERA_INLINE uint64_t uint64_of_float(float value) { return uint64_of_double(value); }
TESSERA_INLINE uint64_t uint64_of_int64(int64_t value) { return (uint64_t)value; }
TESSERA_INLINE uint64_t uint64_of_uint64(uint64_t value) { return value; }

// What a source element is before its conversion: an integer, a float or a double.
#define FROM_bool(v) ((int32_t)((v) != 0))
#define FROM_int8(v) ((int32_t)(v))
#define FROM_int16(v) ((int32_t)(v))
#define FROM_int32(v) ((int32_t)(v))
#define FROM_int64(v) ((int64_t)(v))
#define FROM_uint8(v) ((int32_t)(v))
#define FROM_uint16(v) ((int32_t)(v))
#define FROM_uint32(v) ((uint32_t)(v))
#define FROM_uint64(v) ((uint64_t)(v))
#define FROM_float16(v) ((float)(v))
#define FROM_bfloat16(v) float_of((uint32_t)(v) << 16)
#define FROM_float32(v) ((float)(v))
#define FROM_float64(v) ((double)(v))
#define FROM_complex64(v) ((v).re)
#define FROM_complex128(v) ((v).re)


// An integer target takes from an integer by wrapping, from a float by way of int64.
#define INTEGER(w)                                                                           \
  _Generic((w), float: int64_of_float, double: int64_of_double, uint64_t: int64_of_uint64, \
           default: int64_of_int64)(w)
#define TO_int8(w) ((int8_t)INTEGER(w))
#define TO_int16(w) ((int16_t)INTEGER(w))
#define TO_int32(w) ((int32_t)INTEGER(w))
#define TO_int64(w) (INTEGER(w))
#define TO_uint8(w) ((uint8_t)INTEGER(w))
#define TO_uint16(w) ((uint16_t)INTEGER(w))
#define TO_uint32(w) ((uint32_t)INTEGER(w))
#define TO_uint64(w)                                                                        \
  _Generic((w), float: uint64_of_float, double: uint64_of_double, uint64_t: uint64_of_uint64, \
           default: uint64_of_int64)(w)
#define TO_float16(w)                                                                          \
  _Generic((w), float: float16_of_float, double: float16_of_double, uint64_t: float16_of_uint64, \
           default: float16_of_int64)(w)
#define TO_bfloat16(w)                                                                       \
  _Generic((w), float: bfloat16_of_float, double: bfloat16_of_double, int64_t: bfloat16_of_int64, \
           uint64_t: bfloat16_of_uint64, uint32_t: bfloat16_of_uint32, default: bfloat16_of_int32)(w)
#define TO_float32(w) ((float)(w))
#define TO_float64(w) ((double)(w))

#define CONVERT(TO, EXPRESSION)                                       \
  do {                                                                \
    in_##TO *restrict out = target;                                   \
    for (size_t i = 0; i < count; i++) out[i] = EXPRESSION;           \
  } while (0)

// The targets that drop an imaginary part, as `case`s named by `DType`'s raw values.
#define REAL_CASES(FROM)                                                   \
  case 1: CONVERT(int8, TO_int8(FROM_##FROM(in[i]))); break;               \
  case 2: CONVERT(int16, TO_int16(FROM_##FROM(in[i]))); break;             \
  case 3: CONVERT(int32, TO_int32(FROM_##FROM(in[i]))); break;             \
  case 4: CONVERT(int64, TO_int64(FROM_##FROM(in[i]))); break;             \
  case 5: CONVERT(uint8, TO_uint8(FROM_##FROM(in[i]))); break;             \
  case 6: CONVERT(uint16, TO_uint16(FROM_##FROM(in[i]))); break;           \
  case 7: CONVERT(uint32, TO_uint32(FROM_##FROM(in[i]))); break;           \
  case 8: CONVERT(uint64, TO_uint64(FROM_##FROM(in[i]))); break;           \
  case 9: CONVERT(float16, TO_float16(FROM_##FROM(in[i]))); break;         \
  case 10: CONVERT(bfloat16, TO_bfloat16(FROM_##FROM(in[i]))); break;      \
  case 11: CONVERT(float32, TO_float32(FROM_##FROM(in[i]))); break;        \
  case 12: CONVERT(float64, TO_float64(FROM_##FROM(in[i]))); break;

#define DEFINE_REAL(FROM)                                                                           \
  TESSERA_CLONES static void cast_##FROM(uint8_t to, size_t count, const void *restrict source,     \
                                         void *restrict target) {                                   \
    const in_##FROM *restrict in = source;                                                          \
    switch (to) {                                                                                   \
      case 0: CONVERT(bool, FROM_##FROM(in[i]) != 0); break;                                        \
      REAL_CASES(FROM)                                                                              \
      case 13: CONVERT(complex64, ((complex64){TO_float32(FROM_##FROM(in[i])), 0})); break;         \
      case 14: CONVERT(complex128, ((complex128){TO_float64(FROM_##FROM(in[i])), 0})); break;       \
    }                                                                                               \
  }

#define DEFINE_COMPLEX(FROM)                                                                        \
  TESSERA_CLONES static void cast_##FROM(uint8_t to, size_t count, const void *restrict source,     \
                                         void *restrict target) {                                   \
    const in_##FROM *restrict in = source;                                                          \
    switch (to) {                                                                                   \
      case 0: CONVERT(bool, (in[i].re != 0) | (in[i].im != 0)); break;                              \
      REAL_CASES(FROM)                                                                              \
      case 13: CONVERT(complex64, ((complex64){(float)in[i].re, (float)in[i].im})); break;          \
      case 14: CONVERT(complex128, ((complex128){(double)in[i].re, (double)in[i].im})); break;      \
    }                                                                                               \
  }

DEFINE_REAL(bool)
DEFINE_REAL(int8)
DEFINE_REAL(int16)
DEFINE_REAL(int32)
DEFINE_REAL(int64)
DEFINE_REAL(uint8)
DEFINE_REAL(uint16)
DEFINE_REAL(uint32)
DEFINE_REAL(uint64)
DEFINE_REAL(float16)
DEFINE_REAL(bfloat16)
DEFINE_REAL(float32)
DEFINE_REAL(float64)
DEFINE_COMPLEX(complex64)
DEFINE_COMPLEX(complex128)

void tessera_cast(uint8_t from, uint8_t to, size_t count, const void *source, void *target) {
  switch (from) {
    case 0: cast_bool(to, count, source, target); break;
    case 1: cast_int8(to, count, source, target); break;
    case 2: cast_int16(to, count, source, target); break;
    case 3: cast_int32(to, count, source, target); break;
    case 4: cast_int64(to, count, source, target); break;
    case 5: cast_uint8(to, count, source, target); break;
    case 6: cast_uint16(to, count, source, target); break;
    case 7: cast_uint32(to, count, source, target); break;
    case 8: cast_uint64(to, count, source, target); break;
    case 9: cast_float16(to, count, source, target); break;
    case 10: cast_bfloat16(to, count, source, target); break;
    case 11: cast_float32(to, count, source, target); break;
    case 12: cast_float64(to, count, source, target); break;
    case 13: cast_complex64(to, count, source, target); break;
    case 14: cast_complex128(to, count, source, target); break;
  }
}
