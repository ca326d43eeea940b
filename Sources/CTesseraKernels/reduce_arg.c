// Where the extremum is: the lowest index of the extreme values, or of the NaNs if there are any.
#include "reduce_order.h"

// Fields: the indices, then the extrema.
#define INDICES(from, at) ((int64_t *)(from).memory + (at))
#define EXTREMA(TYPE, from, at) ((TYPE *)((int64_t *)(from).memory + (from).capacity) + (at))

// Whether x comes strictly before r.
#define BEFORE_INTEGER_minimum(x, r) ((x) < (r))
#define BEFORE_INTEGER_maximum(x, r) ((x) > (r))
#define BEFORE_REAL_minimum(x, r) (((x) < (r)) | (NAN_REAL(x) & !NAN_REAL(r)))
#define BEFORE_REAL_maximum(x, r) (((x) > (r)) | (NAN_REAL(x) & !NAN_REAL(r)))
#define BEFORE_COMPLEX_minimum(x, r) (!NAN_COMPLEX(r) & (LESS_COMPLEX(x, r) | NAN_COMPLEX(x)))
#define BEFORE_COMPLEX_maximum(x, r) (!NAN_COMPLEX(r) & (LESS_COMPLEX(r, x) | NAN_COMPLEX(x)))

// The best of a strip of one tile is found by row number, in as many bits as the values have, and only then
// becomes an index: rows that many bits cannot count are taken in several turns.
#define DEFINE_LOOPS(KIND, DTYPE, TYPE, ROW_TYPE, MOST_ROWS, ORDER)                                      \
  TESSERA_INLINE void KIND##_take_##DTYPE(int64_t *index, TYPE *best, int64_t at, TYPE x) {              \
    const int first = *index < 0, before = BEFORE_##ORDER##_##KIND(x, *best);                           \
    const int after = BEFORE_##ORDER##_##KIND(*best, x);                                                \
    const int taken = first | before | (!after & (at < *index));                                        \
    *best = taken ? x : *best;                                                                          \
    *index = taken ? at : *index;                                                                       \
  }                                                                                                      \
  TESSERA_INLINE void KIND##_turn_##DTYPE(tessera_accumulators to, const tessera_tile *tile,             \
                                          tessera_strip strip, size_t from, size_t count,                \
                                          const int masked) {                                            \
    const in_##DTYPE *in = tile->values;                                                                 \
    TYPE value[STRIP];                                                                                   \
    ROW_TYPE row_number[STRIP];                                                                          \
    for (size_t c = 0; c < strip.width; c++) {                                                           \
      row_number[c] = (ROW_TYPE)(masked ? -1 : 0);                                                       \
      value[c] = LOAD_##DTYPE(ROW(in, tile, strip, from)[c]);                                            \
    }                                                                                                    \
    for (size_t r = masked ? 0 : 1; r < count; r++) {                                                    \
      const in_##DTYPE *restrict row = ROW(in, tile, strip, from + r);                                   \
      const uint8_t *restrict mask = MASK_ROW(tile, strip, from + r, masked);                            \
      for (size_t c = 0; c < strip.width; c++) {                                                         \
        const TYPE x = LOAD_##DTYPE(row[c]);                                                             \
        const int counts = !masked || mask[c];                                                           \
        const int first = masked && row_number[c] == (ROW_TYPE)-1;                                       \
        const int taken = counts & (first | BEFORE_##ORDER##_##KIND(x, value[c]));                       \
        value[c] = taken ? x : value[c];                                                                 \
        row_number[c] = taken ? (ROW_TYPE)r : row_number[c];                                             \
      }                                                                                                  \
    }                                                                                                    \
    int64_t *index = INDICES(to, tile->first + strip.left);                                              \
    TYPE *best = EXTREMA(TYPE, to, tile->first + strip.left);                                            \
    const size_t group = tile->group;                                                                   \
    for (size_t c = 0; c < strip.width;) {                                                              \
      /* A run of columns of which the indices are evenly spaced: of one group, or of groups of one. */ \
      const size_t at = strip.left + c, left = group - at % group, rest = strip.width - c;              \
      const size_t end = c + (group == 1 || left > rest ? rest : left);                                 \
      const int64_t each = group == 1 ? tile->group_step : 0;                                           \
      const int64_t base = tile->position + (int64_t)from * tile->step +                                \
                           (int64_t)(at / group) * tile->group_step - (int64_t)c * each;                \
      for (; c < end; c++) {                                                                            \
        if (masked && row_number[c] == (ROW_TYPE)-1) continue;                                          \
        const int64_t index_here = base + (int64_t)row_number[c] * tile->step + (int64_t)c * each;      \
        KIND##_take_##DTYPE(&index[c], &best[c], index_here, value[c]);                                 \
      }                                                                                                 \
    }                                                                                                   \
  }                                                                                                     \
  TESSERA_INLINE void KIND##_strip_##DTYPE(tessera_accumulators to, const tessera_tile *tile,            \
                                           tessera_strip strip, const int masked) {                      \
    for (size_t from = 0; from < tile->rows; from += MOST_ROWS) {                                        \
      const size_t rest = tile->rows - from;                                                             \
      KIND##_turn_##DTYPE(to, tile, strip, from, rest < MOST_ROWS ? rest : MOST_ROWS, masked);           \
    }                                                                                                    \
  }                                                                                                      \
  DEFINE_STRIPS(KIND##_##DTYPE, KIND##_strip_##DTYPE)                                                    \
  TESSERA_CLONES static void KIND##_merge_##DTYPE(tessera_accumulators to, const tessera_merger *m) {                   \
    int64_t *index = INDICES(to, m->first);                                                              \
    TYPE *best = EXTREMA(TYPE, to, m->first);                                                            \
    const int64_t *other_index = INDICES(m->source, m->source_first);                                    \
    const TYPE *other = EXTREMA(TYPE, m->source, m->source_first);                                       \
    _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < m->count; i++) {              \
      int64_t at = index[i];                                                                            \
      TYPE value = best[i];                                                                             \
      KIND##_take_##DTYPE(&at, &value, other_index[i], other[i]);                                       \
      best[i] = other_index[i] < 0 ? best[i] : value;                                                   \
      index[i] = other_index[i] < 0 ? index[i] : at;                                                    \
    }                                                                                                   \
  }

