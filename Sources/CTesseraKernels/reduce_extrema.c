// Minimum and maximum, which NaN wins, and fmin and fmax, which NaN loses.
#include "reduce_order.h"
#include "reduce_rows.h"

// Fields: the extrema, then whether there was a value.
#define EXTREMA(TYPE, from, at) ((TYPE *)(from).memory + (at))
#define SEEN(TYPE, from, at) ((uint8_t *)((TYPE *)(from).memory + (from).capacity) + (at))

// Without a mask the caller marks what is seen.
TESSERA_INLINE void mark_seen(uint8_t *restrict seen, const uint8_t *restrict mask, size_t count) {
  for (size_t c = 0; c < count; c++) seen[c] |= mask[c] != 0;
}

#define OPERAND(DTYPE, row, mask, c, masked, TYPE, IDENTITY) \
  (!(masked) || (mask)[c] ? (TYPE)LOAD_##DTYPE((row)[c]) : (TYPE)IDENTITY)

#define DEFINE_STEP(KIND, DTYPE, TYPE, TAKES)                                                          \
  TESSERA_INLINE TYPE KIND##_step_##DTYPE(TYPE r, TYPE x) { return TAKES##_##KIND(x, r) ? x : r; }

#define DEFINE_LOOPS(KIND, DTYPE, TYPE, IDENTITY)                                                      \
  TESSERA_INLINE void KIND##_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,          \
                                           tessera_strip strip, const int masked) {                    \
    const in_##DTYPE *in = tile->values;                                                               \
    TYPE *restrict best = EXTREMA(TYPE, to, tile->first + strip.left);                                 \
    uint8_t *restrict seen = SEEN(TYPE, to, tile->first + strip.left);                                 \
    const size_t n = tile->columns;                                                                    \
    size_t r = 0;                                                                                      \
    for (; r + 8 <= tile->rows; r += 8) {                                                              \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                        \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                 \
      for (size_t c = 0; c < strip.width; c++) {                                                       \
        TYPE value = best[c];                                                                          \
        _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 8; k++) value = KIND##_step_##DTYPE( \
            value, OPERAND(DTYPE, row, mask, c + k * n, masked, TYPE, IDENTITY));                      \
        best[c] = value;                                                                               \
      }                                                                                                \
    }                                                                                                  \
    for (; r < tile->rows; r++) {                                                                      \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                        \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, r, masked);                                 \
      for (size_t c = 0; c < strip.width; c++)                                                         \
        best[c] = KIND##_step_##DTYPE(best[c], OPERAND(DTYPE, row, mask, c, masked, TYPE, IDENTITY));  \
    }                                                                                                  \
    if (masked) {                                                                                      \
      for (r = 0; r < tile->rows; r++) mark_seen(seen, ROW(tile->mask, tile, strip, r), strip.width);  \
    } else {                                                                                           \
      memset(seen, 1, strip.width);                                                                    \
    }                                                                                                  \
  }                                                                                                    \
  DEFINE_STRIPS(KIND##_##DTYPE, KIND##_strip_##DTYPE)                                                  \
  static void KIND##_reset_##DTYPE(tessera_accumulators to) {                                          \
    for (size_t i = 0; i < to.capacity; i++) EXTREMA(TYPE, to, 0)[i] = (TYPE)IDENTITY;                 \
    memset(SEEN(TYPE, to, 0), 0, to.capacity);                                                         \
  }                                                                                                    \
  TESSERA_CLONES static void KIND##_merge_##DTYPE(tessera_accumulators to, const tessera_merger *m) {  \
    TYPE *best = EXTREMA(TYPE, to, m->first);                                                          \
    const TYPE *other = EXTREMA(TYPE, m->source, m->source_first);                                     \
    for (size_t i = 0; i < m->count; i++) best[i] = KIND##_step_##DTYPE(best[i], other[i]);            \
    mark_seen(SEEN(TYPE, to, m->first), SEEN(TYPE, m->source, m->source_first), m->count);             \
  }

#define DEFINE_INTEGER(DTYPE, TYPE, LEAST, GREATEST)    \
  DEFINE_STEP(minimum, DTYPE, TYPE, TAKES_INTEGER)      \
  DEFINE_STEP(maximum, DTYPE, TYPE, TAKES_INTEGER)      \
  DEFINE_LOOPS(minimum, DTYPE, TYPE, GREATEST)          \
  DEFINE_LOOPS(maximum, DTYPE, TYPE, LEAST)

