// Products of small matrices. Like field_template.h, this is one source for every instruction set.
//
// A library first copies both operands into panels. With a few hundred rows the copies take a tenth of the time or
// more. Here an operand is read in place if its numbers lie in the order in which they are needed. That holds for
// the left operand unless it is transposed. The right operand is copied if it is transposed, or if its rows are
// used so often that a copy without gaps pays. If the operand to copy is much larger than the other one, the
// transposed result is computed, which exchanges the two.
#include "product_layout.h"
#include "transpose.h"
#include "vectors.h"

// Terms of the inner sum that are added in registers. A panel of so many terms of the right operand fills half of
// a first-level cache of 32 KiB.
#define TERMS 256
// Register blocks that go through a panel one after the other.
#define BLOCKS_PER_PANEL 16
// Columns whose panels are copied together. With TERMS rows they fill a quarter of a second-level cache of 512 KiB.
#define COLUMNS_TOGETHER 128
// With fewer rows a copy costs more than it saves, as long as the operand stays in the second-level cache. The
// limit is lower for long lines, because these compete for fewer sets of the first-level cache.
#define ROWS_TO_COPY_FOR(line) ((line) > 128 ? 96 : 192)
#define FLOATS_IN_CACHE 65536
// Up to this many columns, transposing the result costs less than copying the left operand.
#define MOST_TURNED_COLUMNS 8

// A cache line holds 16 terms. With fewer than three lines per row there is nothing to fetch early.
#define LINE_TERMS 16
#define FEWEST_TERMS_TO_FETCH 48

// Adds the terms from..<end to the sums of a block. b points at the first of them, and the result past the last.
CK_INLINE const float *add_terms(
    vec (*sum)[2], int height, const float *const *a, int64_t column, const float *b, int64_t line,
    int from, int end) {
  const float *next = a[0] + from * column;
  for (int p = from; p < end; p++, b += line, next += column) {
    const vec b0 = load(b), b1 = load(b + LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < height; r++) {
      const vec x = splat(column ? next[r] : a[r][p]);
      sum[r][0] = fused(x, b0, sum[r][0]);
      sum[r][1] = fused(x, b1, sum[r][1]);
    }
  }
  return b;
}

// Prefetches rows of c: the next block's if the product is added to c, else this block's. A row is read into
// the cache even when it is only written.
CK_INLINE void fetch_results(const float *c, int64_t c_line, int adds) {
  const float *soon = c + (adds ? MR * c_line : 0);
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) {
    for (int j = 0; j < NR; j += LINE_TERMS) __builtin_prefetch(soon + r * c_line + j, 1, 3);
  }
}

// z[r][NR] = sum over p of a(r, p) b[p][NR], or that added to z, for `height` rows. a(r, p) is a[r][p] if
// `column` is 0, and a[0][p column + r] for an operand whose columns lie one after the other. With `fetches` the
// next block's rows, `ahead` floats further on, are prefetched meanwhile. The processor does not prefetch so many
// short lines by itself.
CK_INLINE void small_block(
    const float *const *a, int fetches, int64_t ahead, int64_t column, const float *b, int64_t line,
    int terms, int adds, float *z, int64_t z_line, int height) {
  vec sum[MR][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < height; r++) {
    sum[r][0] = adds ? load(z + r * z_line) : (vec){0};
    sum[r][1] = adds ? load(z + r * z_line + LANES) : (vec){0};
  }
  int done = 0;
  for (; fetches && done + LINE_TERMS <= terms; done += LINE_TERMS) {
#pragma clang loop unroll(full)
    for (int r = 0; r < height; r++) __builtin_prefetch(a[r] + ahead + done, 0, 3);
    b = add_terms(sum, height, a, column, b, line, done, done + LINE_TERMS);
  }
  add_terms(sum, height, a, column, b, line, done, terms);
#pragma clang loop unroll(full)
  for (int r = 0; r < height; r++) {
    store(z + r * z_line, sum[r][0]);
    store(z + r * z_line + LANES, sum[r][1]);
  }
}

