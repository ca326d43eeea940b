// What distributions make of random words: every element of one word alone, at its own position.
#include "clones.h"
#include "random_functions.h"
#include "tessera_random.h"

typedef double out_float64 TESSERA_UNALIGNED;
typedef float out_float32 TESSERA_UNALIGNED;
typedef uint64_t out_uint64 TESSERA_UNALIGNED;
typedef int64_t out_int64 TESSERA_UNALIGNED;

TESSERA_CLONES void tessera_uniform64(size_t count, const uint64_t *restrict draws, void *restrict target) {
  out_float64 *out = target;
  for (size_t i = 0; i < count; i++) out[i] = (double)(int64_t)(draws[i] >> 11) * 0x1p-53;
}

TESSERA_CLONES void tessera_uniform32(size_t count, const uint32_t *restrict halves, unsigned bits,
                                      void *restrict target) {
  out_float32 *out = target;
  const float unit = 1.0f / (float)(1 << bits);
  for (size_t i = 0; i < count; i++) out[i] = (float)(int32_t)(halves[i] >> (32 - bits)) * unit;
}

TESSERA_CLONES void tessera_integers(size_t count, const uint64_t *restrict draws, uint64_t low,
                                     uint64_t span, void *restrict target) {
  out_uint64 *out = target;
  if (span == 0) {
    for (size_t i = 0; i < count; i++) out[i] = low + draws[i];
  } else {
    for (size_t i = 0; i < count; i++) {
      out[i] = low + (uint64_t)((__uint128_t)draws[i] * span >> 64);
    }
  }
}

TESSERA_CLONES void tessera_exponential(size_t count, const uint64_t *restrict draws, double scale,
                                        void *restrict target) {
  out_float64 *out = target;
  for (size_t i = 0; i < count; i++) out[i] = scale * (0 - logarithm(probability(draws[i])));
}

void tessera_geometric(size_t count, const uint64_t *restrict draws, double p, void *restrict target) {
  out_int64 *out = target;
  const double rate = p < 1 ? -log_of_one_plus(-p) : __builtin_inf();
  for (size_t i = 0; i < count; i++) {
    const double number = __builtin_ceil(waiting_time(draws[i]) / rate);
    out[i] = number < 1 ? 1 : number < 0x1p63 ? (int64_t)number : INT64_MAX;
  }
}

TESSERA_CLONES void tessera_counts(size_t count, const uint64_t *restrict draws, const uint64_t *restrict bounds,
                                   size_t length, int64_t base, int64_t step, void *restrict target) {
  out_int64 *out = target;
  for (size_t i = 0; i < count; i++) out[i] = base;
  for (size_t n = 0; n < length; n++) {
    for (size_t i = 0; i < count; i++) out[i] += draws[i] < bounds[n] ? step : 0;
  }
}

// One word in seven lies in the tails, which are gathered, so that each piece is a loop without branches.
TESSERA_CLONES void tessera_normal(size_t count, const uint64_t *restrict draws, double mean, double deviation,
                                   void *restrict target) {
  enum { PIECE = 256 };
  out_float64 *out = target;
  double tails[PIECE];
  uint32_t places[PIECE + 1];
  for (size_t start = 0; start < count; start += PIECE) {
    const size_t piece = count - start < PIECE ? count - start : PIECE;
    const uint64_t *words = draws + start;
    for (size_t i = 0; i < piece; i++) {
      const double q = distance(words[i]);
      out[start + i] = mean + deviation * signed_by(words[i], q * ratio(CENTRE, 0.180625 - q * q));
    }
    size_t found = 0;
    for (size_t i = 0; i < piece; i++) {
      places[found] = (uint32_t)i;
      found += distance(words[i]) > 0.425;
    }
    for (size_t i = 0; i < found; i++) {
      tails[i] = __builtin_elementwise_sqrt(-logarithm(tail(words[places[i]])));
    }
    for (size_t i = 0; i < found; i++) {
      const double z = tails[i] <= 5 ? ratio(TAIL, tails[i] - 1.6) : ratio(FAR, tails[i] - 5);
      out[start + places[i]] = mean + deviation * signed_by(words[places[i]], z);
    }
  }
}
