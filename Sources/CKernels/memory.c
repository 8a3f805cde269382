#include "CKernels.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <limits.h>
#include <malloc.h>

void ck_keep_freed_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
}

#if defined(__GLIBC__)
void ck_release_freed_memory(void) { malloc_trim(0); }
#else
void ck_release_freed_memory(void) {}
#endif
#else
void ck_keep_freed_memory(void) {}
void ck_release_freed_memory(void) {}
#endif
