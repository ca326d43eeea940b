// Order statistics by integer keys that sort as the elements do, and histograms.
#ifndef TESSERA_ORDER_H
#define TESSERA_ORDER_H

#include <stddef.h>
#include <stdint.h>

// The key of a NaN: above those of all other floats, whatever their width.
#define TESSERA_NAN_KEY UINT64_MAX

// Keys of `count` adjacent elements of a real dtype (raw values of `DType`). Unsigned keys k with a <= b
// exactly when k(a) <= k(b), below 2^(8 * itemsize); both zeros have one key; every NaN has the NaN key.
void tessera_keys(uint8_t dtype, size_t count, const void *values, uint64_t *keys);

// How many of the keys are NaN keys.
size_t tessera_count_nan_keys(size_t count, const uint64_t *keys);

// Counts the keys of `lower` ..< `lower` + (`bins` << `shift`) in bins of 2^shift keys.
void tessera_count_keys(size_t count, const uint64_t *keys, uint64_t lower, unsigned shift, uint64_t bins,
                        uint64_t *counts);

// The same for keys of different columns: column c has brackets `starts[c]` ..< `starts[c + 1]`, bracket b its
// own `lowers[b]` and its bins at `counts + b * bins`.
void tessera_count_keys_columns(size_t columns, const uint64_t *keys, const uint32_t *starts,
                                const uint64_t *lowers, unsigned shift, uint64_t bins, uint64_t *counts);

// Adds 1 to `counts` of every column whose key is the NaN key.
void tessera_count_nan_keys_columns(size_t columns, const uint64_t *keys, uint64_t *counts);

// Copies the keys of `lower` ..< `lower` + 2^width to `found`, room for `count`; returns how many.
size_t tessera_gather_keys(size_t count, const uint64_t *keys, uint64_t lower, unsigned width,
                           uint64_t *found);

// The same for keys of different columns, with the bracket of each; room for one per bracket.
size_t tessera_gather_keys_columns(size_t columns, const uint64_t *keys, const uint32_t *starts,
                                   const uint64_t *lowers, unsigned width, uint64_t *found,
                                   uint32_t *brackets);

// The keys of `ranks` (ascending, each below `count`) were the keys sorted. `work` has room for `count`.
void tessera_select_keys(size_t count, const uint64_t *keys, uint64_t *work, size_t rank_count,
                         const uint64_t *ranks, uint64_t *selected);

// Columns whose pivots are compared together.
#define TESSERA_PIVOT_COLUMNS 128

// Adjacent columns, at most TESSERA_PIVOT_COLUMNS, of `rows` rows that begin `stride` elements apart. Column c belongs to
// `owner` + c, or all of them to `owner`.
typedef struct {
  const void *values;
  size_t stride, rows, columns;
  uint32_t owner;
  uint8_t is_one_owner;
} tessera_strip_of_rows;

// Per owner, beginning with that of the strip, how many elements are below the low pivot, not above it, and not above
// the high one; and NaNs, unless null.
typedef struct {
  uint64_t *below, *upto_low, *upto_high, *nans;
} tessera_pivot_counts;

// Elements with their owners; there is room for `room`.
typedef struct {
  void *elements;
  uint32_t *owners;
  size_t count, room;
} tessera_owned;

// Counts the elements of a strip by the pivots of their owners, which are elements too, and appends those strictly between
// them. Returns how many rows are done: fewer than there are when the room is used up.
size_t tessera_gather_between(uint8_t dtype, const tessera_strip_of_rows *strip, const void *lows,
                              const void *highs, const tessera_pivot_counts *to, tessera_owned *found);

// Copies every element to place `next[its owner]` of `grouped`, and moves that on by one.
void tessera_scatter_owned(size_t item_size, const tessera_owned *from, size_t *next, void *grouped);

// Numbers of the bins of float64 values between ascending edges, of which there are bins + 1 and the last is inside
// the last bin; `bins` for values outside, and NaN. They may stand at any address.
void tessera_find_bins(size_t count, const void *values, size_t bins, const double *edges, uint32_t *found);

// The same for evenly spaced edges, fewer than 2^31: (value - first edge) * `scale` of values between edges i and i + 1 is
// more than i - 1/2 and less than i + 3/2, and no further than `doubt` beyond i and i + 1. Values up to `greatest` are
// inside.
void tessera_find_even_bins(size_t count, const void *values, size_t bins, const double *edges, double greatest,
                            double scale, double doubt, uint32_t *found);
void tessera_find_even_bins_float32(size_t count, const void *values, size_t bins, const float *edges,
                                    float greatest, float scale, float doubt, uint32_t *found);

// Adds 1, or the weight, to the counter each index names.
void tessera_count_indices(size_t count, const uint32_t *indices, uint64_t *counts);

// Adds 1 to a counter of each index, of which there are TESSERA_COUNTS_APART, in tables of `counters` one after the other.
#define TESSERA_COUNTS_APART 4
void tessera_count_indices_apart(size_t count, const uint32_t *indices, size_t counters, uint64_t *counts);

void tessera_sum_indices(size_t count, const uint32_t *indices, const double *weights, double *sums);

#endif
