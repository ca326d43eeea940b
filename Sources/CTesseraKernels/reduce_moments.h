// Count, mean and sum of squared deviations ("m2") of pieces of up to eight values of a column, or of chunks of a row, merged
// by the formulas of Chan, Golub and LeVeque (1983): squares of the values themselves are never subtracted. The mean is kept
// in two doubles, its rounded value and what that lacks, so that it is not worn off by millions of merges.
//
// Of floats below float64, and of bools and integers of up to 16 bits, columns without a mask that have seen equally many
// values are merged in runs of 16 to 64 rows, whole pieces, where there are as many. Deviations of runs, and of chunks of these
// dtypes, are from their own first value, which is as far from the mean as the values are: of n values, no more than the
// factor n is lost in m2 by what is subtracted, and nothing of integers. Where some values do not count, by a mask or as NaNs,
// they are from the mean of what the position has seen before, runs where seven eighths of a strip have such a mean, and in
// chunks that are a row's first ones from its first number. Other deviations, and where these are not finite, are from the
// mean of the piece or chunk. Runs of 64 rows take two thirds of the time of pieces that are merged one by one, runs of 16 as
// long; of 8, which are left as pieces, longer (a C loop that is not in the repository, on an AMD EPYC).
#ifndef TESSERA_REDUCE_MOMENTS_H
#define TESSERA_REDUCE_MOMENTS_H

#include "reduce.h"

// The dtypes of which longer runs are merged.
enum {
  RUNS_bool = 1, RUNS_int8 = 1, RUNS_int16 = 1, RUNS_int32 = 0, RUNS_int64 = 0, RUNS_uint8 = 1, RUNS_uint16 = 1,
  RUNS_uint32 = 0, RUNS_uint64 = 0, RUNS_float16 = 1, RUNS_bfloat16 = 1, RUNS_float32 = 1, RUNS_float64 = 0,
};

typedef struct {
  int64_t *count;
  double *mean, *lost, *m2;
} moments;

TESSERA_INLINE moments moments_at(tessera_accumulators from, size_t at) {
  int64_t *count = (int64_t *)from.memory + at;
  double *mean = (double *)from.memory + from.capacity + at;
  return (moments){count, mean, mean + from.capacity, mean + 2 * from.capacity};
}

// Merges values of which the mean is `other` + `rest`, the sum of squared deviations `m2`. `part` is
// their share in all values seen now, `weight` that share times the number of those seen before.
TESSERA_INLINE void merge_one(double *mean, double *lost, double *to_m2, double other, double rest, double m2,
                              double part, double weight) {
  const double before = *mean;
  const double delta = ((other - before) - *lost) + rest;
  const double change = delta * part;
  const double sum = before + change;
  const double added = sum - before;
  const double error = *lost + ((before - (sum - added)) + (change - added));
  // An infinite mean stays, unless the opposite infinity or a NaN comes.
  const double after = __builtin_fabs(before) == INFINITY ? before + other : sum;
  *mean = after;
  *lost = __builtin_fabs(after) < INFINITY ? error : 0;
  // In this order a weight of zero takes away even what would overflow. Where it is NaN a mean is not finite, and an m2 is
  // what it shall be already: infinite where sums of finite values overflow, NaN of infinite ones.
  const double between = delta * (delta * weight);
  *to_m2 += m2 + (between == between ? between : 0);
}

// What the rounded mean of a piece lacks, by the mean of the deviations from it. Where these overflow, as they do from an
// infinite mean, it is not known.
TESSERA_INLINE double lacking(double deviations) { return __builtin_fabs(deviations) < INFINITY ? deviations : 0; }

// The squares without what the mean's own error adds to them (Björck's correction).
TESSERA_INLINE double less_squares(double m2, double count, double rest) {
  const double corrected = m2 - count * rest * rest;
  return corrected < 0 ? 0 : m2 < INFINITY ? corrected : m2;
}

// Mean, as the sum of two numbers, and m2 of the values of a run.
typedef struct {
  double first, rest, m2;
} run_moments;

// Those of `number` values of which the sum is `total` and the squared deviations from `first`, one of them, add up to
// `squares`. The sum and what is subtracted from it are exact, or the values differ by more than these lose.
TESSERA_INLINE run_moments of_run(double first, double total, double squares, double number) {
  const double deviations = total - number * first, rest = deviations / number;
  const double m2 = squares - deviations * rest;
  return (run_moments){first, rest, m2 < 0 ? 0 : m2};
}

#endif
