// Moments of columns; what they are is in reduce_moments.h.
#include "reduce_moments.h"

enum { PIECE = 8, RUN = TESSERA_MOMENTS_RUN };

#define SUM_OF_EIGHT(x) (((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7])))

// Pieces of eight rows of positions that have all seen `seen` values: the shares are the same for all. WIDE is
// whether eight values of the dtype may have a sum that a double rounds by more than the values' own spread. With
// `sums` the sums of pieces are added up in `sum` as well.
#define DEFINE_EIGHT(DTYPE, WIDE)                                                                            \
  TESSERA_INLINE void eight_##DTYPE(moments to, double *restrict sum, const in_##DTYPE *restrict row,        \
                                    size_t n, size_t width, int64_t seen, const int sums) {                  \
    double *restrict mean = to.mean;                                                                         \
    double *restrict lost = to.lost;                                                                         \
    double *restrict m2 = to.m2;                                                                             \
    const double part = (double)PIECE / (double)(seen + PIECE), weight = (double)seen * part;                \
    for (size_t c = 0; c < width; c++) {                                                                     \
      double x[PIECE], d[PIECE], square[PIECE];                                                              \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < PIECE; k++) x[k] =                           \
          (double)LOAD_##DTYPE(row[c + k * n]);                                                              \
      const double eight = SUM_OF_EIGHT(x), piece_mean = eight * 0.125;                                      \
      if (sums) sum[c] += eight;                                                                             \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < PIECE; k++) {                                \
        d[k] = x[k] - piece_mean;                                                                            \
        square[k] = d[k] * d[k];                                                                             \
      }                                                                                                      \
      const double rest = WIDE ? lacking(SUM_OF_EIGHT(d) * 0.125) : 0;                                       \
      const double piece_m2 = SUM_OF_EIGHT(square);                                                          \
      merge_one(&mean[c], &lost[c], &m2[c], piece_mean, rest,                                                \
                WIDE ? less_squares(piece_m2, PIECE, rest) : piece_m2, part, weight);                        \
    }                                                                                                        \
  }

// A run of up to RUN rows, whole pieces, of positions that have all seen `seen` values. With `sums` the sums of pieces are
// added up in `sum` as well. Columns with values that are not finite are taken in pieces.
#define DEFINE_RUN(DTYPE)                                                                                    \
  TESSERA_INLINE void run_##DTYPE(moments to, double *restrict sum, const in_##DTYPE *restrict row,          \
                                  size_t n, size_t width, size_t rows, int64_t seen, const int sums) {       \
    double first[STRIP], total[STRIP], squares[STRIP];                                                       \
    for (size_t c = 0; c < width; c++) {                                                                     \
      first[c] = (double)LOAD_##DTYPE(row[c]);                                                               \
      total[c] = squares[c] = 0;                                                                             \
    }                                                                                                        \
    for (size_t r = 0; r < rows; r += PIECE)                                                                 \
      for (size_t c = 0; c < width; c++) {                                                                   \
        double x[PIECE], square[PIECE];                                                                      \
        _Pragma("clang loop unroll(full)") for (size_t k = 0; k < PIECE; k++) {                              \
          x[k] = (double)LOAD_##DTYPE(row[c + (r + k) * n]);                                                 \
          const double d = x[k] - first[c];                                                                  \
          square[k] = d * d;                                                                                 \
        }                                                                                                    \
        const double eight = SUM_OF_EIGHT(x);                                                                \
        if (sums) sum[c] += eight;                                                                           \
        total[c] += eight;                                                                                   \
        squares[c] += SUM_OF_EIGHT(square);                                                                  \
      }                                                                                                      \
    const double number = (double)rows, part = number / (double)(seen + (int64_t)rows);                      \
    const double weight = (double)seen * part;                                                               \
    double *restrict mean = to.mean;                                                                         \
    double *restrict lost = to.lost;                                                                         \
    double *restrict m2 = to.m2;                                                                             \
    int all_finite = 1;                                                                                      \
    for (size_t c = 0; c < width; c++) {                                                                     \
      const int finite = squares[c] < INFINITY;                                                              \
      const run_moments run = of_run(first[c], total[c], squares[c], number);                                \
      double to_mean = mean[c], to_lost = lost[c], to_m2 = m2[c];                                            \
      merge_one(&to_mean, &to_lost, &to_m2, run.first, run.rest, run.m2, part, weight);                      \
      mean[c] = finite ? to_mean : mean[c];                                                                  \
      lost[c] = finite ? to_lost : lost[c];                                                                  \
      m2[c] = finite ? to_m2 : m2[c];                                                                        \
      all_finite &= finite;                                                                                  \
    }                                                                                                        \
    for (size_t c = 0; c < width && !all_finite; c++)                                                        \
      for (size_t r = 0; r < rows && !(squares[c] < INFINITY); r += PIECE) {                                 \
        const moments one = {NULL, mean + c, lost + c, m2 + c};                                              \
        eight_##DTYPE(one, NULL, row + c + r * n, n, 1, seen + (int64_t)r, 0);                               \
      }                                                                                                      \
  }