#define DEFINE_ALL_FOUR(ORDER, DTYPE, TYPE, LEAST, GREATEST, NOTHING) \
  DEFINE_STEP(minimum, DTYPE, TYPE, TAKES_##ORDER)      \
  DEFINE_STEP(maximum, DTYPE, TYPE, TAKES_##ORDER)      \
  DEFINE_STEP(fmin, DTYPE, TYPE, TAKES_##ORDER)         \
  DEFINE_STEP(fmax, DTYPE, TYPE, TAKES_##ORDER)         \
  DEFINE_LOOPS(minimum, DTYPE, TYPE, GREATEST)          \
  DEFINE_LOOPS(maximum, DTYPE, TYPE, LEAST)             \
  DEFINE_LOOPS(fmin, DTYPE, TYPE, NOTHING)              \
  DEFINE_LOOPS(fmax, DTYPE, TYPE, NOTHING)

#define DEFINE_REAL(DTYPE, TYPE, LEAST, GREATEST) DEFINE_ALL_FOUR(REAL, DTYPE, TYPE, LEAST, GREATEST, NAN)
#define DEFINE_COMPLEX(DTYPE, TYPE, LEAST, GREATEST) \
  DEFINE_ALL_FOUR(COMPLEX, DTYPE, TYPE, LEAST, GREATEST, ((TYPE){NAN, NAN}))

FOR_INTEGERS(DEFINE_INTEGER)
FOR_REALS(DEFINE_REAL)
FOR_COMPLEX(DEFINE_COMPLEX)

// Without a mask, eight rows of reals: their least value without regard to NaN, which is one instruction a row,
// and whether there is a NaN among them, which is one for two rows.
#define DEFINE_UNMASKED(KIND, DTYPE, TYPE, BETTER)                                                     \
  TESSERA_CLONES static void KIND##_unmasked_##DTYPE(tessera_accumulators to, const tessera_tile *tile) { \
    const in_##DTYPE *in = tile->values;                                                               \
    const size_t n = tile->columns, whole = tile->rows / 8 * 8;                                        \
    for (size_t left = 0; left < n; left += STRIP) {                                                   \
      const tessera_strip strip = {left, n - left < STRIP ? n - left : STRIP};                         \
      TYPE *restrict best = EXTREMA(TYPE, to, tile->first + left);                                     \
      for (size_t r = 0; r < whole; r += 8) {                                                          \
        const in_##DTYPE *restrict row = ROW(in, tile, strip, r);                                      \
        for (size_t c = 0; c < strip.width; c++) {                                                     \
          TYPE x[8];                                                                                   \
          _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 8; k++) x[k] =                     \
              LOAD_##DTYPE(row[c + k * n]);                                                            \
          const int nan = (__builtin_isunordered(x[0], x[1]) | __builtin_isunordered(x[2], x[3])) |    \
                          (__builtin_isunordered(x[4], x[5]) | __builtin_isunordered(x[6], x[7]));     \
          TYPE value = x[0];                                                                           \
          _Pragma("clang loop unroll(full)") for (size_t k = 1; k < 8; k++) value =                    \
              x[k] BETTER value ? x[k] : value;                                                        \
          value = best[c] BETTER value ? best[c] : value;                                              \
          best[c] = (nan | (best[c] != best[c])) ? (TYPE)NAN : value;                                  \
        }                                                                                              \
      }                                                                                                \
    }                                                                                                  \
    const tessera_tile rest = {tile->first, tile->rows - whole, n, in + whole * n, NULL, 0, 0, 1, 0};  \
    KIND##_##DTYPE(to, &rest);                                                                         \
  }                                                                                                    \
  static void KIND##_quick_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {                \
    if (tile->mask) {                                                                                  \
      KIND##_##DTYPE(to, tile);                                                                        \
    } else {                                                                                           \
      KIND##_unmasked_##DTYPE(to, tile);                                                               \
    }                                                                                                  \
  }

#define DEFINE_UNMASKED_BOTH(DTYPE, TYPE, LEAST, GREATEST) \
  DEFINE_UNMASKED(minimum, DTYPE, TYPE, <)                 \
  DEFINE_UNMASKED(maximum, DTYPE, TYPE, >)

FOR_REALS(DEFINE_UNMASKED_BOTH)

// Rows: the extrema of lanes without regard to NaN, and whether there is one, then the extremum of those.
#define DEFINE_REAL_ROWS(KIND, DTYPE, TYPE, BETTER)                                                    \
  TESSERA_INLINE TYPE KIND##_of_chunk_##DTYPE(const in_##DTYPE *restrict x, size_t n) {                \
    TYPE lane[LANES];                                                                                  \
    int nan[LANES] = {0};                                                                              \
    for (size_t k = 0; k < LANES; k++) lane[k] = (TYPE)LOAD_##DTYPE(x[0]);                             \
    size_t i = 0;                                                                                      \
    for (; i + 2 * LANES <= n; i += 2 * LANES)                                                         \
      for (size_t k = 0; k < LANES; k++) {                                                             \
        const TYPE a = LOAD_##DTYPE(x[i + k]), b = LOAD_##DTYPE(x[i + k + LANES]);                     \
        nan[k] |= __builtin_isunordered(a, b);                                                         \
        lane[k] = a BETTER lane[k] ? a : lane[k];                                                      \
        lane[k] = b BETTER lane[k] ? b : lane[k];                                                      \
      }                                                                                                \
    for (size_t k = 0; k < n - i; k++) {                                                               \
      const TYPE a = LOAD_##DTYPE(x[i + k]);                                                           \
      nan[k % LANES] |= a != a;                                                                        \
      lane[k % LANES] = a BETTER lane[k % LANES] ? a : lane[k % LANES];                                \
    }                                                                                                  \
    for (size_t half = LANES / 2; half > 0; half /= 2)                                                 \
      for (size_t k = 0; k < half; k++) {                                                              \
        nan[k] |= nan[k + half];                                                                       \
        lane[k] = lane[k + half] BETTER lane[k] ? lane[k + half] : lane[k];                            \
      }                                                                                                \
    return nan[0] ? (TYPE)NAN : lane[0];                                                               \
  }                                                                                                    \
  DEFINE_CHUNK(KIND, DTYPE, TYPE)

