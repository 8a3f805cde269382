// The field, convolution and product kernels for AVX-512: blocks of 12 rows x 32 columns in 24 of 32 registers.
#include "CKernels.h"

#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), \
    apply_to = function)
#define CK_LANES 16
#define CK_BLOCK_ROWS 12
#define CK_NAME(name) name##_avx512
#define CK_FIELD_TABLE ck_field_avx512
#define CK_CONVOLUTION_TABLE ck_convolution_avx512
#define CK_WINOGRAD_TABLE ck_winograd_avx512
#include "field_template.h"
#include "field_tile.h"
#include "convolution_template.h"
#include "product_template.h"
#include "winograd_template.h"
#pragma clang attribute pop
#endif
