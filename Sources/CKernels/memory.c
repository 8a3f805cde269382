// For madvise, which is not part of the C standard.
#define _DEFAULT_SOURCE

#include "CKernels.h"

#include <stdint.h>

#if defined(__linux__)
#include <sys/mman.h>

void ck_prefer_huge_pages(void *start, size_t bytes) {
  // Only whole huge pages inside the block, because a page at its ends may belong to other blocks too.
  const uintptr_t page = CK_HUGE_PAGE, first = ((uintptr_t)start + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)start + bytes) / page * page;
  if (end > first) madvise((void *)first, end - first, MADV_HUGEPAGE);
}
#else
void ck_prefer_huge_pages(void *start, size_t bytes) {
  (void)start;
  (void)bytes;
}
#endif

#if defined(__GLIBC__) || defined(__linux__)
#include <limits.h>
#include <malloc.h>

void ck_keep_freed_memory(void) {
  // No block gets a mapping of its own. M_MMAP_THRESHOLD would not do: glibc refuses more than 32 MB.
  mallopt(M_MMAP_MAX, 0);
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
