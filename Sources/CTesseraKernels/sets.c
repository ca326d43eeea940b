// Loops over keys of sets: sorting, merging, counting in a hash table, marking in bitmaps, finding places.
#include "clones.h"
#include "tessera_sets.h"

#include <string.h>

typedef unsigned __int128 uint128_t;

#define WORDS(low, high) ((uint128_t)(high) << 64 | (low))

void tessera_count_small_keys(size_t count, const uint16_t *restrict keys, uint64_t *restrict counts) {
  for (size_t i = 0; i < count; i++) counts[keys[i]]++;
}

enum { SMALL = 12, LARGE = 1 << 12, DIGIT = 8 };

// Buckets of some four keys each, if they are even, and never more than what streams of stores can go to.
TESSERA_INLINE unsigned digit_bits(size_t count) {
  const unsigned bits = 62 - (unsigned)__builtin_clzll(count);
  return bits < DIGIT ? bits : DIGIT;
}

// The number of the highest bit that is set, from 1.
TESSERA_INLINE unsigned bit_length(uint128_t value) {
  const uint64_t upper = (uint64_t)(value >> 64), lower = (uint64_t)value;
  return upper != 0 ? 128 - (unsigned)__builtin_clzll(upper) : 64 - (unsigned)__builtin_clzll(lower);
}

// Fibonacci hashing (D. E. Knuth, The Art of Computer Programming, volume 3, 6.4).
TESSERA_INLINE size_t slot_of(uint128_t key, unsigned bits) {
  const uint64_t mixed = (uint64_t)key ^ (uint64_t)(key >> 64) * 0xD6E8FEB86659FD93;
  return (size_t)(mixed * 0x9E3779B97F4A7C15 >> (64 - bits));
}

