// Mathematical functions over runs of float32 or float64.
#ifndef TESSERA_VECTOR_MATH_H
#define TESSERA_VECTOR_MATH_H

#include <stddef.h>
#include <stdint.h>

typedef void tessera_map1(size_t count, const void *a, void *result);
typedef void tessera_map2(size_t count, const void *a, const void *b, void *result);

// The fastest routine this processor has for `operation`, else the C library's element by element; null for
// operations that are none of the library's. `result` may be an operand's memory.
tessera_map1 *tessera_vector_map1(uint8_t operation, int is_double);
tessera_map2 *tessera_vector_map2(uint8_t operation, int is_double);

#endif
