// One instruction set's function of product_template.h.
#ifndef CKERNELS_PRODUCT_LAYOUT_H
#define CKERNELS_PRODUCT_LAYOUT_H

#include "CKernels.h"

typedef void ck_product_function(const ck_product *, const float *a, const float *b, float *c);

ck_product_function ck_product_avx512, ck_product_avx2, ck_product_portable;

#endif