// Buckets by the highest digit in which keys differ, then each of them alike: as many steps as it takes to tell keys apart,
// whatever their dtype. Keys go back and forth between two lists; `stays` says in which they end.
#define DEFINE_SORT(W, K)                                                                 \
  /* Buckets lie so that their lines compete for the same places in the cache: keys of each are put together first. */ \
  static void scatter_##W(size_t count, const K *restrict keys, K *restrict other, size_t *restrict ends, \
                          unsigned shift, unsigned mask) {                                \
    enum { LINE = 64 / sizeof(K) };                                                       \
    K lines[1 << DIGIT][LINE];                                                            \
    uint8_t held[1 << DIGIT] = {0};                                                       \
    for (size_t i = 0; i < count; i++) {                                                  \
      const K key = keys[i];                                                              \
      const unsigned digit = (unsigned)(key >> shift) & mask, place = held[digit];        \
      lines[digit][place] = key;                                                          \
      held[digit] = (uint8_t)(place + 1);                                                 \
      if (place + 1 == LINE) {                                                            \
        memcpy(other + ends[digit], lines[digit], sizeof lines[digit]);                   \
        ends[digit] += LINE;                                                              \
        held[digit] = 0;                                                                  \
      }                                                                                   \
    }                                                                                     \
    for (unsigned digit = 0; digit <= mask; digit++) {                                    \
      memcpy(other + ends[digit], lines[digit], held[digit] * sizeof(K));                 \
      ends[digit] += held[digit];                                                         \
    }                                                                                     \
  }                                                                                       \
  TESSERA_CLONES static K differing_##W(size_t count, const K *keys) {                    \
    K bits = 0;                                                                           \
    for (size_t i = 1; i < count; i++) bits |= keys[i] ^ keys[0];                         \
    return bits;                                                                          \
  }                                                                                       \
  static void sort_##W(size_t count, K *keys, K *other, int stays) {                      \
    if (count <= SMALL) {                                                                 \
      for (size_t i = 1; i < count; i++) {                                                \
        const K key = keys[i];                                                            \
        size_t place = i;                                                                 \
        for (; place > 0 && keys[place - 1] > key; place--) keys[place] = keys[place - 1]; \
        keys[place] = key;                                                                \
      }                                                                                   \
      if (!stays) memcpy(other, keys, count * sizeof(K));                                 \
      return;                                                                             \
    }                                                                                     \
    const K bits = differing_##W(count, keys);                                            \
    if (bits == 0) {                                                                      \
      if (!stays) memcpy(other, keys, count * sizeof(K));                                 \
      return;                                                                             \
    }                                                                                     \
    const unsigned length = bit_length(bits), digit_length = digit_bits(count);           \
    const unsigned shift = length > digit_length ? length - digit_length : 0;             \
    const unsigned mask = (1u << digit_length) - 1;                                       \
    size_t ends[1 << DIGIT];                                                              \
    memset(ends, 0, sizeof(size_t) << digit_length);                                      \
    for (size_t i = 0; i < count; i++) ends[(unsigned)(keys[i] >> shift) & mask]++;       \
    size_t next = 0;                                                                      \
    for (unsigned digit = 0; digit <= mask; digit++) {                                    \
      const size_t own = ends[digit];                                                     \
      ends[digit] = next;                                                                 \
      next += own;                                                                        \
    }                                                                                     \
    if (count >= LARGE) {                                                                 \
      scatter_##W(count, keys, other, ends, shift, mask);                                 \
    } else {                                                                              \
      for (size_t i = 0; i < count; i++) {                                                \
        const K key = keys[i];                                                            \
        other[ends[(unsigned)(key >> shift) & mask]++] = key;                             \
      }                                                                                   \
    }                                                                                     \
    size_t first = 0;                                                                     \
    for (unsigned digit = 0; digit <= mask; digit++) {                                    \
      if (ends[digit] > first) sort_##W(ends[digit] - first, other + first, keys + first, !stays); \
      first = ends[digit];                                                                \
    }                                                                                     \
  }                                                                                       \
  static size_t sort_distinct_##W(size_t count, K *keys, K *work) {                       \
    if (count == 0) return 0;                                                             \
    sort_##W(count, keys, work, 1);                                                       \
    size_t kept = 1;                                                                      \
    K last = keys[0];                                                                     \
    for (size_t i = 1; i < count; i++) {                                                  \
      const K key = keys[i];                                                              \
      keys[kept] = key;                                                                   \
      kept += key != last;                                                                \
      last = key;                                                                         \
    }                                                                                     \
    return kept;                                                                          \
  }                                                                                       \
  static size_t merge_##W(size_t a_count, const K *restrict a, size_t b_count, const K *restrict b, \
                          K *restrict result) {                                           \
    size_t i = 0, j = 0, kept = 0;                                                        \
    while (i < a_count && j < b_count) {                                                  \
      const K x = a[i], y = b[j];                                                         \
      result[kept++] = x < y ? x : y;                                                     \
      i += x <= y;                                                                        \
      j += y <= x;                                                                        \
    }                                                                                     \
    memcpy(result + kept, a + i, (a_count - i) * sizeof(K));                              \
    kept += a_count - i;                                                                  \
    memcpy(result + kept, b + j, (b_count - j) * sizeof(K));                              \
    return kept + (b_count - j);                                                          \
  }                                                                                       \
  static size_t select_##W(size_t count, const K *restrict keys, const tessera_key_range *range, \
                           K *restrict result) {                                          \
    const K low = (K)WORDS(range->low[0], range->low[1]);                                 \
    const K high = (K)WORDS(range->high[0], range->high[1]);                              \
    const int bounded = range->bounded;                                                   \
    if (!bounded && low == 0) {                                                           \
      memcpy(result, keys, count * sizeof(K));                                            \
      return count;                                                                       \
    }                                                                                     \
    size_t kept = 0;                                                                      \
    for (size_t i = 0; i < count; i++) {                                                  \
      result[kept] = keys[i];                                                             \
      kept += (keys[i] >= low) & (!bounded | (keys[i] < high));                           \
    }                                                                                     \
    return kept;                                                                          \
  }                                                                                       \
  TESSERA_INLINE size_t bound_##W(size_t count, const K *keys, K key) {                   \
    const K *low = keys;                                                                  \
    while (count > 1) {                                                                   \
      const size_t half = count / 2;                                                      \
      low += low[half - 1] < key ? half : 0;                                              \
      count -= half;                                                                      \
    }                                                                                     \
    return (size_t)(low - keys) + (count == 1 && *low < key);                             \
  }