// The same for at most LANES columns and twice the rows, whose addresses are a[0...2 MR - 1]. In a copy the
// first MR rows lie side by side at a[0], and the others at a[MR].
CK_INLINE void narrow_block(
    const float *const *a, int is_copied, const float *b, int64_t line, int terms, int adds, float *z,
    int64_t z_line) {
  vec sum[2 * MR];
#pragma clang loop unroll(full)
  for (int r = 0; r < 2 * MR; r++) sum[r] = adds ? load(z + r * z_line) : (vec){0};
  for (int p = 0; p < terms; p++, b += line) {
    const vec b0 = load(b);
#pragma clang loop unroll(full)
    for (int r = 0; r < 2 * MR; r++) {
      const float x = is_copied ? a[r / MR * MR][p * MR + r % MR] : a[r][p];
      sum[r] = fused(splat(x), b0, sum[r]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 2 * MR; r++) store(z + r * z_line, sum[r]);
}

// Copies some rows and columns between a block and its place in c.
CK_INLINE void copy_part(
    const float *from, int64_t line, int rows, int columns, float *to, int64_t to_line) {
  for (int r = 0; r < rows; r++) {
    for (int j = 0; j < columns; j++) to[r * to_line + j] = from[r * line + j];
  }
}

// Some rows of c, with at most LANES columns.
CK_INLINE void narrow_panel(
    const float *a, int is_copied, int64_t a_line, const float *b, int64_t line, int terms, int adds,
    float *c, int64_t c_line, int rows, int width) {
  for (int row = 0; row < rows; row += 2 * MR, a += 2 * MR * (is_copied ? terms : a_line)) {
    const int count = rows - row < 2 * MR ? rows - row : 2 * MR;
    const float *own[2 * MR];
    // Rows beyond the end repeat earlier ones and are not stored.
#pragma clang loop unroll(full)
    for (int r = 0; r < 2 * MR; r++) {
      own[r] = is_copied ? a + (count > MR ? r / MR : 0) * MR * terms
                         : a + (r < count ? r : count - 1) * a_line;
    }
    float *to = c + row * c_line;
    if (count == 2 * MR && width == LANES) {
      narrow_block(own, is_copied, b, line, terms, adds, to, c_line);
      continue;
    }
    float z[2 * MR * LANES] = {0};
    if (adds) copy_part(to, c_line, count, width, z, LANES);
    narrow_block(own, is_copied, b, line, terms, adds, z, LANES);
    copy_part(z, LANES, count, width, to, c_line);
  }
}

// Some rows of c, with more than LANES and at most NR columns. a: the rows in place, line by line, or their copy.
CK_INLINE void wide_panel(
    const float *a, int fetches, int is_copied, int64_t a_line, const float *b, int64_t line, int terms,
    int adds, float *c, int64_t c_line, int rows, int width) {
  const int64_t ahead = MR * (is_copied ? terms : a_line), column = is_copied ? MR : 0;
  // The rows were copied.
  const int fetches_rows = fetches && !is_copied;
  for (int row = 0; row < rows; row += MR, a += ahead) {
    const int count = rows - row < MR ? rows - row : MR;
    const float *own[MR];
    // Rows beyond the end repeat the last one and are not stored.
#pragma clang loop unroll(full)
    for (int r = 0; r < MR; r++) own[r] = is_copied ? a : a + (r < count ? r : count - 1) * a_line;
    float *to = c + row * c_line;
    if (count == MR && width == NR) {
      if (fetches) fetch_results(to, c_line, adds);
      small_block(own, fetches_rows, ahead, column, b, line, terms, adds, to, c_line, MR);
      continue;
    }
    float z[MR * NR] = {0};
    if (adds) copy_part(to, c_line, count, width, z, NR);
    if (count <= MR / 2) {
      small_block(own, 0, 0, column, b, line, terms, adds, z, NR, MR / 2);
    } else {
      small_block(own, 0, 0, column, b, line, terms, adds, z, NR, MR);
    }
    copy_part(z, NR, count, width, to, c_line);
  }
}

// Some rows of c, with at most NR columns. a: as for wide_panel.
CK_INLINE void small_panel(
    const float *a, int is_copied, int64_t a_line, const float *b, int64_t line, int terms, int adds,
    float *c, int64_t c_line, int rows, int width) {
  if (width <= LANES) {
    narrow_panel(a, is_copied, a_line, b, line, terms, adds, c, c_line, rows, width);
  } else if (terms >= FEWEST_TERMS_TO_FETCH) {
    wide_panel(a, 1, is_copied, a_line, b, line, terms, adds, c, c_line, rows, width);
  } else {
    wide_panel(a, 0, is_copied, a_line, b, line, terms, adds, c, c_line, rows, width);
  }
}

// Copies `terms` lines of `count` numbers into lines of `width` floats, with zeros behind the numbers.
CK_INLINE void copy_lines(
    const float *from, int64_t line, int count, int terms, float *to, int width) {
  for (int p = 0; p < terms; p++, from += line, to += width) {
    for (int j = 0; j < width; j++) to[j] = j < count ? from[j] : 0;
  }
}

CK_INLINE void copy_full_lines(const float *from, int64_t line, int terms, float *to, int width) {
  for (int p = 0; p < terms; p++, from += line, to += width) {
    for (int j = 0; j < width; j++) to[j] = from[j];
  }
}

static void CK_NAME(ck_straight_product)(
    const ck_product *s, const float *a, const float *b, float *c) {
  float panels[COLUMNS_TOGETHER * TERMS] __attribute__((aligned(64)));
  float left[BLOCKS_PER_PANEL * MR * TERMS] __attribute__((aligned(64)));
  const int copies = s->is_right_transposed || s->rows >= ROWS_TO_COPY_FOR(s->b_line) ||
                     (int64_t)s->shared * s->columns > FLOATS_IN_CACHE;
  for (int first = 0; first < s->columns; first += COLUMNS_TOGETHER) {
    const int across = s->columns - first < COLUMNS_TOGETHER ? s->columns - first : COLUMNS_TOGETHER;
    for (int p = 0; p < s->shared; p += TERMS) {
      const int terms = s->shared - p < TERMS ? s->shared - p : TERMS;
      const int adds = s->adds || p > 0;
      for (int j = 0; j < across; j += NR) {
        const int width = across - j < NR ? across - j : NR;
        float *to = panels + j * TERMS;
        if (s->is_right_transposed) {
          copy_transposed(b + (first + j) * s->b_line + p, s->b_line, width, terms, 1, to, NR);
        } else if (width < NR) {
          copy_lines(b + p * s->b_line + first + j, s->b_line, width, terms, to, NR);
        } else if (copies) {
          copy_full_lines(b + p * s->b_line + first + j, s->b_line, terms, to, NR);
        }
      }
      for (int row = 0; row < s->rows; row += BLOCKS_PER_PANEL * MR) {
        const int rows =
            s->rows - row < BLOCKS_PER_PANEL * MR ? s->rows - row : BLOCKS_PER_PANEL * MR;
        const float *from = s->is_left_transposed ? left : a + row * s->a_line + p;
        for (int r = 0; s->is_left_transposed && r < rows; r += MR) {
          const float *own = a + p * s->a_line + row + r;
          if (rows - r < MR) {
            copy_lines(own, s->a_line, rows - r, terms, left + r * terms, MR);
          } else {
            copy_full_lines(own, s->a_line, terms, left + r * terms, MR);
          }
        }
        for (int j = 0; j < across; j += NR) {
          const int width = across - j < NR ? across - j : NR;
          const int is_own = copies || width < NR;
          const float *panel = is_own ? panels + j * TERMS : b + p * s->b_line + first + j;
          const int64_t line = is_own ? NR : s->b_line;
          float *to = c + row * s->c_line + first + j;
          if (s->is_left_transposed) {
            small_panel(from, 1, 0, panel, line, terms, adds, to, s->c_line, rows, width);
          } else {
            small_panel(from, 0, s->a_line, panel, line, terms, adds, to, s->c_line, rows, width);
          }
        }
      }
    }
  }
}

// to[j][i] = z[i][j], or that added, for `count` lines of z of `rows` numbers. Whole 8 x 8 squares come first.
CK_INLINE void write_squares(
    const float *z, int64_t z_line, int count, int rows, int adds, float *to, int64_t to_line) {
  for (int j = 0; j < rows; j += 8, to += 8 * to_line) {
    const int height = rows - j < 8 ? rows - j : 8;
    for (int i = 0; i < count; i += 8) {
      const int width = count - i < 8 ? count - i : 8;
      const float *from = z + i * z_line + j;
      if (height == 8 && width == 8) {
        float square[64];
        transpose_square(from, z_line, 1, square, 8);
#pragma clang loop unroll(full)
        for (int r = 0; r < 8; r++) {
          float *own = to + r * to_line + i;
#pragma clang loop unroll(full)
          for (int k = 0; k < 8; k++) own[k] = (adds ? own[k] : 0) + square[r * 8 + k];
        }
        continue;
      }
      for (int r = 0; r < height; r++) {
        float *own = to + r * to_line + i;
        for (int k = 0; k < width; k++) own[k] = (adds ? own[k] : 0) + from[k * z_line + r];
      }
    }
  }
}

// The same, with the choice to add made outside the loops.
CK_INLINE void write_turned(
    const float *z, int64_t z_line, int count, int rows, int adds, float *to, int64_t to_line) {
  if (adds) {
    write_squares(z, z_line, count, rows, 1, to, to_line);
  } else {
    write_squares(z, z_line, count, rows, 0, to, to_line);
  }
}

// a^T b for a b of few columns, as (b^T a)^T. a is read in place, and the few columns of b are copied.
static void CK_NAME(ck_turned_columns)(
    const ck_product *s, const float *a, const float *b, float *c) {
  float z[MOST_TURNED_COLUMNS * COLUMNS_TOGETHER] __attribute__((aligned(64)));
  for (int first = 0; first < s->rows; first += COLUMNS_TOGETHER) {
    const int count = s->rows - first < COLUMNS_TOGETHER ? s->rows - first : COLUMNS_TOGETHER;
    const ck_product turned = {
        s->columns, count, s->shared, 1, 0, 0, s->b_line, s->a_line, COLUMNS_TOGETHER};
    CK_NAME(ck_straight_product)(&turned, b, a + first, z);
    write_turned(z, COLUMNS_TOGETHER, s->columns, count, s->adds, c + first * s->c_line, s->c_line);
  }
}

// a b^T for an a of few rows, as (b a^T)^T. b, by far the larger operand, is read in place.
static void CK_NAME(ck_turned_rows)(
    const ck_product *s, const float *a, const float *b, float *c) {
  float z[CK_COLUMNS_TURNED_TOGETHER * CK_MOST_TURNED_ROWS] __attribute__((aligned(64)));
  for (int first = 0; first < s->columns; first += CK_COLUMNS_TURNED_TOGETHER) {
    const int left = s->columns - first;
    const int count = left < CK_COLUMNS_TURNED_TOGETHER ? left : CK_COLUMNS_TURNED_TOGETHER;
    const ck_product turned = {
        count, s->rows, s->shared, 0, 1, 0, s->b_line, s->a_line, CK_MOST_TURNED_ROWS};
    CK_NAME(ck_straight_product)(&turned, b + first * s->b_line, a, z);
    write_turned(z, CK_MOST_TURNED_ROWS, count, s->rows, s->adds, c + first, s->c_line);
  }
}

void CK_NAME(ck_product)(const ck_product *s, const float *a, const float *b, float *c) {
  if (s->is_left_transposed && !s->is_right_transposed && s->columns <= MOST_TURNED_COLUMNS &&
      s->rows > MOST_TURNED_COLUMNS) {
    CK_NAME(ck_turned_columns)(s, a, b, c);
  } else if (ck_turns_rows(s)) {
    CK_NAME(ck_turned_rows)(s, a, b, c);
  } else {
    CK_NAME(ck_straight_product)(s, a, b, c);
  }
}