// Whole pieces of rows of positions that have seen equally many values.
#define DEFINE_EQUAL(DTYPE)                                                                                  \
  TESSERA_INLINE void equal_##DTYPE(moments to, double *restrict sum, const in_##DTYPE *row, size_t n,       \
                                    size_t width, size_t rows, const int sums) {                             \
    const int64_t seen = to.count[0];                                                                        \
    const size_t most = RUNS_##DTYPE ? RUN : PIECE;                                                          \
    for (size_t r = 0; r < rows; r += most) {                                                                \
      const size_t height = rows - r < most ? rows - r : most;                                               \
      if (height > PIECE)                                                                                    \
        run_##DTYPE(to, sum, row + r * n, n, width, height, seen + (int64_t)r, sums);                        \
      else                                                                                                   \
        eight_##DTYPE(to, sum, row + r * n, n, width, seen + (int64_t)r, sums);                              \
    }                                                                                                        \
    for (size_t c = 0; c < width; c++) to.count[c] = seen + (int64_t)rows;                                   \
  }

// A count below 2^52 as a double, by integer operations that all instruction sets have for vectors.
TESSERA_INLINE double double_of(int64_t count) {
  const int64_t bits = count + 0x4330000000000000;
  double shifted;
  memcpy(&shifted, &bits, sizeof shifted);
  return shifted - 0x1p52;
}

// Pieces of up to eight rows, of which some values may not count; positions may have seen different numbers of values.
#define DEFINE_PIECE(DTYPE, WIDE)                                                                            \
  TESSERA_INLINE void piece_##DTYPE(moments to, const in_##DTYPE *restrict row,                              \
                                    const uint8_t *restrict mask, size_t n, size_t width, const size_t rows, \
                                    const int counted) {                                                     \
    int64_t *restrict count = to.count;                                                                      \
    double *restrict mean = to.mean;                                                                         \
    double *restrict lost = to.lost;                                                                         \
    double *restrict m2 = to.m2;                                                                             \
    for (size_t c = 0; c < width; c++) {                                                                     \
      double x[PIECE] = {0}, d[PIECE] = {0}, square[PIECE] = {0};                                            \
      int64_t more = 0;                                                                                      \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < rows; k++) {                                 \
        const int counts = COUNTS(counted, LOAD_##DTYPE(row[c + k * n]), mask, c + k * n);                   \
        more += counts;                                                                                      \
        x[k] = counts ? (double)LOAD_##DTYPE(row[c + k * n]) : 0;                                            \
      }                                                                                                      \
      const double number = double_of(more), seen = double_of(count[c]), some = number > 0 ? number : 1;     \
      const double eight = SUM_OF_EIGHT(x), piece_mean = eight / some;                                       \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < rows; k++) {                                 \
        const int counts = COUNTS(counted, LOAD_##DTYPE(row[c + k * n]), mask, c + k * n);                   \
        d[k] = counts ? x[k] - piece_mean : 0;                                                               \
        square[k] = d[k] * d[k];                                                                             \
      }                                                                                                      \
      const double rest = WIDE ? lacking(SUM_OF_EIGHT(d) / some) : 0;                                        \
      const double squares = SUM_OF_EIGHT(square), part = number / (seen + some);                            \
      double to_mean = mean[c], to_lost = lost[c], to_m2 = m2[c];                                            \
      merge_one(&to_mean, &to_lost, &to_m2, piece_mean, rest,                                                \
                WIDE ? less_squares(squares, number, rest) : squares, part, seen * part);                    \
      /* A mean of no values must not meet an infinite one. */                                               \
      mean[c] = number > 0 ? to_mean : mean[c];                                                              \
      lost[c] = number > 0 ? to_lost : lost[c];                                                              \
      m2[c] = number > 0 ? to_m2 : m2[c];                                                                    \
      count[c] += more;                                                                                      \
    }                                                                                                        \
  }

