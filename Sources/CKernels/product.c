// Products of small matrices: the choice of the instruction set.
#include "CKernels.h"

#include "clones.h"
#include "product_layout.h"

// Up to this many columns AVX2 kernels are used even where AVX-512 is available. Two vectors of 8 are as wide as one
// of 16, and their blocks have 6 rows instead of 24, so the rows' addresses stay in registers.
#define MOST_NARROW_COLUMNS 16
// Columns per panel of the AVX-512 kernels.
#define WIDE_PANEL 32

#if defined(__x86_64__)
// The number of columns beyond the last whole AVX-512 panel if that is small, else 0.
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
