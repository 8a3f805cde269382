// Products of small matrices: the choice of the instruction set.
#include "CKernels.h"

#include "clones.h"
#include "product_layout.h"

// Columns up to which vectors of 8 are used where there are such of 16: two of them are as wide as one of those, in
// blocks of 6 rows instead of 24, whose addresses stay in registers.
#define MOST_NARROW_COLUMNS 16

void ck_multiply(const ck_product *shape, const float *a, const float *b, float *c) {
#if defined(__x86_64__)
  const int columns = ck_turns_rows(shape) ? shape->rows : shape->columns;
  if (ck_instruction_level() == CK_AVX512 && columns <= MOST_NARROW_COLUMNS) {
    ck_product_avx2(shape, a, b, c);
    return;
  }
#endif
  CK_OF_LEVEL(ck_product)(shape, a, b, c);
}
