// Matrix products of every dtype, for those that OpenBLAS does not have and for builds without it.
#include "elements.h"
#include "tessera_products.h"

// Products are fused into sums where the processor can: that doubles the rate. So the last bits of floats depend on the
// instruction set, as they do with OpenBLAS; on one machine they do not change.
#pragma clang fp contract(fast)

// A panel of B of two registers' width and this depth is 24 KiB with the widest registers, and stays in the first-level
// cache; a block of A of so many rows is at most 360 KiB per part, and stays in the second.
enum { BLOCK_DEPTH = 192, BLOCK_ROWS = 240, BLOCK_COLUMN_BYTES = 8192 };

#if defined(__x86_64__) && defined(__linux__) && !defined(TESSERA_SANITIZED)
#define TESSERA_HAS_LEVELS 1
#endif

#define MULTIPLY_ADD(sum, x, y) ((sum) += (x) * (y))
#define LOAD(to, value, apart) (*(to) = (value))
#define STORE(out, sums, apart) ((out) = *(sums))
#define ADD_STORE(out, sums, apart) ((out) += *(sums))
#define PARTS 1

#define DTYPE uint16
#define ELEMENT in_uint16
#define PACKED uint16_t
#include "product_levels.h"

// Eight bits are reckoned in sixteen, which processors multiply at once; the lower half is the same.
#define DTYPE uint8
#define ELEMENT in_uint8
#define PACKED uint16_t
#include "product_levels.h"

#define DTYPE uint32
#define ELEMENT in_uint32
#define PACKED uint32_t
#include "product_levels.h"

#define DTYPE uint64
#define ELEMENT in_uint64
#define PACKED uint64_t
#include "product_levels.h"

#define DTYPE float32
#define ELEMENT in_float32
#define PACKED float
#include "product_levels.h"

#define DTYPE float64
#define ELEMENT in_float64
#define PACKED double
#include "product_levels.h"

#undef MULTIPLY_ADD
#undef LOAD
#undef ADD_STORE
#define MULTIPLY_ADD(sum, x, y) ((sum) |= (x) & (y))
#define LOAD(to, value, apart) (*(to) = (value) != 0)
#define ADD_STORE(out, sums, apart) ((out) = ((out) != 0) | *(sums))

#define DTYPE bool
#define ELEMENT in_bool
#define PACKED uint8_t
#include "product_levels.h"

#undef LOAD
#undef STORE
#undef ADD_STORE
#undef PARTS
#define LOAD(to, value, apart) ((to)[0] = (value).re, (to)[apart] = (value).im)
#define STORE(out, sums, apart) ((out).re = (sums)[0], (out).im = (sums)[apart])
#define ADD_STORE(out, sums, apart) ((out).re += (sums)[0], (out).im += (sums)[apart])
#define PARTS 2

#define DTYPE complex64
#define ELEMENT in_complex64
#define PACKED float
#include "product_levels.h"

#define DTYPE complex128
#define ELEMENT in_complex128
#define PACKED double
#include "product_levels.h"

size_t tessera_product_scratch(uint8_t dtype) {
  // The largest element as it is packed, both parts of it.
  enum { ITEM = 16 };
  const size_t parts = dtype == COMPLEX64 || dtype == COMPLEX128 ? 2 : 1;
  return BLOCK_DEPTH * (BLOCK_COLUMN_BYTES * parts + BLOCK_ROWS * (size_t)ITEM);
}

void tessera_product(uint8_t dtype, size_t m, size_t n, size_t k, tessera_matrix a, tessera_matrix b, void *c,
                     ptrdiff_t c_row, int accumulates, void *scratch) {
  // The lower bits of a product are the same for signed and unsigned.
  switch (dtype) {
    case BOOL: best_bool(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case INT8: case UINT8: best_uint8(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case INT16: case UINT16: best_uint16(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case INT32: case UINT32: best_uint32(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case INT64: case UINT64: best_uint64(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case FLOAT32: best_float32(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case FLOAT64: best_float64(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case COMPLEX64: best_complex64(m, n, k, a, b, c, c_row, accumulates, scratch); break;
    case COMPLEX128: best_complex128(m, n, k, a, b, c, c_row, accumulates, scratch); break;
  }
}
