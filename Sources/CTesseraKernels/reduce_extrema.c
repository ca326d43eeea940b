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

// The better of two values without regard to NaN, which is one instruction.
#define LESSER(x, y) ((x) < (y) ? (x) : (y))
#define GREATER(x, y) ((x) > (y) ? (x) : (y))

// Without a mask, eight rows of reals: their extrema without regard to NaN, and whether there is a NaN among them,
// which is one comparison for two rows. `with_least` and `with_greatest` tell which of the two are kept: together they
// load and compare once.
#define DEFINE_UNMASKED(DTYPE, TYPE, LEAST, GREATEST)                                                             \
  TESSERA_INLINE void unmasked_strip_##DTYPE(TYPE *restrict least, TYPE *restrict greatest,                       \
                                             const in_##DTYPE *restrict row, size_t n, size_t width,              \
                                             const int with_least, const int with_greatest) {                     \
    for (size_t c = 0; c < width; c++) {                                                                          \
      TYPE x[8];                                                                                                  \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 8; k++) x[k] = LOAD_##DTYPE(row[c + k * n]);      \
      const int nan = (__builtin_isunordered(x[0], x[1]) | __builtin_isunordered(x[2], x[3])) |                   \
                      (__builtin_isunordered(x[4], x[5]) | __builtin_isunordered(x[6], x[7]));                    \
      TYPE low = x[0], high = x[0];                                                                               \
      _Pragma("clang loop unroll(full)") for (size_t k = 1; k < 8; k++) {                                         \
        low = LESSER(x[k], low);                                                                                  \
        high = GREATER(x[k], high);                                                                               \
      }                                                                                                           \
      if (with_least) least[c] = (nan | (least[c] != least[c])) ? (TYPE)NAN : LESSER(least[c], low);              \
      if (with_greatest)                                                                                          \
        greatest[c] = (nan | (greatest[c] != greatest[c])) ? (TYPE)NAN : GREATER(greatest[c], high);              \
    }                                                                                                             \
  }                                                                                                               \
  TESSERA_INLINE void unmasked_##DTYPE(tessera_accumulators low, tessera_accumulators high,                       \
                                       const tessera_tile *tile, const int with_least, const int with_greatest) { \
    const in_##DTYPE *in = tile->values;                                                                          \
    const size_t n = tile->columns, whole = tile->rows / 8 * 8;                                                   \
    for (size_t left = 0; left < n; left += STRIP) {                                                              \
      const tessera_strip strip = {left, n - left < STRIP ? n - left : STRIP};                                    \
      TYPE *least = with_least ? EXTREMA(TYPE, low, tile->first + left) : NULL;                                   \
      TYPE *greatest = with_greatest ? EXTREMA(TYPE, high, tile->first + left) : NULL;                            \
      for (size_t r = 0; r < whole; r += 8)                                                                       \
        unmasked_strip_##DTYPE(least, greatest, ROW(in, tile, strip, r), n, strip.width, with_least,              \
                               with_greatest);                                                                    \
    }                                                                                                             \
    const tessera_tile rest = {tile->first, tile->rows - whole, n, in + whole * n, NULL, 0, 0, 1, 0, 0};          \
    if (with_least) minimum_##DTYPE(low, &rest);                                                                  \
    if (with_greatest) maximum_##DTYPE(high, &rest);                                                              \
  }                                                                                                               \
  TESSERA_CLONES static void minimum_unmasked_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {        \
    unmasked_##DTYPE(to, to, tile, 1, 0);                                                                         \
  }                                                                                                               \
  TESSERA_CLONES static void maximum_unmasked_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {        \
    unmasked_##DTYPE(to, to, tile, 0, 1);                                                                         \
  }                                                                                                               \
  TESSERA_CLONES static void both_unmasked_##DTYPE(tessera_accumulators least, tessera_accumulators greatest,     \
                                                   const tessera_tile *tile) {                                    \
    unmasked_##DTYPE(least, greatest, tile, 1, 1);                                                                \
  }                                                                                                               \
  static void minimum_quick_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {                          \
    (tile->mask ? minimum_##DTYPE : minimum_unmasked_##DTYPE)(to, tile);                                          \
  }                                                                                                               \
  static void maximum_quick_##DTYPE(tessera_accumulators to, const tessera_tile *tile) {                          \
    (tile->mask ? maximum_##DTYPE : maximum_unmasked_##DTYPE)(to, tile);                                          \
  }

FOR_REALS(DEFINE_UNMASKED)

// Rows: the extrema of lanes, and for reals whether there is a NaN, then the extrema of those.
#define DEFINE_REAL_CHUNK(DTYPE, TYPE, LEAST, GREATEST)                                                         \
  TESSERA_INLINE void extrema_of_chunk_##DTYPE(const in_##DTYPE *restrict x, size_t n, TYPE *least,             \
                                               TYPE *greatest) {                                                \
    TYPE low[LANES], high[LANES];                                                                               \
    int nan[LANES] = {0};                                                                                       \
    for (size_t k = 0; k < LANES; k++) low[k] = high[k] = (TYPE)LOAD_##DTYPE(x[0]);                             \
    size_t i = 0;                                                                                               \
    for (; i + 2 * LANES <= n; i += 2 * LANES)                                                                  \
      for (size_t k = 0; k < LANES; k++) {                                                                      \
        const TYPE a = LOAD_##DTYPE(x[i + k]), b = LOAD_##DTYPE(x[i + k + LANES]);                              \
        nan[k] |= __builtin_isunordered(a, b);                                                                  \
        low[k] = LESSER(b, LESSER(a, low[k]));                                                                  \
        high[k] = GREATER(b, GREATER(a, high[k]));                                                              \
      }                                                                                                         \
    for (size_t k = 0; k < n - i; k++) {                                                                        \
      const TYPE a = LOAD_##DTYPE(x[i + k]);                                                                    \
      nan[k % LANES] |= a != a;                                                                                 \
      low[k % LANES] = LESSER(a, low[k % LANES]);                                                               \
      high[k % LANES] = GREATER(a, high[k % LANES]);                                                            \
    }                                                                                                           \
    for (size_t half = LANES / 2; half > 0; half /= 2)                                                          \
      for (size_t k = 0; k < half; k++) {                                                                       \
        nan[k] |= nan[k + half];                                                                                \
        low[k] = LESSER(low[k + half], low[k]);                                                                 \
        high[k] = GREATER(high[k + half], high[k]);                                                             \
      }                                                                                                         \
    *least = nan[0] ? (TYPE)NAN : low[0];                                                                       \
    *greatest = nan[0] ? (TYPE)NAN : high[0];                                                                   \
  }                                                                                                             \
  DEFINE_CHUNKS(DTYPE, TYPE)                                                                                    \
  DEFINE_NUMBER_CHUNKS(DTYPE, TYPE)

