// Products of small matrices: the choice of the instruction set.
#include "CKernels.h"

#include "clones.h"
#include "product_layout.h"

void ck_multiply(const ck_product *shape, const float *a, const float *b, float *c) {
  CK_OF_LEVEL(ck_product)(shape, a, b, c);
}
