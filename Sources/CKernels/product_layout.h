// Definitions that product_template.h and the choice of the instruction set share.
#ifndef CKERNELS_PRODUCT_LAYOUT_H
#define CKERNELS_PRODUCT_LAYOUT_H

#include "CKernels.h"

// Up to this many rows, transposing the result of a b^T costs less than copying b line by line into columns. The
// second number is how many columns are transposed together.
#define CK_MOST_TURNED_ROWS 32
#define CK_COLUMNS_TURNED_TOGETHER 256

// Whether a b^T is computed as (b a^T)^T.
static inline int ck_turns_rows(const ck_product *s) {
  return !s->is_left_transposed && s->is_right_transposed && s->rows <= CK_MOST_TURNED_ROWS &&
         s->columns >= CK_COLUMNS_TURNED_TOGETHER;
}

typedef void ck_product_function(const ck_product *, const float *a, const float *b, float *c);

ck_product_function ck_product_avx512, ck_product_avx2, ck_product_portable;

#endif