#define DEFINE_BOTH(DTYPE, TYPE, ROW_TYPE, MOST_ROWS, ORDER)          \
  DEFINE_LOOPS(minimum, DTYPE, TYPE, ROW_TYPE, MOST_ROWS, ORDER)      \
  DEFINE_LOOPS(maximum, DTYPE, TYPE, ROW_TYPE, MOST_ROWS, ORDER)

DEFINE_BOTH(bool, uint8_t, uint8_t, 255, INTEGER)
DEFINE_BOTH(int8, int8_t, uint8_t, 255, INTEGER)
DEFINE_BOTH(uint8, uint8_t, uint8_t, 255, INTEGER)
DEFINE_BOTH(int16, int16_t, uint16_t, 65535, INTEGER)
DEFINE_BOTH(uint16, uint16_t, uint16_t, 65535, INTEGER)
DEFINE_BOTH(int32, int32_t, uint32_t, UINT32_MAX, INTEGER)
DEFINE_BOTH(uint32, uint32_t, uint32_t, UINT32_MAX, INTEGER)
DEFINE_BOTH(int64, int64_t, uint64_t, SIZE_MAX, INTEGER)
DEFINE_BOTH(uint64, uint64_t, uint64_t, SIZE_MAX, INTEGER)
DEFINE_BOTH(float16, float, uint32_t, UINT32_MAX, REAL)
DEFINE_BOTH(bfloat16, float, uint32_t, UINT32_MAX, REAL)
DEFINE_BOTH(float32, float, uint32_t, UINT32_MAX, REAL)
DEFINE_BOTH(float64, double, uint64_t, SIZE_MAX, REAL)
DEFINE_BOTH(complex64, complex64, uint64_t, SIZE_MAX, COMPLEX)
DEFINE_BOTH(complex128, complex128, uint64_t, SIZE_MAX, COMPLEX)

typedef struct {
  void (*columns)(tessera_accumulators to, const tessera_tile *tile);
  void (*merge)(tessera_accumulators to, const tessera_merger *merger);
} arg_loops;

#define ARG_ROW(DTYPE, TYPE, LEAST, GREATEST) \
  {{minimum_##DTYPE, minimum_merge_##DTYPE}, {maximum_##DTYPE, maximum_merge_##DTYPE}},

// By dtype (the macros keep the order of `DType`), then by kind.
static const arg_loops loops[15][2] = {FOR_INTEGERS(ARG_ROW) FOR_REALS(ARG_ROW) FOR_COMPLEX(ARG_ROW)};

void tessera_arg_columns(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_tile *tile) {
  loops[dtype][kind].columns(to, tile);
}

void tessera_arg_merge(uint8_t kind, uint8_t dtype, tessera_accumulators to, const tessera_merger *merger) {
  loops[dtype][kind].merge(to, merger);
}
