#include "clones.h"
#include "tessera_arrays.h"

#include <string.h>

typedef uint8_t u8 TESSERA_UNALIGNED;
typedef uint16_t u16 TESSERA_UNALIGNED;
typedef uint32_t u32 TESSERA_UNALIGNED;
typedef uint64_t u64 TESSERA_UNALIGNED;
typedef struct {
  uint64_t low, high;
} pair;
typedef pair u128 TESSERA_UNALIGNED;

// Byte reversal of the scalars of `unit` bytes in an element; `unit` is a constant at every call.
TESSERA_INLINE uint8_t swapped_u8(uint8_t v, size_t unit) { return (void)unit, v; }
TESSERA_INLINE uint16_t swapped_u16(uint16_t v, size_t unit) { return unit == 2 ? __builtin_bswap16(v) : v; }
TESSERA_INLINE uint32_t swapped_u32(uint32_t v, size_t unit) { return unit == 4 ? __builtin_bswap32(v) : v; }
TESSERA_INLINE uint64_t swapped_u64(uint64_t v, size_t unit) {
  if (unit == 1) return v;
  uint64_t all = __builtin_bswap64(v);
  return unit == 8 ? all : (all << 32 | all >> 32);
}
TESSERA_INLINE pair swapped_u128(pair v, size_t unit) {
  return (pair){swapped_u64(v.low, unit), swapped_u64(v.high, unit)};
}

#define COPY_LINE(T, SOURCE_STRIDE, TARGET_STRIDE)                            \
  for (size_t i = 0; i < count; i++) {                                        \
    *(T *)(target + (ptrdiff_t)i * (TARGET_STRIDE)) =                         \
        swapped_##T(*(const T *)(source + (ptrdiff_t)i * (SOURCE_STRIDE)), unit); \
  }

// One line of elements. Strides that the compiler knows let it use whole vectors.
#define DEFINE_LINE(T)                                                                             \
  TESSERA_INLINE void line_##T(size_t count, const char *restrict source, ptrdiff_t from,          \
                               char *restrict target, ptrdiff_t to, size_t unit) {                 \
    const ptrdiff_t item = sizeof(T);                                                              \
    if (to == item) {                                                                              \
      if (from == item) {                                                                          \
        COPY_LINE(T, item, item)                                                                   \
      } else if (from == 2 * item) {                                                               \
        COPY_LINE(T, 2 * item, item)                                                               \
      } else if (from == 3 * item) {                                                               \
        COPY_LINE(T, 3 * item, item)                                                               \
      } else if (from == 4 * item) {                                                               \
        COPY_LINE(T, 4 * item, item)                                                               \
      } else if (from == -item) {                                                                  \
        COPY_LINE(T, -item, item)                                                                  \
      } else if (from == 0) {                                                                      \
        COPY_LINE(T, 0, item)                                                                      \
      } else {                                                                                     \
        COPY_LINE(T, from, item)                                                                   \
      }                                                                                            \
    } else if (from == item) {                                                                     \
      COPY_LINE(T, item, to)                                                                       \
    } else {                                                                                       \
      COPY_LINE(T, from, to)                                                                       \
    }                                                                                              \
  }

#define DEFINE_PLANE(T, UNIT)                                                                       \
  TESSERA_CLONES static void plane_##T##_##UNIT(                                                    \
      size_t rows, size_t columns, const char *source, ptrdiff_t from_row, ptrdiff_t from_column,   \
      char *target, ptrdiff_t to_row, ptrdiff_t to_column) {                                        \
    for (size_t row = 0; row < rows; row++) {                                                       \
      line_##T(columns, source + (ptrdiff_t)row * from_row, from_column,                            \
               target + (ptrdiff_t)row * to_row, to_column, UNIT);                                  \
    }                                                                                               \
  }

DEFINE_LINE(u8)
DEFINE_LINE(u16)
DEFINE_LINE(u32)
DEFINE_LINE(u64)
DEFINE_LINE(u128)
DEFINE_PLANE(u8, 1)
DEFINE_PLANE(u16, 1)
DEFINE_PLANE(u16, 2)
DEFINE_PLANE(u32, 1)
DEFINE_PLANE(u32, 4)
DEFINE_PLANE(u64, 1)
DEFINE_PLANE(u64, 4)
DEFINE_PLANE(u64, 8)
DEFINE_PLANE(u128, 1)
DEFINE_PLANE(u128, 8)

typedef void (*plane)(size_t, size_t, const char *, ptrdiff_t, ptrdiff_t, char *, ptrdiff_t, ptrdiff_t);

static plane plane_for(size_t item, size_t unit) {
  switch (item) {
    case 1: return plane_u8_1;
    case 2: return unit == 1 ? plane_u16_1 : plane_u16_2;
    case 4: return unit == 1 ? plane_u32_1 : plane_u32_4;
    case 8: return unit == 1 ? plane_u64_1 : unit == 4 ? plane_u64_4 : plane_u64_8;
    default: return unit == 1 ? plane_u128_1 : plane_u128_8;
  }
}

void tessera_copy_plane(size_t item, size_t unit, size_t rows, size_t columns, const void *source,
                        ptrdiff_t source_row_stride, ptrdiff_t source_column_stride, void *target,
                        ptrdiff_t target_row_stride, ptrdiff_t target_column_stride) {
  plane_for(item, unit)(rows, columns, source, source_row_stride, source_column_stride, target,
                        target_row_stride, target_column_stride);
}

// Short runs are copied as two overlapping pieces, without a call whose length is not known.
TESSERA_INLINE void copy_run(char *target, const char *source, size_t bytes) {
  typedef struct {
    char bytes[32];
  } half;
  typedef struct {
    char bytes[16];
  } quarter;
  if (bytes > 64 || bytes < 8) {
    memcpy(target, source, bytes);
  } else if (bytes > 32) {
    half a = *(const half *)source, b = *(const half *)(source + bytes - 32);
    *(half *)target = a, *(half *)(target + bytes - 32) = b;
  } else if (bytes > 16) {
    quarter a = *(const quarter *)source, b = *(const quarter *)(source + bytes - 16);
    *(quarter *)target = a, *(quarter *)(target + bytes - 16) = b;
  } else {
    u64 a = *(const u64 *)source, b = *(const u64 *)(source + bytes - 8);
    *(u64 *)target = a, *(u64 *)(target + bytes - 8) = b;
  }
}

TESSERA_CLONES void tessera_copy_runs(size_t rows, size_t bytes, const void *source,
                                      ptrdiff_t source_stride, void *target, ptrdiff_t target_stride) {
  for (size_t row = 0; row < rows; row++) {
    copy_run((char *)target + (ptrdiff_t)row * target_stride,
             (const char *)source + (ptrdiff_t)row * source_stride, bytes);
  }
}
