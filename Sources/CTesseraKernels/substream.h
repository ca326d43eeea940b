// The draws of one element that takes as many as it happens to need. Element i has a stream of its own: the blocks of the
// counters (1, i, 0, 1), (2, i, 0, 1) and so on, which the stream of all elements, (c, 0, 0, 0), never meets.
#ifndef TESSERA_SUBSTREAM_H
#define TESSERA_SUBSTREAM_H

#include "philox.h"

typedef struct {
  const uint64_t (*keys)[2];
  uint64_t element, block;
  unsigned used;
  uint64_t words[PHILOX_WORDS];
} substream;

TESSERA_INLINE substream substream_of(const uint64_t keys[PHILOX_ROUNDS][2], uint64_t element) {
  return (substream){.keys = keys, .element = element, .used = PHILOX_WORDS};
}

static inline uint64_t next_draw(substream *stream) {
  if (stream->used == PHILOX_WORDS) {
    philox_block(stream->keys, ++stream->block, stream->element, 0, 1, stream->words);
    stream->used = 0;
  }
  return stream->words[stream->used++];
}

// The body of a function of `key`, `first`, `count` and `target`: every element is `NUMBER`, made of its own `stream`.
#define EACH(OUT, NUMBER)                                                \
  OUT *out = target;                                                     \
  uint64_t keys[PHILOX_ROUNDS][2];                                       \
  philox_schedule(key, keys);                                            \
  for (size_t i = 0; i < count; i++) {                                   \
    substream own = substream_of(keys, first + i), *const stream = &own; \
    out[i] = NUMBER;                                                     \
  }

#endif
