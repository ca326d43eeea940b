// Byte loops used by the codecs: shuffles and checksums.
#ifndef TESSERA_BYTES_H
#define TESSERA_BYTES_H

#include <stddef.h>
#include <stdint.h>

// Byte shuffle: `count` elements of `typesize` bytes become `typesize` planes of `count` bytes, the
// first holding every element's first byte. Nothing overlaps; no alignment is needed.
void tessera_shuffle(const uint8_t *elements, uint8_t *planes, size_t typesize, size_t count);

// The inverse. `planes[k]` is where plane k begins, so that planes may lie apart.
void tessera_unshuffle(const uint8_t *const *planes, uint8_t *elements, size_t typesize, size_t count);

// Bit shuffle: 8 * typesize rows of count / 8 bytes; row 8k + b holds bit b of byte k of every element,
// the first element's in the lowest bit. `count` is a multiple of 8; `work` has room for all elements.
void tessera_bit_shuffle(const uint8_t *elements, uint8_t *rows, uint8_t *work, size_t typesize, size_t count);
void tessera_bit_unshuffle(const uint8_t *rows, uint8_t *elements, uint8_t *work, size_t typesize, size_t count);

// The checksum of everything so far, then `count` more bytes; 0 begins. Pre- and post-inversion are
// inside, so calls chain.
uint32_t tessera_crc32(uint32_t crc, const uint8_t *bytes, size_t count);
uint32_t tessera_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

// The same by tables alone: what runs on processors without carry-less multiplication.
uint32_t tessera_crc32_portable(uint32_t crc, const uint8_t *bytes, size_t count);
uint32_t tessera_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
