// Flags that loops make as bytes, which vectors do well, looked through as bits.
#ifndef TESSERA_FLAGS_H
#define TESSERA_FLAGS_H

#include "clones.h"

#include <string.h>

enum { FLAGS = 64, FLAG_WORD = 8 };

// One bit for each of FLAGS bytes of 0 or 1: the product puts those of a word side by side.
TESSERA_INLINE uint64_t bits_of_flags(const uint8_t *flags) {
  uint64_t bits = 0;
  for (size_t w = 0; w < FLAGS / FLAG_WORD; w++) {
    uint64_t word;
    memcpy(&word, flags + w * FLAG_WORD, FLAG_WORD);
    bits |= word * 0x0102040810204080u >> (FLAGS - FLAG_WORD) << (w * FLAG_WORD);
  }
  return bits;
}

#endif
