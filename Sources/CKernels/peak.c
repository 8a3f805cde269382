// How fast this processor multiplies and adds. The chains stay in registers: there are enough of them to hide
// the latency of a multiply-add (4 to 5 cycles, 2 per cycle), and few enough for 16 registers.
#include "CKernels.h"

#include "clones.h"

enum { chains = 12, steps_per_round = 64 };

// acc * factor + term converges to term / (1 - factor), so acc stays finite.
#define PEAK_LOOP(name, bytes)                                                                  \
  CK_INLINE float name(int64_t rounds, float start) {                                           \
    typedef float lanes __attribute__((vector_size(bytes)));                                    \
    lanes acc[chains];                                                                          \
    const lanes factor = (lanes){} + 0.999f, term = (lanes){} + 0.001f;                         \
    _Pragma("clang loop unroll(full)")                                                          \
    for (int c = 0; c < chains; c++) acc[c] = (lanes){} + (start + (float)c);                   \
    for (int64_t step = 0; step < rounds * steps_per_round; step++) {                           \
      _Pragma("clang loop unroll(full)")                                                        \
      for (int c = 0; c < chains; c++) acc[c] = acc[c] * factor + term;                         \
    }                                                                                           \
    lanes sum = acc[0];                                                                         \
    _Pragma("clang loop unroll(full)")                                                          \
    for (int c = 1; c < chains; c++) sum += acc[c];                                             \
    return sum[0];                                                                              \
  }

PEAK_LOOP(narrow_loop, 16)
#if defined(__x86_64__)
PEAK_LOOP(middle_loop, 32)
PEAK_LOOP(wide_loop, 64)

__attribute__((target("arch=x86-64-v3"))) static float avx2_loop(int64_t rounds, float start) {
  return middle_loop(rounds, start);
}

// Without min_vector_width the compiler splits 512-bit vectors in two, because its tuning for x86-64-v4
// prefers 256 bits.
__attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static float avx512_loop(
    int64_t rounds, float start) {
  return wide_loop(rounds, start);
}
#endif

int64_t ck_peak_work(int64_t rounds, float *result) {
  int lanes = 4;
  switch (ck_instruction_level()) {
#if defined(__x86_64__)
    case CK_AVX512:
      *result = avx512_loop(rounds, *result);
      lanes = 16;
      break;
    case CK_AVX2:
      *result = avx2_loop(rounds, *result);
      lanes = 8;
      break;
#endif
    default: *result = narrow_loop(rounds, *result); break;
  }
  return rounds * steps_per_round * chains * lanes * 2;
}
