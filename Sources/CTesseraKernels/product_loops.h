// The loops of a matrix product for one dtype and one instruction set; product.c includes this file once for each.
//
// Blocks of A and B are copied ("packed") into the order in which the innermost loop walks them, and stay in the
// second- and first-level cache while they are used: Goto and van de Geijn, "Anatomy of high-performance matrix
// multiplication" (2008). The innermost loop keeps TILE_ROWS x TILE_COLUMNS sums in registers.
//
// To be defined: NAME, TARGET (attributes of the function), ELEMENT (as stored), PACKED (as reckoned), LOAD(v), VECTOR
// (bytes of a register), TILE_ROWS; and for complex numbers PARTS 2, otherwise 1.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OWN(what) JOIN(what, NAME)

enum {
  OWN(LANES) = VECTOR / sizeof(PACKED),
  OWN(COLUMNS) = 2 * OWN(LANES),
};

typedef PACKED OWN(vector) __attribute__((ext_vector_type(VECTOR / sizeof(PACKED))));

// Panels of TILE_ROWS rows of A; rows that are missing are zeros. Parts of a complex number lie side by side.
TARGET static void OWN(pack_a)(size_t rows, size_t depth, const ELEMENT *a, ptrdiff_t row, ptrdiff_t column,
                               PACKED *to) {
  for (size_t top = 0; top < rows; top += TILE_ROWS) {
    const size_t height = rows - top < TILE_ROWS ? rows - top : TILE_ROWS;
    for (size_t p = 0; p < depth; p++, to += TILE_ROWS * PARTS) {
      const ELEMENT *from = a + (ptrdiff_t)top * row + (ptrdiff_t)p * column;
      for (size_t r = 0; r < TILE_ROWS; r++) {
        if (r < height) {
          LOAD(to + r * PARTS, from[(ptrdiff_t)r * row], 1);
        } else {
          for (size_t part = 0; part < PARTS; part++) to[r * PARTS + part] = 0;
        }
      }
    }
  }
}

// Panels of COLUMNS columns of B; columns that are missing are zeros. All real parts of a row come before its
// imaginary ones.
TARGET static void OWN(pack_b)(size_t depth, size_t columns, const ELEMENT *b, ptrdiff_t row, ptrdiff_t column,
                               PACKED *to) {
  for (size_t left = 0; left < columns; left += OWN(COLUMNS)) {
    const size_t width = columns - left < OWN(COLUMNS) ? columns - left : OWN(COLUMNS);
    for (size_t p = 0; p < depth; p++, to += OWN(COLUMNS) * PARTS) {
      const ELEMENT *from = b + (ptrdiff_t)p * row + (ptrdiff_t)left * column;
      if (column == 1) {
        for (size_t j = 0; j < width; j++) LOAD(to + j, from[j], OWN(COLUMNS));
      } else {
        for (size_t j = 0; j < width; j++) LOAD(to + j, from[(ptrdiff_t)j * column], OWN(COLUMNS));
      }
      for (size_t j = width; j < OWN(COLUMNS); j++) {
        for (size_t part = 0; part < PARTS; part++) to[part * OWN(COLUMNS) + j] = 0;
      }
    }
  }
}

