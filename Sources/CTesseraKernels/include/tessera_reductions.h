// Reductions of blocks: accumulators, one for each kept position, take columns of values.
#ifndef TESSERA_REDUCTIONS_H
#define TESSERA_REDUCTIONS_H

#include <stddef.h>
#include <stdint.h>

// The accumulators of `capacity` kept positions: a struct of arrays, field after field.
typedef struct {
  void *memory;
  size_t capacity;
} tessera_accumulators;

// rows x columns adjacent values; column c goes to kept position first + c. `mask` has a byte for each
// value (non-zero counts) or is null. Without a mask sums and moments of floats leave out NaNs where `skips_nan`
// is not 0; other reductions do not look at it. The value at (row, column) has, along what is reduced, the index
// position + row * step + column / group * group_step; only the arg reductions ask. Values and mask may
// stand at any address.
typedef struct {
  size_t first, rows, columns;
  const void *values;
  const uint8_t *mask;
  int64_t position, step;
  size_t group;
  int64_t group_step;
  uint8_t skips_nan;
} tessera_tile;

// The functions of rows take such a tile the other way round: row r goes to kept position first + r. There is no mask.
// They take a row's values in chunks of so many; a row may be cut between them without a bit changing.
enum { TESSERA_ROW_CHUNK = 2048 };

// The functions of columns take rows in eights, moments in runs of so many; a tile may be cut between runs without a bit
// changing.
enum { TESSERA_MOMENTS_RUN = 64 };

// Accumulators first ..< first + count take those of `source` at source_first and so on.
typedef struct {
  size_t first, count, source_first;
  tessera_accumulators source;
} tessera_merger;

enum { TESSERA_REDUCE_MINIMUM, TESSERA_REDUCE_MAXIMUM, TESSERA_REDUCE_FMIN, TESSERA_REDUCE_FMAX };

// In all of these `dtype` is a raw value of `DType`. Fields stand in the order given, sizes in bytes.

// Fields: sum (8: int64, uint64 or double), and for float64 its compensation (8). No complex dtypes:
// their parts are adjacent reals.
void tessera_sum_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_sum_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_sum_merge(uint8_t dtype, tessera_accumulators to, const tessera_merger *merger);
void tessera_sum_finish(uint8_t dtype, tessera_accumulators from, size_t first, size_t count, void *result);

// Field: how many values are not NaN (8). Merged and finished as sums of int64.
void tessera_numbers_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_numbers_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);

// Field: product (8, or 16 for complex).
void tessera_product_reset(uint8_t dtype, tessera_accumulators to);
void tessera_product_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_product_merge(uint8_t dtype, tessera_accumulators to, const tessera_merger *merger);

// Fields: extremum (the dtype, but float32 for the half types), whether there was a value (1).
void tessera_extremum_reset(uint8_t kind, uint8_t dtype, tessera_accumulators to);
void tessera_extremum_columns(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
// Of real dtypes.
void tessera_extremum_rows(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
// A minimum and a maximum of the same values in one loop, to the same bits.
void tessera_extrema_columns(uint8_t dtype, tessera_accumulators least, tessera_accumulators greatest,
                             const tessera_tile *tile);
void tessera_extrema_rows(uint8_t dtype, tessera_accumulators least, tessera_accumulators greatest,
                          const tessera_tile *tile);
void tessera_extremum_merge(uint8_t kind, uint8_t dtype, tessera_accumulators to,
                            const tessera_merger *merger);

// Fields: index (8), -1 when there was no value; extremum (as above). `kind` is TESSERA_REDUCE_MINIMUM or
// TESSERA_REDUCE_MAXIMUM.
void tessera_arg_columns(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_arg_merge(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_merger *merger);

// Fields: count (8), mean (8), what the mean lacks (8), sum of squared deviations (8). No complex dtypes.
void tessera_moments_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
// The same together with `tessera_sum_columns` into `sums`, to the same bits (but for a NaN's); float16,
// bfloat16 and float32, NaNs not skipped.
void tessera_moments_and_sums_columns(uint8_t dtype, tessera_accumulators to, tessera_accumulators sums,
                                      const tessera_tile *tile);
void tessera_moments_rows(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_moments_and_sums_rows(uint8_t dtype, tessera_accumulators to, tessera_accumulators sums,
                                   const tessera_tile *tile);
void tessera_moments_merge(tessera_accumulators to, const tessera_merger *merger);

// Fields: greatest value (8), sum of exp(value - greatest) (8). No complex dtypes.
void tessera_log_sum_exp_reset(tessera_accumulators to);
void tessera_log_sum_exp_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_log_sum_exp_merge(tessera_accumulators to, const tessera_merger *merger);
void tessera_log_sum_exp_finish(tessera_accumulators from, size_t first, size_t count, void *result);

// Field: 0 or 1 (1). `all` tells which of the two is meant.
void tessera_truth_columns(int all, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile);
void tessera_truth_merge(int all, tessera_accumulators to, const tessera_merger *merger);

#endif
