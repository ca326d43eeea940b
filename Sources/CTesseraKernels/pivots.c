// Elements between two pivots of each position, counted and gathered.
#include "flags.h"
#include "reduce_order.h"
#include "tessera_order.h"

// Few elements are inside: what all columns need is done with vectors, and the few are found by their bits.
#define DEFINE_GATHER(NAME, TYPE, LEAST, GREATEST)                                                        \
  TESSERA_CLONES static size_t gather_##NAME(const tessera_strip_of_rows *strip, const void *lows,        \
                                             const void *highs, const tessera_pivot_counts *to,           \
                                             tessera_owned *found) {                                      \
    TYPE low[TESSERA_PIVOT_COLUMNS], high[TESSERA_PIVOT_COLUMNS];                                         \
    uint32_t below[TESSERA_PIVOT_COLUMNS] = {0}, upto_low[TESSERA_PIVOT_COLUMNS] = {0};                   \
    uint32_t upto_high[TESSERA_PIVOT_COLUMNS] = {0}, nans[TESSERA_PIVOT_COLUMNS] = {0};                   \
    uint8_t inside[TESSERA_PIVOT_COLUMNS] = {0};                                                          \
    const size_t columns = strip->columns;                                                                \
    in_##NAME *elements = found->elements;                                                                \
    size_t total = found->count, row = 0;                                                                 \
    for (size_t i = 0; i < columns; i++) {                                                                \
      low[i] = LOAD_##NAME(((const in_##NAME *)lows)[strip->is_one_owner ? 0 : i]);                       \
      high[i] = LOAD_##NAME(((const in_##NAME *)highs)[strip->is_one_owner ? 0 : i]);                     \
    }                                                                                                     \
    for (; row < strip->rows && found->room - total >= columns; row++) {                                  \
      const in_##NAME *restrict in = (const in_##NAME *)strip->values + row * strip->stride;              \
      for (size_t i = 0; i < columns; i++) {                                                              \
        const TYPE x = LOAD_##NAME(in[i]);                                                                \
        below[i] += x < low[i];                                                                           \
        upto_low[i] += x <= low[i];                                                                       \
        upto_high[i] += x <= high[i];                                                                     \
        nans[i] += x != x;                                                                                \
        inside[i] = (x > low[i]) & (x < high[i]);                                                         \
      }                                                                                                   \
      for (size_t first = 0; first < columns; first += FLAGS) {                                           \
        for (uint64_t bits = bits_of_flags(inside + first); bits != 0; bits &= bits - 1) {                \
          const size_t i = first + (size_t)__builtin_ctzll(bits);                                         \
          elements[total] = in[i];                                                                        \
          found->owners[total++] = strip->owner + (strip->is_one_owner ? 0 : (uint32_t)i);                \
        }                                                                                                 \
      }                                                                                                   \
    }                                                                                                     \
    for (size_t i = 0; i < columns; i++) {                                                                \
      const size_t k = strip->is_one_owner ? 0 : i;                                                       \
      to->below[k] += below[i];                                                                           \
      to->upto_low[k] += upto_low[i];                                                                     \
      to->upto_high[k] += upto_high[i];                                                                   \
      if (to->nans) to->nans[k] += nans[i];                                                               \
    }                                                                                                     \
    found->count = total;                                                                                 \
    return row;                                                                                           \
  }
FOR_INTEGERS(DEFINE_GATHER)
FOR_REALS(DEFINE_GATHER)

typedef size_t gather(const tessera_strip_of_rows *, const void *, const void *, const tessera_pivot_counts *,
                      tessera_owned *);
#define GATHER(NAME, TYPE, LEAST, GREATEST) gather_##NAME,
// By raw values of `DType`; complex numbers have no order.
static gather *const gathers[] = {FOR_INTEGERS(GATHER) FOR_REALS(GATHER)};

size_t tessera_gather_between(uint8_t dtype, const tessera_strip_of_rows *strip, const void *lows,
                              const void *highs, const tessera_pivot_counts *to, tessera_owned *found) {
  return gathers[dtype](strip, lows, highs, to, found);
}

// Puts owned elements of one width where those of their owner go next.
#define SCATTER(W)                                                                                     \
  do {                                                                                                 \
    const uint##W##_t *restrict in = from->elements;                                                   \
    uint##W##_t *restrict out = grouped;                                                               \
    for (size_t i = 0; i < from->count; i++) out[next[from->owners[i]]++] = in[i];                     \
  } while (0)

void tessera_scatter_owned(size_t item_size, const tessera_owned *from, size_t *restrict next, void *grouped) {
  switch (item_size) {
    case 1: SCATTER(8); break;
    case 2: SCATTER(16); break;
    case 4: SCATTER(32); break;
    case 8: SCATTER(64); break;
  }
}