#define DEFINE_TABLE(W, K)                                                                \
  typedef struct {                                                                        \
    K key;                                                                                \
    uint64_t count;                                                                       \
  } slot_##W;                                                                             \
  TESSERA_INLINE slot_##W *find_##W(const tessera_key_table *table, K key) {              \
    slot_##W *slots = table->slots;                                                       \
    const size_t mask = ((size_t)1 << table->slot_bits) - 1;                              \
    size_t place = slot_of(key, table->slot_bits);                                        \
    while (slots[place].count != 0 && slots[place].key != key) place = (place + 1) & mask; \
    return slots + place;                                                                 \
  }                                                                                       \
  static size_t count_##W(tessera_key_table *table, size_t count, const K *restrict keys) { \
    const tessera_key_table fixed = *table;                                               \
    size_t used = fixed.used, i = 0;                                                      \
    for (; i < count; i++) {                                                              \
      slot_##W *slot = find_##W(&fixed, keys[i]);                                         \
      if (slot->count == 0) {                                                             \
        if (used == fixed.most) break;                                                    \
        slot->key = keys[i];                                                              \
        used++;                                                                           \
      }                                                                                   \
      slot->count++;                                                                      \
    }                                                                                     \
    table->used = used;                                                                   \
    return i;                                                                             \
  }                                                                                       \
  static void move_##W(const tessera_key_table *from, tessera_key_table *to) {            \
    const slot_##W *slots = from->slots;                                                  \
    for (size_t i = 0; i < (size_t)1 << from->slot_bits; i++) {                           \
      if (slots[i].count != 0) *find_##W(to, slots[i].key) = slots[i];                    \
    }                                                                                     \
    to->used = from->used;                                                                \
  }                                                                                       \
  static void keys_##W(const tessera_key_table *table, K *keys) {                         \
    const slot_##W *slots = table->slots;                                                 \
    for (size_t i = 0; i < (size_t)1 << table->slot_bits; i++) {                          \
      if (slots[i].count != 0) *keys++ = slots[i].key;                                    \
    }                                                                                     \
  }                                                                                       \
  static void lookup_##W(const tessera_key_table *table, size_t count, const K *keys, uint64_t *counts) { \
    for (size_t i = 0; i < count; i++) counts[i] += find_##W(table, keys[i])->count;      \
  }

#define UPPER_2(key) ((uint64_t)(key))
#define UPPER_4(key) ((uint64_t)(key))
#define UPPER_8(key) (key)
#define UPPER_16(key) ((uint64_t)((key) >> 64))
#define WITH_UPPER_2(upper) ((uint16_t)(upper))
#define WITH_UPPER_4(upper) ((uint32_t)(upper))
#define WITH_UPPER_8(upper) (upper)
#define WITH_UPPER_16(upper) ((uint128_t)(upper) << 64)

