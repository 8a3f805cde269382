// Products of small matrices: the choice of the instruction set.
#include "CKernels.h"

#include "clones.h"
#include "product_layout.h"

// Columns up to which vectors of 8 are used where there are such of 16: two of them are as wide as one of those, in
// blocks of 6 rows instead of 24, whose addresses stay in registers.
#define MOST_NARROW_COLUMNS 16
// Columns of a panel of AVX-512.
#define WIDE_PANEL 32

#if defined(__x86_64__)
// Columns beyond the last whole panel of AVX-512 if there are few of them, or 0.
static int narrow_rest(const ck_product *s) {
  const int rest = s->columns % WIDE_PANEL;
  return rest <= MOST_NARROW_COLUMNS && !ck_turns_rows(s) ? rest : 0;
}
#endif

void ck_multiply(const ck_product *shape, const float *a, const float *b, float *c) {
#if defined(__x86_64__)
  if (ck_instruction_level() == CK_AVX512) {
    if ((ck_turns_rows(shape) ? shape->rows : shape->columns) <= MOST_NARROW_COLUMNS) {
      ck_product_avx2(shape, a, b, c);
      return;
    }
    const int rest = narrow_rest(shape), first = shape->columns - rest;
    if (rest > 0) {
      ck_product part = *shape;
      part.columns = first;
      ck_product_avx512(&part, a, b, c);
      part.columns = rest;
      ck_product_avx2(
          &part, a, b + first * (part.is_right_transposed ? part.b_line : 1), c + first);
      return;
    }
  }
#endif
  CK_OF_LEVEL(ck_product)(shape, a, b, c);
}
