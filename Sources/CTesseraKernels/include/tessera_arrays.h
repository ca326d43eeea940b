// Loops over typed elements: strided copies, casts, fills.
#ifndef TESSERA_ARRAYS_H
#define TESSERA_ARRAYS_H

#include <stddef.h>
#include <stdint.h>

// Copies rows x columns elements; strides are in bytes and may be negative or zero. `item` is 1, 2, 4, 8
// or 16 bytes. `unit` is 1, or the bytes of the scalars to reverse: `item` itself (up to 8), or half of
// `item` for 8 and 16. Memory of source and target must not overlap; neither need be aligned.
void tessera_copy_plane(size_t item, size_t unit, size_t rows, size_t columns, const void *source,
                        ptrdiff_t source_row_stride, ptrdiff_t source_column_stride, void *target,
                        ptrdiff_t target_row_stride, ptrdiff_t target_column_stride);

// The same for a source whose rows follow one another in memory (row stride = item) and a target
// whose columns do (column stride = item): a transpose.
void tessera_transpose_plane(size_t item, size_t unit, size_t rows, size_t columns, const void *source,
                             ptrdiff_t source_column_stride, void *target, ptrdiff_t target_row_stride);

// Copies `rows` runs of `bytes` bytes each.
void tessera_copy_runs(size_t rows, size_t bytes, const void *source, ptrdiff_t source_stride,
                       void *target, ptrdiff_t target_stride);

// Converts `count` adjacent elements. `from` and `to` are raw values of `DType`.
void tessera_cast(uint8_t from, uint8_t to, size_t count, const void *source, void *target);

// Writes `count` copies of the `size` bytes at `pattern`.
void tessera_fill(void *target, size_t count, const void *pattern, size_t size);

// Whether the `count` elements of `size` bytes at `source` all equal `pattern`, bit for bit: 1 or 0.
int tessera_is_filled(const void *source, size_t count, const void *pattern, size_t size);

#endif