#define DEFINE_INDEX(W, K)                                                                \
  static void starts_##W(const tessera_key_index *index, uint64_t *starts) {              \
    for (size_t prefix = 0; prefix < index->prefixes; prefix++) {                         \
      const K least = WITH_UPPER_##W(index->low + ((uint64_t)prefix << index->shift));    \
      starts[prefix] = bound_##W(index->count, index->keys, least);                       \
    }                                                                                     \
    starts[index->prefixes] = index->count;                                               \
  }                                                                                       \
  static void locate_##W(const tessera_key_index *index, size_t count, const K *restrict keys, \
                         int64_t *restrict places) {                                      \
    const K *list = index->keys;                                                          \
    const uint64_t *starts = index->starts;                                               \
    const uint64_t low = index->low, last = index->prefixes - 1;                          \
    const unsigned shift = index->shift;                                                  \
    for (size_t i = 0; i < count; i++) {                                                  \
      const uint64_t upper = UPPER_##W(keys[i]);                                          \
      const uint64_t prefix = upper < low ? 0 : (upper - low) >> shift;                   \
      const uint64_t own = prefix < last ? prefix : last;                                 \
      const size_t start = starts[own];                                                   \
      const size_t place = start + bound_##W(starts[own + 1] - start, list + start, keys[i]); \
      places[i] = (int64_t)(place < index->count ? place : index->count - 1);             \
    }                                                                                     \
  }                                                                                       \
  static void first_##W(const tessera_key_index *index, size_t count, const K *keys, const int64_t *places, \
                        int64_t position, int64_t *firsts) {                              \
    const K *list = index->keys;                                                          \
    for (size_t i = 0; i < count; i++) {                                                  \
      int64_t *first = firsts + places[i];                                                \
      const int64_t own = position + (int64_t)i;                                          \
      if (own < *first && list[places[i]] == keys[i]) *first = own;                       \
    }                                                                                     \
  }                                                                                       \
  static void has_##W(const tessera_key_index *index, size_t count, const K *keys, const int64_t *places, \
                      int inverted, uint8_t *result) {                                    \
    const K *list = index->keys;                                                          \
    for (size_t i = 0; i < count; i++) result[i] = (uint8_t)((list[places[i]] == keys[i]) != (inverted != 0)); \
  }                                                                                       \
  static size_t runs_##W(size_t count, K *keys, int64_t *starts) {                        \
    size_t distinct = 0;                                                                  \
    for (size_t i = 0; i < count; i++) {                                                  \
      const K key = keys[i];                                                              \
      if (distinct > 0 && key < keys[distinct - 1]) return 0;                             \
      if (distinct > 0 && key == keys[distinct - 1]) continue;                            \
      keys[distinct] = key;                                                               \
      starts[distinct++] = (int64_t)i;                                                    \
    }                                                                                     \
    starts[distinct] = (int64_t)count;                                                    \
    return distinct;                                                                      \
  }                                                                                       \
  /* A key that is above all has the place of the last one, too. */                       \
  static void insert_##W(const tessera_key_index *index, size_t count, const K *keys, const int64_t *starts, \
                         int behind, int64_t *places) {                                   \
    const K *list = index->keys;                                                          \
    for (size_t i = 0; i < count; i++) {                                                  \
      const K known = list[places[i]];                                                    \
      places[i] = starts[places[i] + (behind ? known <= keys[i] : known < keys[i])];      \
    }                                                                                     \
  }

// The last byte of a float has its sign.
#define DEFINE_COMPLEX(W, K)                                                              \
  static void complex_##W(const tessera_key_index *index, size_t count, const K *keys, const uint8_t *values, \
                          const int64_t *places, int64_t position, int64_t *firsts, uint8_t *signs) { \
    const K *list = index->keys;                                                          \
    for (size_t i = 0; i < count; i++) {                                                  \
      const int64_t place = places[i], own = position + (int64_t)i;                       \
      if (own >= firsts[place] || list[place] != keys[i]) continue;                       \
      firsts[place] = own;                                                                \
      const uint8_t *end = values + (i + 1) * W;                                          \
      signs[place] = (uint8_t)(end[-1 - W / 2] >> 7 | end[-1] >> 7 << 1);                 \
    }                                                                                     \
  }
DEFINE_COMPLEX(8, uint64_t)
DEFINE_COMPLEX(16, uint128_t)

