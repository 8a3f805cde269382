// The field, convolution and product kernels for any processor, in vectors of four floats: NEON on arm64, SSE2 on x86.
#include "CKernels.h"

#include <math.h>
#include <string.h>
#define CK_LANES 4
#if defined(__aarch64__)
#define CK_BLOCK_ROWS 12
#else
#define CK_BLOCK_ROWS 6
#endif
#define CK_NAME(name) name##_portable
#define CK_FIELD_TABLE ck_field_portable
#define CK_CONVOLUTION_TABLE ck_convolution_portable
#define CK_WINOGRAD_TABLE ck_winograd_portable
#include "field_template.h"
#include "field_tile.h"
#include "convolution_template.h"
#include "product_template.h"
#include "winograd_template.h"
