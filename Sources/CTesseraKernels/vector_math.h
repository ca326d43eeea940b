// Mathematical functions over runs of float32 or float64.
#ifndef TESSERA_VECTOR_MATH_H
#define TESSERA_VECTOR_MATH_H

#include <stddef.h>
#include <stdint.h>

// `operation` of `count` elements by the fastest routine this processor has, else by the C library's one by
// one; 0 for operations that are none of the library's. `result` may be an operand's memory.
int tessera_map1(uint8_t operation, int is_double, size_t count, const void *a, void *result);
int tessera_map2(uint8_t operation, int is_double, size_t count, const void *a, const void *b, void *result);

#endif
