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

// How many of the keys are NaN keys. A `mask` here and below, unless null, leaves out where it is zero.
size_t tessera_count_nan_keys(size_t count, const uint64_t *keys, const uint8_t *mask);

// Counts the keys of `lower` ..< `lower` + (`bins` << `shift`) in bins of 2^shift keys.
void tessera_count_keys(size_t count, const uint64_t *keys, const uint8_t *mask, uint64_t lower,
                        unsigned shift, uint64_t bins, uint64_t *counts);

// The same for keys of different columns: column c has brackets `starts[c]` ..< `starts[c + 1]`, bracket b its
// own `lowers[b]` and its bins at `counts + b * bins`.
void tessera_count_keys_columns(size_t columns, const uint64_t *keys, const uint8_t *mask,
                                const uint32_t *starts, const uint64_t *lowers, unsigned shift, uint64_t bins,
                                uint64_t *counts);

// Adds 1 to `counts` of every column whose key is the NaN key.
void tessera_count_nan_keys_columns(size_t columns, const uint64_t *keys, const uint8_t *mask,
                                    uint64_t *counts);

// Copies the keys of `lower` ..< `lower` + 2^width to `found`, room for `count`; returns how many.
size_t tessera_gather_keys(size_t count, const uint64_t *keys, const uint8_t *mask, uint64_t lower,
                           unsigned width, uint64_t *found);

// The same for keys of different columns, with the bracket of each; room for one per bracket.
size_t tessera_gather_keys_columns(size_t columns, const uint64_t *keys, const uint8_t *mask,
                                   const uint32_t *starts, const uint64_t *lowers, unsigned width,
                                   uint64_t *found, uint32_t *brackets);

// The keys of `ranks` (ascending, each below `count`) were the keys sorted. `work` has room for `count`.
void tessera_select_keys(size_t count, const uint64_t *keys, uint64_t *work, size_t rank_count,
                         const uint64_t *ranks, uint64_t *selected);

// Numbers of the bins of values between ascending edges, of which there are bins + 1 and the last is inside
// the last bin; `bins` for values outside, and NaN. `scale` is bins / (last - first) if the edges are
// evenly spaced, otherwise 0.
void tessera_find_bins(size_t count, const double *values, size_t bins, const double *edges, double scale,
                       uint32_t *found);

// Adds 1, or the weight, to the counter each index names.
void tessera_count_indices(size_t count, const uint32_t *indices, uint64_t *counts);
void tessera_sum_indices(size_t count, const uint32_t *indices, const double *weights, double *sums);

#endif