#define DEFINE_INTEGER_ROWS(KIND, DTYPE, TYPE, BETTER)                                                 \
  TESSERA_INLINE TYPE KIND##_of_chunk_##DTYPE(const in_##DTYPE *restrict x, size_t n) {                \
    TYPE best = LOAD_##DTYPE(x[0]);                                                                    \
    for (size_t i = 0; i < n; i++) {                                                                   \
      const TYPE value = LOAD_##DTYPE(x[i]);                                                           \
      best = value BETTER best ? value : best;                                                         \
    }                                                                                                  \
    return best;                                                                                       \
  }                                                                                                    \
  DEFINE_CHUNK(KIND, DTYPE, TYPE)

#define DEFINE_CHUNK(KIND, DTYPE, TYPE)                                                                \
  TESSERA_INLINE void KIND##_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x,    \
                                           size_t n) {                                                 \
    TYPE *best = EXTREMA(TYPE, to, at);                                                                \
    *best = KIND##_step_##DTYPE(*best, KIND##_of_chunk_##DTYPE(x, n));                                 \
    *SEEN(TYPE, to, at) = 1;                                                                           \
  }                                                                                                    \
  DEFINE_ROWS(KIND##_rows_##DTYPE, tessera_accumulators, DTYPE, KIND##_chunk_##DTYPE)

#define DEFINE_BOTH_REAL_ROWS(DTYPE, TYPE, LEAST, GREATEST) \
  DEFINE_REAL_ROWS(minimum, DTYPE, TYPE, <)                 \
  DEFINE_REAL_ROWS(maximum, DTYPE, TYPE, >)
#define DEFINE_BOTH_INTEGER_ROWS(DTYPE, TYPE, LEAST, GREATEST) \
  DEFINE_INTEGER_ROWS(minimum, DTYPE, TYPE, <)                 \
  DEFINE_INTEGER_ROWS(maximum, DTYPE, TYPE, >)

FOR_REALS(DEFINE_BOTH_REAL_ROWS)
FOR_INTEGERS(DEFINE_BOTH_INTEGER_ROWS)

// By dtype (the macros keep the order of `DType`), then by kind.
#define BOTH_ROWS(DTYPE, TYPE, LEAST, GREATEST) {minimum_rows_##DTYPE, maximum_rows_##DTYPE},
static void (*const row_loops[13][2])(tessera_accumulators, const tessera_tile *) = {
    FOR_INTEGERS(BOTH_ROWS) FOR_REALS(BOTH_ROWS)};

void tessera_extremum_rows(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  row_loops[dtype][kind](to, tile);
}

// Four loops for each dtype; integers have two, as they know no NaN.
typedef struct {
  void (*reset)(tessera_accumulators to);
  void (*columns)(tessera_accumulators to, const tessera_tile *tile);
  void (*merge)(tessera_accumulators to, const tessera_merger *merger);
} extremum_loops;

#define LOOPS(KIND, DTYPE) {KIND##_reset_##DTYPE, KIND##_##DTYPE, KIND##_merge_##DTYPE}
#define INTEGER_ROW(DTYPE, TYPE, LEAST, GREATEST) \
  {LOOPS(minimum, DTYPE), LOOPS(maximum, DTYPE), LOOPS(minimum, DTYPE), LOOPS(maximum, DTYPE)},
#define QUICK(KIND, DTYPE) {KIND##_reset_##DTYPE, KIND##_quick_##DTYPE, KIND##_merge_##DTYPE}
#define REAL_ROW(DTYPE, TYPE, LEAST, GREATEST) \
  {QUICK(minimum, DTYPE), QUICK(maximum, DTYPE), LOOPS(fmin, DTYPE), LOOPS(fmax, DTYPE)},
#define COMPLEX_ROW(DTYPE, TYPE, LEAST, GREATEST) \
  {LOOPS(minimum, DTYPE), LOOPS(maximum, DTYPE), LOOPS(fmin, DTYPE), LOOPS(fmax, DTYPE)},

// By dtype (the macros keep the order of `DType`), then by kind.
static const extremum_loops loops[15][4] = {FOR_INTEGERS(INTEGER_ROW) FOR_REALS(REAL_ROW)
                                                FOR_COMPLEX(COMPLEX_ROW)};

void tessera_extremum_reset(uint8_t kind, uint8_t dtype, tessera_accumulators to) {
  loops[dtype][kind].reset(to);
}

void tessera_extremum_columns(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  loops[dtype][kind].columns(to, tile);
}

void tessera_extremum_merge(uint8_t kind, uint8_t dtype, tessera_accumulators to,
                            const tessera_merger *merger) {
  loops[dtype][kind].merge(to, merger);
}
