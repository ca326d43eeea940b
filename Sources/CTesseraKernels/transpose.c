#include "clones.h"
#include "tessera_arrays.h"

#include <string.h>

enum { LINE = 64 };

// A tile is a square of lanes that is transposed in registers: as many rows as a vector has lanes,
// each a full cache line for elements of 4 and 8 bytes.
typedef uint8_t lanes_u8 __attribute__((vector_size(16)));
typedef uint16_t lanes_u16 __attribute__((vector_size(32)));
typedef uint32_t lanes_u32 __attribute__((vector_size(64)));
typedef uint64_t lanes_u64 __attribute__((vector_size(64)));

typedef uint8_t u8 TESSERA_UNALIGNED;
typedef uint16_t u16 TESSERA_UNALIGNED;
typedef uint32_t u32 TESSERA_UNALIGNED;
typedef uint64_t u64 TESSERA_UNALIGNED;

#define SWAP_8(v) ((v) >> 8 | (v) << 8)
#define SWAP_16(v) (((v) >> 8 & 0x00FF00FFu) | ((v) & 0x00FF00FFu) << 8)
#define SWAP_32(v) (((v) >> 8 & 0x00FF00FF00FF00FFu) | ((v) & 0x00FF00FF00FF00FFu) << 8)
#define SWAP_HALVES(v) (((v) >> 16 & 0x0000FFFF0000FFFFu) | ((v) & 0x0000FFFF0000FFFFu) << 16)

// Byte reversal of the scalars of `unit` bytes in one element or in each lane; `unit` is a constant at
// every call.
#define DEFINE_SWAPS(U8, U16, U32, U64, NAME)                                                        \
  TESSERA_INLINE void NAME##_u8(U8 *v, size_t unit) { (void)v, (void)unit; }                         \
  TESSERA_INLINE void NAME##_u16(U16 *v, size_t unit) {                                              \
    if (unit == 2) *v = SWAP_8(*v);                                                                  \
  }                                                                                                  \
  TESSERA_INLINE void NAME##_u32(U32 *v, size_t unit) {                                              \
    if (unit == 1) return;                                                                           \
    *v = SWAP_16(*v);                                                                                \
    *v = *v >> 16 | *v << 16;                                                                        \
  }                                                                                                  \
  TESSERA_INLINE void NAME##_u64(U64 *v, size_t unit) {                                              \
    if (unit == 1) return;                                                                           \
    *v = SWAP_32(*v);                                                                                \
    *v = SWAP_HALVES(*v);                                                                            \
    if (unit == 8) *v = *v >> 32 | *v << 32;                                                         \
  }
DEFINE_SWAPS(u8, u16, u32, u64, swap)
DEFINE_SWAPS(lanes_u8, lanes_u16, lanes_u32, lanes_u64, swap_lanes)

#define LOW_16(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_16(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOW_8(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_8(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

// Interleaving row i with row i + LANES/2 moves the top bit of the row number to the bottom of the lane
// number, and the top bit of the lane number to the bottom of the row number. After as many stages as
// a row number has bits, the two have changed places.
#define DEFINE_TILE(T, LANES, STAGES)                                                               \
  TESSERA_INLINE void tile_##T(const char *source, ptrdiff_t from_column, char *target,             \
                               ptrdiff_t to_row, size_t unit) {                                     \
    lanes_##T a[LANES], b[LANES];                                                                   \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) {                            \
      memcpy(&a[i], source + i * from_column, sizeof a[i]);                                         \
      swap_lanes_##T(&a[i], unit);                                                                  \
    }                                                                                               \
    _Pragma("clang loop unroll(full)") for (int stage = 0; stage < STAGES; stage++) {               \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES / 2; i++) {                      \
        b[2 * i] = LOW_##LANES(a[i], a[i + LANES / 2]);                                             \
        b[2 * i + 1] = HIGH_##LANES(a[i], a[i + LANES / 2]);                                        \
      }                                                                                             \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) a[i] = b[i];               \
    }                                                                                               \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) {                            \
      memcpy(target + i * to_row, &a[i], sizeof a[i]);                                              \
    }                                                                                               \
  }

// Elements that fill no whole tile.
#define DEFINE_REST(T)                                                                              \
  TESSERA_INLINE void rest_##T(size_t rows, size_t columns, const char *source,                     \
                               ptrdiff_t from_column, char *target, ptrdiff_t to_row, size_t unit) { \
    for (size_t row = 0; row < rows; row++) {                                                       \
      const char *restrict from = source + row * sizeof(T);                                         \
      char *restrict to = target + (ptrdiff_t)row * to_row;                                         \
      for (size_t column = 0; column < columns; column++) {                                         \
        T value = *(const T *)(from + (ptrdiff_t)column * from_column);                             \
        swap_##T(&value, unit);                                                                     \
        *(T *)(to + column * sizeof(T)) = value;                                                    \
      }                                                                                             \
    }                                                                                               \
  }

