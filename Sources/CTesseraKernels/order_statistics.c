// Loops over sort keys: making them, counting them in brackets, gathering and selecting them.
#include "clones.h"
#include "tessera_order.h"

#include <string.h>

typedef uint8_t in_8 TESSERA_UNALIGNED;
typedef uint16_t in_16 TESSERA_UNALIGNED;
typedef uint32_t in_32 TESSERA_UNALIGNED;
typedef uint64_t in_64 TESSERA_UNALIGNED;

// Signed integers are shifted to start from 0.
#define SIGN(W) ((uint##W##_t)1 << (W - 1))
#define KEY_bool(v) ((v) != 0)
#define KEY_unsigned(v) (v)
#define KEY_signed8(v) ((v) ^ SIGN(8))
#define KEY_signed16(v) ((v) ^ SIGN(16))
#define KEY_signed32(v) ((v) ^ SIGN(32))
#define KEY_signed64(v) ((v) ^ SIGN(64))

// A float's bits sort as integers once the sign is set for the positive ones and all bits are turned over for
// the negative ones. `infinity` is the pattern above which, without the sign, bits are a NaN.
#define DEFINE_FLOAT_KEY(W, NAME, INFINITY_BITS)                                  \
  TESSERA_INLINE uint64_t key_##NAME(uint##W##_t bits) {                          \
    const uint##W##_t size = bits & (uint##W##_t)~SIGN(W);                        \
    const uint##W##_t negative = (uint##W##_t)-(bits >> (W - 1));                 \
    const uint##W##_t key = size == 0 ? SIGN(W) : bits ^ (negative | SIGN(W));    \
    return size > (uint##W##_t)(INFINITY_BITS) ? TESSERA_NAN_KEY : key;           \
  }
DEFINE_FLOAT_KEY(16, float16, 0x7C00)
DEFINE_FLOAT_KEY(16, bfloat16, 0x7F80)
DEFINE_FLOAT_KEY(32, float32, 0x7F800000)
DEFINE_FLOAT_KEY(64, float64, 0x7FF0000000000000)

#define MAKE(W, KEY)                                             \
  do {                                                           \
    const in_##W *restrict in = values;                          \
    for (size_t i = 0; i < count; i++) keys[i] = KEY(in[i]);     \
  } while (0)

TESSERA_CLONES void tessera_keys(uint8_t dtype, size_t count, const void *restrict values,
                                 uint64_t *restrict keys) {
  switch (dtype) {
    case 0: MAKE(8, KEY_bool); break;
    case 1: MAKE(8, KEY_signed8); break;
    case 2: MAKE(16, KEY_signed16); break;
    case 3: MAKE(32, KEY_signed32); break;
    case 4: MAKE(64, KEY_signed64); break;
    case 5: MAKE(8, KEY_unsigned); break;
    case 6: MAKE(16, KEY_unsigned); break;
    case 7: MAKE(32, KEY_unsigned); break;
    case 8: MAKE(64, KEY_unsigned); break;
    case 9: MAKE(16, key_float16); break;
    case 10: MAKE(16, key_bfloat16); break;
    case 11: MAKE(32, key_float32); break;
    case 12: MAKE(64, key_float64); break;
  }
}

TESSERA_CLONES size_t tessera_count_nan_keys(size_t count, const uint64_t *keys) {
  uint64_t found = 0;
  for (size_t i = 0; i < count; i++) found += keys[i] == TESSERA_NAN_KEY;
  return found;
}

TESSERA_CLONES void tessera_count_nan_keys_columns(size_t columns, const uint64_t *restrict keys,
                                                   uint64_t *restrict counts) {
  for (size_t i = 0; i < columns; i++) counts[i] += keys[i] == TESSERA_NAN_KEY;
}

// Keys below `lower` wrap to differences beyond the last bin, since a bracket ends within 64 bits.
void tessera_count_keys(size_t count, const uint64_t *restrict keys, uint64_t lower, unsigned shift,
                        uint64_t bins, uint64_t *restrict counts) {
  for (size_t i = 0; i < count; i++) {
    const uint64_t bin = (keys[i] - lower) >> shift;
    if (bin < bins) counts[bin]++;
  }
}

void tessera_count_keys_columns(size_t columns, const uint64_t *restrict keys, const uint32_t *restrict starts,
                                const uint64_t *restrict lowers, unsigned shift, uint64_t bins,
                                uint64_t *restrict counts) {
  for (size_t i = 0; i < columns; i++) {
    for (size_t b = starts[i]; b < starts[i + 1]; b++) {
      const uint64_t bin = (keys[i] - lowers[b]) >> shift;
      if (bin < bins) counts[b * bins + bin]++;
    }
  }
}

TESSERA_INLINE int is_inside(uint64_t key, uint64_t lower, unsigned width) {
  return width >= 64 || (key - lower) >> width == 0;
}

enum { TOGETHER = 32 };

