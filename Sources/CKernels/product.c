// Products of small matrices: the choice of the instruction set.
#include "CKernels.h"

#include "product_layout.h"

void ck_multiply(const ck_product *shape, const float *a, const float *b, float *c) {
#if defined(__x86_64__)
  if (ck_instruction_level() == CK_AVX512) {
    ck_product_avx512(shape, a, b, c);
    return;
  }
  if (ck_instruction_level() == CK_AVX2) {
    ck_product_avx2(shape, a, b, c);
    return;
  }
#endif
  ck_product_portable(shape, a, b, c);
}