// Extrema of the numbers of a chunk: a NaN takes no one's place, and infinity gives way to any number, so where it is left
// it is looked for.
#define DEFINE_NUMBER_CHUNK(KIND, DTYPE, TYPE, BETTER, NOTHING)                                                 \
  TESSERA_INLINE void KIND##_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *restrict x,    \
                                           size_t n) {                                                          \
    TYPE lane[LANES];                                                                                           \
    for (size_t k = 0; k < LANES; k++) lane[k] = NOTHING;                                                       \
    size_t i = 0;                                                                                               \
    for (; i + LANES <= n; i += LANES)                                                                          \
      for (size_t k = 0; k < LANES; k++) lane[k] = BETTER((TYPE)LOAD_##DTYPE(x[i + k]), lane[k]);               \
    for (size_t k = 0; k < n - i; k++) lane[k] = BETTER((TYPE)LOAD_##DTYPE(x[i + k]), lane[k]);                 \
    for (size_t half = LANES / 2; half > 0; half /= 2)                                                          \
      for (size_t k = 0; k < half; k++) lane[k] = BETTER(lane[k + half], lane[k]);                              \
    int found = lane[0] != NOTHING;                                                                             \
    for (i = 0; i < n && !found; i++) found = (TYPE)LOAD_##DTYPE(x[i]) == NOTHING;                              \
    TYPE *best = EXTREMA(TYPE, to, at);                                                                         \
    if (found) *best = KIND##_step_##DTYPE(*best, lane[0]);                                                     \
    *SEEN(TYPE, to, at) = 1;                                                                                    \
  }                                                                                                             \
  DEFINE_ROWS(KIND##_rows_##DTYPE, tessera_accumulators, DTYPE, KIND##_chunk_##DTYPE)

#define DEFINE_NUMBER_CHUNKS(DTYPE, TYPE)                                                                       \
  DEFINE_NUMBER_CHUNK(fmin, DTYPE, TYPE, LESSER, (TYPE)INFINITY)                                                \
  DEFINE_NUMBER_CHUNK(fmax, DTYPE, TYPE, GREATER, (TYPE)-INFINITY)

#define DEFINE_INTEGER_CHUNK(DTYPE, TYPE, LEAST, GREATEST)                                                      \
  TESSERA_INLINE void extrema_of_chunk_##DTYPE(const in_##DTYPE *restrict x, size_t n, TYPE *least,             \
                                               TYPE *greatest) {                                                \
    TYPE low = LOAD_##DTYPE(x[0]), high = low;                                                                  \
    for (size_t i = 0; i < n; i++) {                                                                            \
      const TYPE value = LOAD_##DTYPE(x[i]);                                                                    \
      low = LESSER(value, low);                                                                                 \
      high = GREATER(value, high);                                                                              \
    }                                                                                                           \
    *least = low;                                                                                               \
    *greatest = high;                                                                                           \
  }                                                                                                             \
  DEFINE_CHUNKS(DTYPE, TYPE)

// What is not kept of a chunk's extrema, the compiler leaves out.
#define DEFINE_CHUNKS(DTYPE, TYPE)                                                                              \
  TESSERA_INLINE void take_##DTYPE(tessera_accumulators to, size_t at, TYPE value, const int is_least) {        \
    TYPE *best = EXTREMA(TYPE, to, at);                                                                         \
    *best = is_least ? minimum_step_##DTYPE(*best, value) : maximum_step_##DTYPE(*best, value);                 \
    *SEEN(TYPE, to, at) = 1;                                                                                    \
  }                                                                                                             \
  TESSERA_INLINE void minimum_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x, size_t n) { \
    TYPE least, greatest;                                                                                       \
    extrema_of_chunk_##DTYPE(x, n, &least, &greatest);                                                          \
    take_##DTYPE(to, at, least, 1);                                                                             \
  }                                                                                                             \
  TESSERA_INLINE void maximum_chunk_##DTYPE(tessera_accumulators to, size_t at, const in_##DTYPE *x, size_t n) { \
    TYPE least, greatest;                                                                                       \
    extrema_of_chunk_##DTYPE(x, n, &least, &greatest);                                                          \
    take_##DTYPE(to, at, greatest, 0);                                                                          \
  }                                                                                                             \
  TESSERA_INLINE void both_chunk_##DTYPE(both_extrema to, size_t at, const in_##DTYPE *x, size_t n) {           \
    TYPE least, greatest;                                                                                       \
    extrema_of_chunk_##DTYPE(x, n, &least, &greatest);                                                          \
    take_##DTYPE(to.least, at, least, 1);                                                                       \
    take_##DTYPE(to.greatest, at, greatest, 0);                                                                 \
  }                                                                                                             \
  DEFINE_ROWS(minimum_rows_##DTYPE, tessera_accumulators, DTYPE, minimum_chunk_##DTYPE)                         \
  DEFINE_ROWS(maximum_rows_##DTYPE, tessera_accumulators, DTYPE, maximum_chunk_##DTYPE)                         \
  DEFINE_ROWS(both_rows_##DTYPE, both_extrema, DTYPE, both_chunk_##DTYPE)

typedef struct {
  tessera_accumulators least, greatest;
} both_extrema;

FOR_REALS(DEFINE_REAL_CHUNK)
FOR_INTEGERS(DEFINE_INTEGER_CHUNK)

// By dtype (the macros keep the order of `DType`), then by kind.
#define INTEGER_ROWS(DTYPE, TYPE, LEAST, GREATEST)                                                              \
  {minimum_rows_##DTYPE, maximum_rows_##DTYPE, minimum_rows_##DTYPE, maximum_rows_##DTYPE},
#define REAL_ROWS(DTYPE, TYPE, LEAST, GREATEST)                                                                 \
  {minimum_rows_##DTYPE, maximum_rows_##DTYPE, fmin_rows_##DTYPE, fmax_rows_##DTYPE},
static void (*const row_loops[13][4])(tessera_accumulators, const tessera_tile *) = {
    FOR_INTEGERS(INTEGER_ROWS) FOR_REALS(REAL_ROWS)};

void tessera_extremum_rows(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  row_loops[dtype][kind](to, tile);
}

#define BOTH_ROWS(DTYPE, TYPE, LEAST, GREATEST) both_rows_##DTYPE,
static void (*const both_row_loops[13])(both_extrema, const tessera_tile *) = {
    FOR_INTEGERS(BOTH_ROWS) FOR_REALS(BOTH_ROWS)};

void tessera_extrema_rows(uint8_t dtype, tessera_accumulators least, tessera_accumulators greatest,
                          const tessera_tile *tile) {
  both_row_loops[dtype]((both_extrema){least, greatest}, tile);
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

void tessera_extrema_columns(uint8_t dtype, tessera_accumulators least, tessera_accumulators greatest,
                             const tessera_tile *tile) {
  switch (tile->mask ? COMPLEX128 : dtype) {
    case FLOAT16: both_unmasked_float16(least, greatest, tile); break;
    case BFLOAT16: both_unmasked_bfloat16(least, greatest, tile); break;
    case FLOAT32: both_unmasked_float32(least, greatest, tile); break;
    case FLOAT64: both_unmasked_float64(least, greatest, tile); break;
    default:
      tessera_extremum_columns(TESSERA_REDUCE_MINIMUM, dtype, least, tile);
      tessera_extremum_columns(TESSERA_REDUCE_MAXIMUM, dtype, greatest, tile);
  }
}

void tessera_extremum_merge(uint8_t kind, uint8_t dtype, tessera_accumulators to,
                            const tessera_merger *merger) {
  loops[dtype][kind].merge(to, merger);
}
