#include "tessera_arrays.h"

#include <string.h>

void tessera_fill(void *target, size_t count, const void *pattern, size_t size) {
  size_t total = count * size;
  if (total == 0) return;
  const unsigned char *bytes = pattern;
  if (memcmp(bytes, bytes + 1, size - 1) == 0) {
    memset(target, bytes[0], total);
    return;
  }
  // Doubles what is written up to a piece that stays in the first-level cache, then repeats that piece.
  enum { PIECE = 8192 };
  unsigned char *out = target;
  memcpy(out, bytes, size);
  size_t done = size;
  while (done < total) {
    size_t piece = done < PIECE ? done : PIECE / size * size;
    if (piece == 0) piece = size;
    if (piece > total - done) piece = total - done;
    memcpy(out + done, out, piece);
    done += piece;
  }
}

int tessera_is_filled(const void *source, size_t count, const void *pattern, size_t size) {
  if (count == 0 || size == 0) return 1;
  const unsigned char *bytes = source;
  // If the first element is the pattern and each equals the one before it, all do.
  return memcmp(bytes, pattern, size) == 0 && memcmp(bytes, bytes + size, (count - 1) * size) == 0;
}