// One tile of sums, into `sums` row by row, the parts of a complex number one behind the other.
TARGET static inline __attribute__((always_inline)) void OWN(tile)(size_t depth, const PACKED *a, const PACKED *b,
                                                                   PACKED *sums) {
  typedef OWN(vector) V;
  V sum[TILE_ROWS][2 * PARTS];
#pragma clang loop unroll(full)
  for (int r = 0; r < TILE_ROWS; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < 2 * PARTS; v++) sum[r][v] = (V)0;
  }
  for (size_t p = 0; p < depth; p++, a += TILE_ROWS * PARTS, b += OWN(COLUMNS) * PARTS) {
    const V *in = (const V *)b;
#pragma clang loop unroll(full)
    for (int r = 0; r < TILE_ROWS; r++) {
#if PARTS == 1
      const V x = (V)a[r];
      MULTIPLY_ADD(sum[r][0], x, in[0]);
      MULTIPLY_ADD(sum[r][1], x, in[1]);
#else
      const V re = (V)a[2 * r], im = (V)a[2 * r + 1];
      sum[r][0] += re * in[0];
      sum[r][1] += re * in[1];
      sum[r][2] += re * in[2];
      sum[r][3] += re * in[3];
      sum[r][0] -= im * in[2];
      sum[r][1] -= im * in[3];
      sum[r][2] += im * in[0];
      sum[r][3] += im * in[1];
#endif
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < TILE_ROWS; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < 2 * PARTS; v++) ((V *)sums)[r * 2 * PARTS + v] = sum[r][v];
  }
}

// A packed block of A by a packed block of B, tile by tile.
TARGET static void OWN(block)(size_t rows, size_t columns, size_t depth, const PACKED *a, const PACKED *b, ELEMENT *c,
                              ptrdiff_t c_row, int accumulates) {
  PACKED sums[TILE_ROWS * OWN(COLUMNS) * PARTS] __attribute__((aligned(64)));
  for (size_t left = 0; left < columns; left += OWN(COLUMNS)) {
    const size_t width = columns - left < OWN(COLUMNS) ? columns - left : OWN(COLUMNS);
    for (size_t top = 0; top < rows; top += TILE_ROWS) {
      const size_t height = rows - top < TILE_ROWS ? rows - top : TILE_ROWS;
      OWN(tile)(depth, a + top * depth * PARTS, b + left * depth * PARTS, sums);
      for (size_t r = 0; r < height; r++) {
        ELEMENT *out = c + (ptrdiff_t)(top + r) * c_row + left;
        const PACKED *from = sums + r * OWN(COLUMNS) * PARTS;
        if (accumulates) {
          for (size_t j = 0; j < width; j++) ADD_STORE(out[j], from + j, OWN(COLUMNS));
        } else {
          for (size_t j = 0; j < width; j++) STORE(out[j], from + j, OWN(COLUMNS));
        }
      }
    }
  }
}

TARGET static void OWN(product)(size_t m, size_t n, size_t k, tessera_matrix a, tessera_matrix b, void *c,
                                ptrdiff_t c_row, int accumulates, void *scratch) {
  enum { WIDTH = BLOCK_COLUMN_BYTES / sizeof(PACKED) };
  PACKED *packed_b = scratch;
  PACKED *packed_a = packed_b + (size_t)WIDTH * BLOCK_DEPTH * PARTS;
  const ELEMENT *in_a = a.elements, *in_b = b.elements;
  for (size_t left = 0; left < n; left += WIDTH) {
    const size_t columns = n - left < WIDTH ? n - left : WIDTH;
    for (size_t first = 0; first < k; first += BLOCK_DEPTH) {
      const size_t depth = k - first < BLOCK_DEPTH ? k - first : BLOCK_DEPTH;
      OWN(pack_b)(depth, columns, in_b + (ptrdiff_t)first * b.row + (ptrdiff_t)left * b.column, b.row, b.column,
                  packed_b);
      for (size_t top = 0; top < m; top += BLOCK_ROWS) {
        const size_t rows = m - top < BLOCK_ROWS ? m - top : BLOCK_ROWS;
        OWN(pack_a)(rows, depth, in_a + (ptrdiff_t)top * a.row + (ptrdiff_t)first * a.column, a.row, a.column,
                    packed_a);
        OWN(block)(rows, columns, depth, packed_a, packed_b, (ELEMENT *)c + (ptrdiff_t)top * c_row + left, c_row,
                   accumulates || first > 0);
      }
    }
  }
}

#undef JOIN_
#undef JOIN
#undef OWN
#undef NAME
