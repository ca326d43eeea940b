// Sets of elements, by integer keys that sort as NumPy sorts the elements. A key is 2, 4, 8 or 16 bytes wide: `width`.
#ifndef TESSERA_SETS_H
#define TESSERA_SETS_H

#include <stddef.h>
#include <stdint.h>

// Bytes of the keys of a dtype (raw values of `DType`): those of an element, but 2 of the shortest.
unsigned tessera_set_width(uint8_t dtype);

// Keys of `count` adjacent elements, at any address. Both zeros have one key; so have NaNs, one above all others. Complex
// keys sort by real, then imaginary part; those with a NaN come after all others: R + NaNj by R, NaN + Rj by R, both.
void tessera_set_keys(uint8_t dtype, size_t count, const void *values, void *keys);

// The elements of keys: 0.0 for zeros, one quiet NaN.
void tessera_set_values(uint8_t dtype, size_t count, const void *keys, void *values);

// Where the first zero, of either sign, of `count` adjacent floats is; `count` without one.
size_t tessera_find_zero(uint8_t dtype, size_t count, const void *values);

// How many of `count` adjacent floats are -0.0.
size_t tessera_count_negative_zeros(uint8_t dtype, size_t count, const void *values);

// Adds 1 to the counter of each key of 2 bytes.
void tessera_count_small_keys(size_t count, const uint16_t *keys, uint64_t *counts);

// Sorts keys in place and leaves out repetitions; returns how many are left. `work` has room for `count`.
size_t tessera_sort_distinct(unsigned width, size_t count, void *keys, void *work);

// The same, with repetitions.
void tessera_sort_keys(unsigned width, size_t count, void *keys, void *work);

// Pairs of keys of at most 8 bytes and their numbers, from 0, which sort as keys of 8 bytes, and of 16 for those of 8; fewer
// than 2^32 of shorter ones.
void tessera_number_keys(unsigned width, size_t count, const void *keys, void *pairs);
// The numbers of such pairs of keys of this width.
void tessera_key_numbers(unsigned width, size_t count, const void *pairs, int64_t *numbers);

// The union of two ascending lists without repetitions; `result` has room for both. Returns how many.
size_t tessera_merge_distinct(unsigned width, size_t a_count, const void *a, size_t b_count, const void *b,
                              void *result);

// Keys at least `low` and, unless it is not `bounded`, below `high`. Two words each, the lower one first.
typedef struct {
  uint64_t low[2], high[2];
  int bounded;
} tessera_key_range;

// Copies the keys within a range to `result`, room for `count`, in their order; returns how many.
size_t tessera_select_range(unsigned width, size_t count, const void *keys, const tessera_key_range *range,
                            void *result);

// How many of an ascending list are below a key of two words.
size_t tessera_lower_bound(unsigned width, size_t count, const void *keys, const uint64_t key[2]);

// A hash table by open addressing: `slots`, a power of two, each a key and how often it occurred, 0 for a free one.
typedef struct {
  unsigned width, slot_bits;
  // How many keys are in it, and may be.
  size_t used, most;
  void *slots;
} tessera_key_table;

// Bytes of a slot.
size_t tessera_slot_bytes(unsigned width);
// Counts keys until one would be more than there may be; returns how many were taken.
size_t tessera_table_count(tessera_key_table *table, size_t count, const void *keys);
// Puts all that is in a table into another, which has room.
void tessera_table_move(const tessera_key_table *from, tessera_key_table *to);
// Copies all keys, in no order.
void tessera_table_keys(const tessera_key_table *table, void *keys);
// Adds to `counts` how often each of these keys occurred.
void tessera_table_lookup(const tessera_key_table *table, size_t count, const void *keys, uint64_t *counts);

// Bitmaps of the keys of 4 bytes, one for each upper half: pages of 65536 bits, null where there is none.
enum { TESSERA_PAGE_WORDS = 1024 };
// Marks keys until one has no page; returns how many were taken. `mostly_fresh` chooses the way that is faster when many were not
// marked before; the other way adds how many were not to `fresh`.
size_t tessera_mark_keys(size_t count, const uint32_t *keys, uint64_t *const *pages, int mostly_fresh,
                         size_t *fresh);
// Appends keys to the buckets of their upper bits (key >> `shift`), of which `counts` says how many each has, until one has no
// memory or has `capacity` keys already; returns how many were taken.
size_t tessera_spread_keys(size_t count, const uint32_t *keys, unsigned shift, uint32_t capacity,
                           uint32_t *const *buckets, uint32_t *counts);
size_t tessera_page_count(const uint64_t *page);
void tessera_page_merge(uint64_t *to, const uint64_t *from);
// Writes the keys of a page, ascending; returns how many.
size_t tessera_page_keys(const uint64_t *page, uint32_t upper, uint32_t *keys);

// An ascending list of keys, and where those begin that share their upper bits: those of `prefixes` values of (upper word
// of key - `low`) >> `shift`. The upper word of a short key is the key itself.
typedef struct {
  unsigned width, shift;
  size_t count, prefixes;
  const void *keys;
  uint64_t low;
  // `prefixes` + 1 places.
  const uint64_t *starts;
} tessera_key_index;

// Writes the starts of an index whose other fields are filled in.
void tessera_index_starts(const tessera_key_index *index, uint64_t *starts);
// The places of keys in the list; the last one for keys that are above all.
void tessera_locate_keys(const tessera_key_index *index, size_t count, const void *keys, int64_t *places);
void tessera_count_places(size_t count, const int64_t *places, uint64_t *counts);
// Lowers the first position of each place to that of the keys equal to the list's, which are at `position` and on.
void tessera_first_places(const tessera_key_index *index, size_t count, const void *keys, const int64_t *places,
                          int64_t position, int64_t *firsts);
// The same for complex elements, with the signs of the parts of those that are first: 1 for a real part below, 2 for an
// imaginary one.
void tessera_first_complex(const tessera_key_index *index, size_t count, const void *keys, const void *values,
                           const int64_t *places, int64_t position, int64_t *firsts, uint8_t *signs);

#endif
