// OpenBLAS 0.3.21 (Debian 12) does not recognize processors newer than itself. It then falls back to its
// 'Prescott' kernels, which reach a fifth of the speed. It reads OPENBLAS_CORETYPE only while it is
// loaded, before anything here runs. If it fell back although the CPU has AVX2, this file makes it choose
// again with the right name in a temporary environment. The process environment itself stays unchanged,
// because calling setenv this early emptied the argument list of statically linked Swift programs.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)

extern char **environ;
extern char *openblas_get_corename(void) __attribute__((weak));
extern void openblas_set_num_threads(int count) __attribute__((weak));
extern int blas_thread_shutdown_(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

__attribute__((constructor)) static void correct_blas_kernels(void) {
  // The threads are ours: one BLAS thread per call, and many calls at once.
  if (openblas_set_num_threads) openblas_set_num_threads(1);
  // OpenBLAS's own threads wait for work by spinning, for about 40 ms per process (measured), on a core
  // that our threads could use. With one thread per call it never starts them again.
  if (blas_thread_shutdown_) blas_thread_shutdown_();
  if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
  if (getenv("OPENBLAS_CORETYPE")) return;
  if (strcmp(openblas_get_corename(), "Prescott") != 0) return;
  __builtin_cpu_init();
  char *core = NULL;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    core = "OPENBLAS_CORETYPE=SkylakeX";
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    core = "OPENBLAS_CORETYPE=Haswell";
  }
  if (!core) return;
  char *temporary[] = {core, NULL};
  char **saved = environ;
  environ = temporary;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  environ = saved;
}

const char *ck_blas_core_name(void) {
  return openblas_get_corename ? openblas_get_corename() : "unknown";
}

#else

extern void openblas_set_num_threads(int count);
extern char *openblas_get_corename(void);

__attribute__((constructor)) static void use_one_blas_thread(void) { openblas_set_num_threads(1); }

const char *ck_blas_core_name(void) { return openblas_get_corename(); }

#endif