// Brackets are narrow by the time that their keys are gathered: mostly none of many neighbours is inside, which a
// few vector instructions tell.
TESSERA_CLONES size_t tessera_gather_keys(size_t count, const uint64_t *restrict keys, uint64_t lower,
                                          unsigned width, uint64_t *restrict found) {
  size_t total = 0;
  for (size_t first = 0; first < count; first += TOGETHER) {
    const size_t end = count - first < TOGETHER ? count : first + TOGETHER;
    if (width < 64 && end == first + TOGETHER) {
      uint64_t inside = 0;
      for (size_t k = 0; k < TOGETHER; k++) inside |= (keys[first + k] - lower) >> width == 0;
      if (!inside) continue;
    }
    for (size_t i = first; i < end; i++) {
      found[total] = keys[i];
      total += is_inside(keys[i], lower, width);
    }
  }
  return total;
}

size_t tessera_gather_keys_columns(size_t columns, const uint64_t *restrict keys, const uint32_t *restrict starts,
                                   const uint64_t *restrict lowers, unsigned width, uint64_t *restrict found,
                                   uint32_t *restrict brackets) {
  size_t total = 0;
  for (size_t i = 0; i < columns; i++) {
    for (size_t b = starts[i]; b < starts[i + 1]; b++) {
      found[total] = keys[i];
      brackets[total] = (uint32_t)b;
      total += is_inside(keys[i], lowers[b], width);
    }
  }
  return total;
}

enum { DIGIT = 11, SMALL = 512 };

// Hoare's selection (C. A. R. Hoare, "Algorithm 65: find", https://doi.org/10.1145/366622.366647), in place.
static uint64_t select_small(uint64_t *keys, size_t count, size_t rank) {
  size_t low = 0, high = count - 1;
  while (low < high) {
    const uint64_t a = keys[low], b = keys[low + (high - low) / 2], c = keys[high];
    const uint64_t most = a > b ? a : b, least = a > b ? b : a;
    const uint64_t pivot = c > most ? most : (c < least ? least : c);
    size_t i = low, j = high;
    while (i <= j) {
      while (keys[i] < pivot) i++;
      while (keys[j] > pivot) j--;
      if (i > j) break;
      const uint64_t swapped = keys[i];
      keys[i++] = keys[j];
      keys[j] = swapped;
      if (j == 0) break;
      j--;
    }
    if (rank <= j && j < i) {
      high = j;
    } else if (rank >= i) {
      low = i;
    } else {
      return keys[rank];
    }
  }
  return keys[rank];
}

TESSERA_CLONES static uint64_t differing_bits(size_t count, const uint64_t *keys) {
  uint64_t bits = 0;
  for (size_t i = 1; i < count; i++) bits |= keys[i] ^ keys[0];
  return bits;
}

// Keeps, digit by digit from the highest bit in which keys differ, those that share the wanted key's digits:
// linear in the keys whatever they are.
static uint64_t select_key(size_t count, const uint64_t *keys, uint64_t *work, size_t rank) {
  while (count > SMALL) {
    const uint64_t bits = differing_bits(count, keys);
    if (bits == 0) return keys[0];
    const int top = 64 - __builtin_clzll(bits);
    const int shift = top > DIGIT ? top - DIGIT : 0;
    const uint64_t mask = ((uint64_t)1 << DIGIT) - 1;
    size_t counts[1 << DIGIT] = {0};
    for (size_t i = 0; i < count; i++) counts[keys[i] >> shift & mask]++;
    uint64_t digit = 0;
    while (rank >= counts[digit]) rank -= counts[digit++];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
      const uint64_t key = keys[i];
      work[kept] = key;
      kept += (key >> shift & mask) == digit;
    }
    keys = work;
    count = kept;
  }
  if (keys != work) memcpy(work, keys, count * sizeof *keys);
  return select_small(work, count, rank);
}

// How many keys are not above `key`, and the least that is.
TESSERA_CLONES static size_t look_above(size_t count, const uint64_t *keys, uint64_t key, uint64_t *next) {
  uint64_t least = UINT64_MAX, below = 0;
  for (size_t i = 0; i < count; i++) {
    const int above = keys[i] > key;
    below += !above;
    least = above && keys[i] < least ? keys[i] : least;
  }
  *next = least;
  return below;
}

void tessera_select_keys(size_t count, const uint64_t *keys, uint64_t *work, size_t rank_count,
                         const uint64_t *ranks, uint64_t *selected) {
  for (size_t i = 0; i < rank_count; i++) {
    // Ranks come in pairs of neighbours: the second costs one look at the keys.
    if (i > 0 && ranks[i] <= ranks[i - 1] + 1) {
      uint64_t next;
      const size_t below = look_above(count, keys, selected[i - 1], &next);
      selected[i] = below > ranks[i] ? selected[i - 1] : next;
    } else {
      selected[i] = select_key(count, keys, work, ranks[i]);
    }
  }
}