// Of a run of which some values may not count: how many do, the sum of their deviations, and of the squares of these.
typedef struct {
  int32_t number[STRIP];
  double total[STRIP], squares[STRIP];
  // Whether a position was not merged.
  uint8_t left[STRIP];
} partial_sums;

// Merges what deviates from the means of positions, unless these have seen nothing or what is not finite.
//
// Returns whether all are merged.
TESSERA_INLINE int merge_partial(moments to, partial_sums *run, size_t width) {
  int64_t *restrict count = to.count;
  double *restrict mean = to.mean;
  double *restrict lost = to.lost;
  double *restrict m2 = to.m2;
  const int32_t *restrict numbers = run->number;
  const double *restrict totals = run->total;
  const double *restrict all_squares = run->squares;
  uint8_t *restrict left = run->left;
  for (size_t c = 0; c < width; c++) {
    const double number = numbers[c], seen = double_of(count[c]), some = number > 0 ? number : 1;
    const int has_mean = (seen > 0) & (__builtin_fabs(mean[c]) < INFINITY);
    const double rest = totals[c] / some, squares = all_squares[c] - totals[c] * rest;
    const double part = number / (seen + some);
    const int fits = (number == 0) | (has_mean & (all_squares[c] < INFINITY)), takes = fits & (number > 0);
    double to_mean = mean[c], to_lost = lost[c], to_m2 = m2[c];
    merge_one(&to_mean, &to_lost, &to_m2, to_mean, rest, squares < 0 ? 0 : squares, part, seen * part);
    mean[c] = takes ? to_mean : mean[c];
    lost[c] = takes ? to_lost : lost[c];
    m2[c] = takes ? to_m2 : m2[c];
    count[c] += takes ? numbers[c] : 0;
    left[c] = !fits;
  }
  return memchr(left, 1, width) == NULL;
}

// A run of up to RUN rows, whole pieces, of which some values may not count. Deviations are from the mean of what was seen
// before: where that is far from the run's, what they lose is small beside what the merge adds.
#define DEFINE_PARTIAL_RUN(DTYPE)                                                                            \
  TESSERA_INLINE void partial_run_##DTYPE(moments to, const in_##DTYPE *restrict row,                        \
                                          const uint8_t *restrict mask, size_t n, size_t width, size_t rows, \
                                          const int counted) {                                               \
    partial_sums run;                                                                                        \
    memset(run.number, 0, width * sizeof *run.number);                                                       \
    memset(run.total, 0, width * sizeof *run.total);                                                         \
    memset(run.squares, 0, width * sizeof *run.squares);                                                     \
    const double *restrict mean = to.mean;                                                                   \
    for (size_t r = 0; r < rows; r += PIECE) {                                                               \
      /* Counted apart, in vectors of more numbers. */                                                       \
      for (size_t c = 0; c < width; c++)                                                                     \
        _Pragma("clang loop unroll(full)") for (size_t k = 0; k < PIECE; k++) run.number[c] +=               \
            COUNTS(counted, LOAD_##DTYPE(row[c + (r + k) * n]), mask, c + (r + k) * n);                      \
      for (size_t c = 0; c < width; c++) {                                                                   \
        double d[PIECE], square[PIECE];                                                                      \
        _Pragma("clang loop unroll(full)") for (size_t k = 0; k < PIECE; k++) {                              \
          /* Of a finite mean it is NaN where the value is, and is compared as it is a double already. */    \
          const double apart = (double)LOAD_##DTYPE(row[c + (r + k) * n]) - mean[c];                         \
          d[k] = COUNTS(counted, apart, mask, c + (r + k) * n) ? apart : 0;                                  \
          square[k] = d[k] * d[k];                                                                           \
        }                                                                                                    \
        run.total[c] += SUM_OF_EIGHT(d);                                                                     \
        run.squares[c] += SUM_OF_EIGHT(square);                                                              \
      }                                                                                                      \
    }                                                                                                        \
    if (merge_partial(to, &run, width)) return;                                                              \
    for (size_t c = 0; c < width; c++)                                                                       \
      for (size_t r = 0; r < rows && run.left[c]; r += PIECE) {                                              \
        const moments one = {to.count + c, to.mean + c, to.lost + c, to.m2 + c};                             \
        const size_t at = c + r * n;                                                                         \
        piece_##DTYPE(one, row + at, counted == MASKED ? mask + at : NULL, n, 1, PIECE, counted);            \
      }                                                                                                      \
  }

// How many positions have no mean to tell deviations from.
TESSERA_INLINE size_t strangers(moments to, size_t width) {
  size_t strangers = 0;
  for (size_t c = 0; c < width; c++) strangers += !((to.count[c] > 0) & (__builtin_fabs(to.mean[c]) < INFINITY));
  return strangers;
}

// Whole pieces of rows, of which some values may not count.
#define DEFINE_PARTIAL(DTYPE)                                                                                \
  TESSERA_INLINE void partial_##DTYPE(moments to, const in_##DTYPE *row, const uint8_t *mask, size_t n,      \
                                      size_t width, size_t rows, const int counted) {                        \
    for (size_t r = 0, height; r < rows; r += height) {                                                      \
      const uint8_t *own = counted == MASKED ? mask + r * n : NULL;                                          \
      const size_t most = RUN - r % RUN; /* To where a tile may be cut. */                                   \
      height = strangers(to, width) * 8 > width ? PIECE : rows - r < most ? rows - r : most;                 \
      if (height > PIECE)                                                                                    \
        partial_run_##DTYPE(to, row + r * n, own, n, width, height, counted);                                \
      else                                                                                                   \
        piece_##DTYPE(to, row + r * n, own, n, width, PIECE, counted);                                       \
    }                                                                                                        \
  }

