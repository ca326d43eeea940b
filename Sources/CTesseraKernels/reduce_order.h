// Which of two values an extremum takes.
#ifndef TESSERA_REDUCE_ORDER_H
#define TESSERA_REDUCE_ORDER_H

#include "reduce.h"

#define NAN_REAL(x) ((x) != (x))
#define LESS_REAL(x, y) ((x) < (y))

// Complex numbers are ordered by their real parts, then by their imaginary ones.
#define NAN_COMPLEX(x) (((x).re != (x).re) | ((x).im != (x).im))
#define LESS_COMPLEX(x, y) (((x).re < (y).re) | (((x).re == (y).re) & ((x).im < (y).im)))

// Whether x takes the place of r. The first NaN that is found stays, but for real numbers the bits of
// a NaN are of no account, which saves a comparison.
#define TAKES_INTEGER_minimum(x, r) ((x) < (r))
#define TAKES_INTEGER_maximum(x, r) ((x) > (r))
#define TAKES_REAL_minimum(x, r) (((x) < (r)) | NAN_REAL(x))
#define TAKES_REAL_maximum(x, r) (((x) > (r)) | NAN_REAL(x))
#define TAKES_REAL_fmin(x, r) (((x) < (r)) | NAN_REAL(r))
#define TAKES_REAL_fmax(x, r) (((x) > (r)) | NAN_REAL(r))
#define TAKES_COMPLEX_minimum(x, r) (!NAN_COMPLEX(r) & (LESS_COMPLEX(x, r) | NAN_COMPLEX(x)))
#define TAKES_COMPLEX_maximum(x, r) (!NAN_COMPLEX(r) & (LESS_COMPLEX(r, x) | NAN_COMPLEX(x)))
#define TAKES_COMPLEX_fmin(x, r) (!NAN_COMPLEX(x) & (LESS_COMPLEX(x, r) | NAN_COMPLEX(r)))
#define TAKES_COMPLEX_fmax(x, r) (!NAN_COMPLEX(x) & (LESS_COMPLEX(r, x) | NAN_COMPLEX(r)))

// X(DTYPE, TYPE, LEAST, GREATEST): every dtype with the type its extrema are kept in and that type's ends.
#define FOR_INTEGERS(X)                       \
  X(bool, uint8_t, 0, 1)                      \
  X(int8, int8_t, INT8_MIN, INT8_MAX)         \
  X(int16, int16_t, INT16_MIN, INT16_MAX)     \
  X(int32, int32_t, INT32_MIN, INT32_MAX)     \
  X(int64, int64_t, INT64_MIN, INT64_MAX)     \
  X(uint8, uint8_t, 0, UINT8_MAX)             \
  X(uint16, uint16_t, 0, UINT16_MAX)          \
  X(uint32, uint32_t, 0, UINT32_MAX)          \
  X(uint64, uint64_t, 0, UINT64_MAX)
#define FOR_REALS(X)                          \
  X(float16, float, -INFINITY, INFINITY)      \
  X(bfloat16, float, -INFINITY, INFINITY)     \
  X(float32, float, -INFINITY, INFINITY)      \
  X(float64, double, -INFINITY, INFINITY)
#define FOR_COMPLEX(X)                        \
  X(complex64, complex64, ((complex64){-INFINITY, -INFINITY}), ((complex64){INFINITY, INFINITY}))    \
  X(complex128, complex128, ((complex128){-INFINITY, -INFINITY}), ((complex128){INFINITY, INFINITY}))


#endif