#define DEFINE_ALL(W, K) DEFINE_SORT(W, K) DEFINE_TABLE(W, K) DEFINE_INDEX(W, K)
DEFINE_ALL(2, uint16_t)
DEFINE_ALL(4, uint32_t)
DEFINE_ALL(8, uint64_t)
DEFINE_ALL(16, uint128_t)

#define BY_WIDTH(WIDTH, NAME, ...)              \
  switch (WIDTH) {                              \
    case 2: return NAME##_2(__VA_ARGS__);       \
    case 4: return NAME##_4(__VA_ARGS__);       \
    case 8: return NAME##_8(__VA_ARGS__);       \
    default: return NAME##_16(__VA_ARGS__);     \
  }

size_t tessera_sort_distinct(unsigned width, size_t count, void *keys, void *work) {
  BY_WIDTH(width, sort_distinct, count, keys, work)
}

void tessera_sort_keys(unsigned width, size_t count, void *keys, void *work) {
  BY_WIDTH(width, sort, count, keys, work, 1)
}

// A key above its position sorts as the key does, equal ones by position.
#define NUMBER(K, PAIR)                                                                               \
  do {                                                                                                \
    const K *own = keys;                                                                              \
    PAIR *out = pairs;                                                                                \
    for (size_t i = 0; i < count; i++) out[i] = (PAIR)own[i] << (4 * sizeof(PAIR)) | (PAIR)i;         \
  } while (0)

void tessera_number_keys(unsigned width, size_t count, const void *restrict keys, void *restrict pairs) {
  switch (width) {
    case 2: NUMBER(uint16_t, uint64_t); break;
    case 4: NUMBER(uint32_t, uint64_t); break;
    default: NUMBER(uint64_t, uint128_t); break;
  }
}

void tessera_key_numbers(unsigned width, size_t count, const void *restrict pairs, int64_t *restrict numbers) {
  if (width < 8) {
    const uint64_t *own = pairs;
    for (size_t i = 0; i < count; i++) numbers[i] = (int64_t)(own[i] & 0xFFFFFFFF);
  } else {
    const uint128_t *own = pairs;
    for (size_t i = 0; i < count; i++) numbers[i] = (int64_t)own[i];
  }
}

size_t tessera_merge_distinct(unsigned width, size_t a_count, const void *a, size_t b_count, const void *b,
                              void *result) {
  BY_WIDTH(width, merge, a_count, a, b_count, b, result)
}

size_t tessera_select_range(unsigned width, size_t count, const void *keys, const tessera_key_range *range,
                            void *result) {
  BY_WIDTH(width, select, count, keys, range, result)
}

size_t tessera_lower_bound(unsigned width, size_t count, const void *keys, const uint64_t key[2]) {
  const uint128_t wide = WORDS(key[0], key[1]);
  switch (width) {
    case 2: return bound_2(count, keys, (uint16_t)wide);
    case 4: return bound_4(count, keys, (uint32_t)wide);
    case 8: return bound_8(count, keys, (uint64_t)wide);
    default: return bound_16(count, keys, wide);
  }
}

size_t tessera_slot_bytes(unsigned width) { return width < 16 ? sizeof(slot_8) : sizeof(slot_16); }

size_t tessera_table_count(tessera_key_table *table, size_t count, const void *keys) {
  BY_WIDTH(table->width, count, table, count, keys)
}

void tessera_table_move(const tessera_key_table *from, tessera_key_table *to) {
  BY_WIDTH(from->width, move, from, to)
}

void tessera_table_keys(const tessera_key_table *table, void *keys) {
  BY_WIDTH(table->width, keys, table, keys)
}

void tessera_table_lookup(const tessera_key_table *table, size_t count, const void *keys, uint64_t *counts) {
  BY_WIDTH(table->width, lookup, table, count, keys, counts)
}

void tessera_index_starts(const tessera_key_index *index, uint64_t *starts) {
  BY_WIDTH(index->width, starts, index, starts)
}