TESSERA_INLINE int all_equal(const int64_t *restrict count, size_t width) {
  int64_t differing = 0;
  for (size_t c = 0; c < width; c++) differing |= count[c] ^ count[0];
  return differing == 0;
}

#define DEFINE_MOMENTS(DTYPE, WIDE, STRIPS)                                                                  \
  DEFINE_EIGHT(DTYPE, WIDE)                                                                                  \
  DEFINE_RUN(DTYPE)                                                                                          \
  DEFINE_EQUAL(DTYPE)                                                                                        \
  DEFINE_PIECE(DTYPE, WIDE)                                                                                  \
  DEFINE_PARTIAL_RUN(DTYPE)                                                                                  \
  DEFINE_PARTIAL(DTYPE)                                                                                      \
  TESSERA_INLINE void moments_strip_##DTYPE(tessera_accumulators all, const tessera_tile *tile,              \
                                            tessera_strip strip, const int counted) {                        \
    const in_##DTYPE *in = tile->values;                                                                     \
    const moments to = moments_at(all, tile->first + strip.left);                                            \
    size_t r = 0;                                                                                            \
    const size_t whole = tile->rows / PIECE * PIECE;                                                         \
    if (counted == ALL && whole > 0 && all_equal(to.count, strip.width)) {                                   \
      r = whole;                                                                                             \
      equal_##DTYPE(to, NULL, ROW(in, tile, strip, 0), tile->columns, strip.width, whole, 0);                \
    }                                                                                                        \
    if (counted != ALL && RUNS_##DTYPE) {                                                                    \
      r = whole;                                                                                             \
      partial_##DTYPE(to, ROW(in, tile, strip, 0), MASK_ROW(tile, strip, 0, counted), tile->columns,         \
                      strip.width, whole, counted);                                                          \
    }                                                                                                        \
    for (; r + PIECE <= tile->rows; r += PIECE)                                                              \
      piece_##DTYPE(to, ROW(in, tile, strip, r), MASK_ROW(tile, strip, r, counted), tile->columns,           \
                    strip.width, PIECE, counted);                                                            \
    for (; r + PIECE / 2 <= tile->rows; r += PIECE / 2)                                                      \
      piece_##DTYPE(to, ROW(in, tile, strip, r), MASK_ROW(tile, strip, r, counted), tile->columns,           \
                    strip.width, PIECE / 2, counted);                                                        \
    for (; r < tile->rows; r++)                                                                              \
      piece_##DTYPE(to, ROW(in, tile, strip, r), MASK_ROW(tile, strip, r, counted), tile->columns,           \
                    strip.width, 1, counted);                                                                \
  }                                                                                                          \
  STRIPS(moments_##DTYPE, moments_strip_##DTYPE)

DEFINE_MOMENTS(bool, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(int8, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(int16, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(int32, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(int64, 1, DEFINE_STRIPS)
DEFINE_MOMENTS(uint8, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(uint16, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(uint32, 0, DEFINE_STRIPS)
DEFINE_MOMENTS(uint64, 1, DEFINE_STRIPS)
DEFINE_MOMENTS(float16, 0, DEFINE_FLOAT_STRIPS)
DEFINE_MOMENTS(bfloat16, 0, DEFINE_FLOAT_STRIPS)
DEFINE_MOMENTS(float32, 0, DEFINE_FLOAT_STRIPS)
DEFINE_MOMENTS(float64, 1, DEFINE_FLOAT_STRIPS)

void tessera_moments_columns(uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  switch (dtype) {
    case 0: moments_bool(to, tile); break;
    case 1: moments_int8(to, tile); break;
    case 2: moments_int16(to, tile); break;
    case 3: moments_int32(to, tile); break;
    case 4: moments_int64(to, tile); break;
    case 5: moments_uint8(to, tile); break;
    case 6: moments_uint16(to, tile); break;
    case 7: moments_uint32(to, tile); break;
    case 8: moments_uint64(to, tile); break;
    case 9: moments_float16(to, tile); break;
    case 10: moments_bfloat16(to, tile); break;
    case 11: moments_float32(to, tile); break;
    case 12: moments_float64(to, tile); break;
  }
}

// Whether the positions of each strip have seen equally many values.
static int are_strips_equal(tessera_accumulators all, const tessera_tile *tile) {
  for (size_t left = 0; left < tile->columns; left += STRIP) {
    const size_t rest = tile->columns - left;
    if (!all_equal(moments_at(all, tile->first + left).count, rest < STRIP ? rest : STRIP)) return 0;
  }
  return 1;
}

// Moments, and the sums that reduce_sum.c makes, in the same order: what both begin with is done once.
#define DEFINE_MOMENTS_AND_SUMS(NUMBER, DTYPE)                                                               \
  TESSERA_CLONES static void both_##DTYPE(tessera_accumulators all, tessera_accumulators sums,               \
                                          const tessera_tile *tile) {                                        \
    const in_##DTYPE *in = tile->values;                                                                     \
    const size_t n = tile->columns, whole = tile->rows / PIECE * PIECE;                                      \
    for (size_t left = 0; left < n; left += STRIP) {                                                         \
      const tessera_strip strip = {left, n - left < STRIP ? n - left : STRIP};                               \
      const moments to = moments_at(all, tile->first + left);                                                \
      double *sum = (double *)sums.memory + tile->first + left;                                              \
      equal_##DTYPE(to, sum, ROW(in, tile, strip, 0), n, strip.width, whole, 1);                             \
    }                                                                                                        \
    const tessera_tile rest = {tile->first, tile->rows - whole, n, in + whole * n, NULL, 0, 0, 1, 0, 0};     \
    moments_##DTYPE(all, &rest);                                                                             \
    tessera_sum_columns(NUMBER, sums, &rest);                                                                \
  }

DEFINE_MOMENTS_AND_SUMS(9, float16)
DEFINE_MOMENTS_AND_SUMS(10, bfloat16)
DEFINE_MOMENTS_AND_SUMS(11, float32)

void tessera_moments_and_sums_columns(uint8_t dtype, tessera_accumulators to, tessera_accumulators sums,
                                      const tessera_tile *tile) {
  if (tile->mask || !are_strips_equal(to, tile)) {
    tessera_moments_columns(dtype, to, tile);
    tessera_sum_columns(dtype, sums, tile);
    return;
  }
  switch (dtype) {
    case 9: both_float16(to, sums, tile); break;
    case 10: both_bfloat16(to, sums, tile); break;
    case 11: both_float32(to, sums, tile); break;
  }
}

// The two may be parts of one memory, but never the same positions: the loop may be taken in vectors.
TESSERA_CLONES void tessera_moments_merge(tessera_accumulators all, const tessera_merger *merger) {
  const moments to = moments_at(all, merger->first);
  const moments from = moments_at(merger->source, merger->source_first);
#pragma clang loop vectorize(assume_safety)
  for (size_t i = 0; i < merger->count; i++) {
    const double seen = (double)to.count[i], more = (double)from.count[i];
    const double part = more / (seen + more > 0 ? seen + more : 1);
    double mean = to.mean[i], lost = to.lost[i], m2 = to.m2[i];
    merge_one(&mean, &lost, &m2, from.mean[i], from.lost[i], from.m2[i], part, seen * part);
    // Where one of the two is empty, the other is taken as it is.
    to.mean[i] = more > 0 ? (seen > 0 ? mean : from.mean[i]) : to.mean[i];
    to.lost[i] = more > 0 ? (seen > 0 ? lost : from.lost[i]) : to.lost[i];
    to.m2[i] = more > 0 ? (seen > 0 ? m2 : from.m2[i]) : to.m2[i];
    to.count[i] += from.count[i];
  }
}
