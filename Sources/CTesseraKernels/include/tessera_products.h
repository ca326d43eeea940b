// Products of matrices in memory.
#ifndef TESSERA_PRODUCTS_H
#define TESSERA_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

// A matrix whose element (i, j) is at `elements`, i * `row` + j * `column` elements on; at any address.
typedef struct {
  const void *elements;
  ptrdiff_t row, column;
} tessera_matrix;

// C = A B, or C += A B, of `m` x `k` by `k` x `n` elements of `dtype`, a raw value of `DType`: any but float16 and
// bfloat16, which callers widen. Integers wrap; bools are "or" of "and". Rows of C are adjacent elements, `c_row`
// elements apart; C shares no memory with the others. `scratch` is aligned to 64 bytes.
void tessera_product(uint8_t dtype, size_t m, size_t n, size_t k, tessera_matrix a, tessera_matrix b, void *c,
                     ptrdiff_t c_row, int accumulates, void *scratch);

// Bytes of the scratch memory.
size_t tessera_product_scratch(uint8_t dtype);

#endif
