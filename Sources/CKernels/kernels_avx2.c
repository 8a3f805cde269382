// The field, convolution and product kernels for AVX2 with FMA: blocks of 6 rows x 16 columns in 12 of 16 registers.
#include "CKernels.h"

#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_LANES 8
#define CK_BLOCK_ROWS 6
#define CK_NAME(name) name##_avx2
#define CK_FIELD_TABLE ck_field_avx2
#define CK_CONVOLUTION_TABLE ck_convolution_avx2
#define CK_WINOGRAD_TABLE ck_winograd_avx2
#include "field_template.h"
#include "field_tile.h"
#include "convolution_template.h"
#include "product_template.h"
#include "winograd_template.h"
#pragma clang attribute pop
#endif
