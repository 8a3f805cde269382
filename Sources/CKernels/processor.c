#include "CKernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};

static int best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return CK_AVX512;
  if (__builtin_cpu_supports("x86-64-v3")) return CK_AVX2;
#endif
  return CK_PORTABLE;
}

int ck_instruction_level(void) {
  // -1 means not chosen yet. Two threads that choose at the same time make the same choice.
  static atomic_int chosen = -1;
  int level = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (level >= 0) return level;
  level = best_level();
  const char *requested = getenv(CK_LEVEL_VARIABLE);
  for (int lower = 0; requested && lower < level; lower++) {
    if (strcmp(requested, names[lower]) == 0) level = lower;
  }
  atomic_store_explicit(&chosen, level, memory_order_relaxed);
  return level;
}

const char *ck_instruction_set(void) { return names[ck_instruction_level()]; }
