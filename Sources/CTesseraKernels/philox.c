// Adjacent draws of a stream.
#include "philox.h"
#include "tessera_random.h"

#include <string.h>

TESSERA_CLONES void tessera_philox(const uint64_t key[2], uint64_t first, size_t count, uint64_t *draws) {
  uint64_t keys[PHILOX_ROUNDS][2];
  philox_schedule(key, keys);
  uint64_t counter = first / PHILOX_WORDS + 1;
  uint64_t edge[PHILOX_WORDS];
  const size_t skipped = first % PHILOX_WORDS;
  if (skipped != 0 && count > 0) {
    const size_t taken = count < PHILOX_WORDS - skipped ? count : PHILOX_WORDS - skipped;
    philox_block(keys, counter++, 0, 0, 0, edge);
    memcpy(draws, edge + skipped, taken * sizeof *draws);
    draws += taken;
    count -= taken;
  }
  for (; count >= PHILOX_WORDS; count -= PHILOX_WORDS, draws += PHILOX_WORDS) philox_block(keys, counter++, 0, 0, 0, draws);
  if (count > 0) {
    philox_block(keys, counter, 0, 0, 0, edge);
    memcpy(draws, edge, count * sizeof *draws);
  }
}