// A square block whose rows are whole cache lines on both sides. Where a tile is narrower than a line,
// the block goes through two small buffers: strides that are powers of two would otherwise evict lines
// between the visits of their parts.
#define DEFINE_BLOCK(T, LANES)                                                                      \
  TESSERA_INLINE void block_##T(const char *source, ptrdiff_t from_column, char *target,            \
                                ptrdiff_t to_row, size_t unit) {                                    \
    enum { SIDE = LINE / sizeof(T) };                                                               \
    if (SIDE == LANES) {                                                                            \
      tile_##T(source, from_column, target, to_row, unit);                                          \
      return;                                                                                       \
    }                                                                                               \
    char in[SIDE * LINE], out[SIDE * LINE];                                                         \
    for (int i = 0; i < SIDE; i++) memcpy(in + i * LINE, source + i * from_column, LINE);           \
    for (size_t row = 0; row < SIDE; row += LANES) {                                                \
      for (size_t column = 0; column < SIDE; column += LANES) {                                     \
        tile_##T(in + column * LINE + row * sizeof(T), LINE,                                        \
                 out + row * LINE + column * sizeof(T), LINE, unit);                                \
      }                                                                                             \
    }                                                                                               \
    for (int i = 0; i < SIDE; i++) memcpy(target + i * to_row, out + i * LINE, LINE);               \
  }

// Bands of BAND rows of the target: along a band both sides are read and written in few pages.
#define DEFINE_TRANSPOSE(T, UNIT)                                                                   \
  TESSERA_CLONES static void transpose_##T##_##UNIT(size_t rows, size_t columns, const char *source, \
                                                    ptrdiff_t from_column, char *target,            \
                                                    ptrdiff_t to_row) {                             \
    enum { SIDE = LINE / sizeof(T), BAND = 256 / sizeof(T) };                                       \
    const size_t whole = columns / SIDE * SIDE;                                                     \
    for (size_t top = 0; top < rows; top += BAND) {                                                 \
      const size_t bottom = rows - top < BAND ? rows : top + BAND;                                  \
      const size_t tiled = top + (bottom - top) / SIDE * SIDE;                                      \
      for (size_t column = 0; column < whole; column += SIDE) {                                     \
        const char *from = source + (ptrdiff_t)column * from_column;                                \
        char *to = target + column * sizeof(T);                                                     \
        for (size_t row = top; row < tiled; row += SIDE) {                                          \
          block_##T(from + row * sizeof(T), from_column, to + (ptrdiff_t)row * to_row, to_row,      \
                    UNIT);                                                                          \
        }                                                                                           \
        rest_##T(bottom - tiled, SIDE, from + tiled * sizeof(T), from_column,                       \
                 to + (ptrdiff_t)tiled * to_row, to_row, UNIT);                                     \
      }                                                                                             \
      rest_##T(bottom - top, columns - whole,                                                       \
               source + (ptrdiff_t)whole * from_column + top * sizeof(T), from_column,              \
               target + (ptrdiff_t)top * to_row + whole * sizeof(T), to_row, UNIT);                 \
    }                                                                                               \
  }

DEFINE_TILE(u8, 16, 4)
DEFINE_TILE(u16, 16, 4)
DEFINE_TILE(u32, 16, 4)
DEFINE_TILE(u64, 8, 3)
DEFINE_REST(u8)
DEFINE_REST(u16)
DEFINE_REST(u32)
DEFINE_REST(u64)
DEFINE_BLOCK(u8, 16)
DEFINE_BLOCK(u16, 16)
DEFINE_BLOCK(u32, 16)
DEFINE_BLOCK(u64, 8)
DEFINE_TRANSPOSE(u8, 1)
DEFINE_TRANSPOSE(u16, 1)
DEFINE_TRANSPOSE(u16, 2)
DEFINE_TRANSPOSE(u32, 1)
DEFINE_TRANSPOSE(u32, 4)
DEFINE_TRANSPOSE(u64, 1)
DEFINE_TRANSPOSE(u64, 4)
DEFINE_TRANSPOSE(u64, 8)

typedef void (*transpose)(size_t, size_t, const char *, ptrdiff_t, char *, ptrdiff_t);

static transpose transpose_for(size_t item, size_t unit) {
  switch (item) {
    case 1: return transpose_u8_1;
    case 2: return unit == 1 ? transpose_u16_1 : transpose_u16_2;
    case 4: return unit == 1 ? transpose_u32_1 : transpose_u32_4;
    default: return unit == 1 ? transpose_u64_1 : unit == 4 ? transpose_u64_4 : transpose_u64_8;
  }
}

// Elements of 16 bytes gain nothing from registers; a square of them still fits the first-level cache.
static void transpose_pairs(size_t unit, size_t rows, size_t columns, const char *source,
                            ptrdiff_t from_column, char *target, ptrdiff_t to_row) {
  enum { SIDE = 16 };
  for (size_t top = 0; top < rows; top += SIDE) {
    const size_t height = rows - top < SIDE ? rows - top : SIDE;
    for (size_t left = 0; left < columns; left += SIDE) {
      const size_t width = columns - left < SIDE ? columns - left : SIDE;
      tessera_copy_plane(16, unit, height, width, source + top * 16 + (ptrdiff_t)left * from_column, 16,
                         from_column, target + (ptrdiff_t)top * to_row + left * 16, to_row, 16);
    }
  }
}

void tessera_transpose_plane(size_t item, size_t unit, size_t rows, size_t columns, const void *source,
                             ptrdiff_t source_column_stride, void *target, ptrdiff_t target_row_stride) {
  if (item == 16) {
    transpose_pairs(unit, rows, columns, source, source_column_stride, target, target_row_stride);
  } else {
    transpose_for(item, unit)(rows, columns, source, source_column_stride, target, target_row_stride);
  }
}