void tessera_locate_keys(const tessera_key_index *index, size_t count, const void *keys, int64_t *places) {
  BY_WIDTH(index->width, locate, index, count, keys, places)
}

void tessera_has_keys(const tessera_key_index *index, size_t count, const void *keys, const int64_t *places,
                      int inverted, uint8_t *result) {
  BY_WIDTH(index->width, has, index, count, keys, places, inverted, result)
}

size_t tessera_key_runs(unsigned width, size_t count, void *keys, int64_t *starts) {
  BY_WIDTH(width, runs, count, keys, starts)
}

void tessera_insert_keys(const tessera_key_index *index, size_t count, const void *keys, const int64_t *starts,
                         int behind, int64_t *places) {
  BY_WIDTH(index->width, insert, index, count, keys, starts, behind, places)
}

void tessera_first_places(const tessera_key_index *index, size_t count, const void *keys, const int64_t *places,
                          int64_t position, int64_t *firsts) {
  BY_WIDTH(index->width, first, index, count, keys, places, position, firsts)
}

void tessera_first_complex(const tessera_key_index *index, size_t count, const void *keys, const void *values,
                           const int64_t *places, int64_t position, int64_t *firsts, uint8_t *signs) {
  if (index->width == 8) {
    complex_8(index, count, keys, values, places, position, firsts, signs);
  } else {
    complex_16(index, count, keys, values, places, position, firsts, signs);
  }
}

void tessera_count_places(size_t count, const int64_t *restrict places, uint64_t *restrict counts) {
  for (size_t i = 0; i < count; i++) counts[places[i]]++;
}

// Storing only what is new is faster for few distinct values; where it cannot be foretold what is new, always storing is.
size_t tessera_mark_keys(size_t count, const uint32_t *restrict keys, uint64_t *const *pages, int mostly_fresh,
                         size_t *fresh) {
  size_t news = 0, i = 0;
  for (; i < count; i++) {
    uint64_t *page = pages[keys[i] >> 16];
    if (page == NULL) break;
    uint64_t *word = page + (keys[i] >> 6 & (TESSERA_PAGE_WORDS - 1));
    const uint64_t bit = (uint64_t)1 << (keys[i] & 63);
    if (mostly_fresh) {
      *word |= bit;
    } else if ((*word & bit) == 0) {
      *word |= bit;
      news++;
    }
  }
  *fresh += news;
  return i;
}

size_t tessera_spread_keys(size_t count, const uint32_t *restrict keys, unsigned shift, uint32_t capacity,
                           uint32_t *const *buckets, uint32_t *restrict counts) {
  size_t i = 0;
  for (; i < count; i++) {
    const uint32_t bucket = keys[i] >> shift, place = counts[bucket];
    uint32_t *own = buckets[bucket];
    if (own == NULL || place == capacity) break;
    own[place] = keys[i];
    counts[bucket] = place + 1;
  }
  return i;
}

TESSERA_CLONES size_t tessera_page_count(const uint64_t *page) {
  size_t count = 0;
  for (size_t i = 0; i < TESSERA_PAGE_WORDS; i++) count += (size_t)__builtin_popcountll(page[i]);
  return count;
}

TESSERA_CLONES void tessera_page_merge(uint64_t *restrict to, const uint64_t *restrict from) {
  for (size_t i = 0; i < TESSERA_PAGE_WORDS; i++) to[i] |= from[i];
}

TESSERA_CLONES size_t tessera_page_keys(const uint64_t *restrict page, uint32_t upper, uint32_t *restrict keys) {
  size_t count = 0;
  for (size_t i = 0; i < TESSERA_PAGE_WORDS; i++) {
    const uint32_t base = upper << 16 | (uint32_t)i << 6;
    for (uint64_t word = page[i]; word != 0; word &= word - 1) {
      keys[count++] = base | (uint32_t)__builtin_ctzll(word);
    }
  }
  return count;
}
