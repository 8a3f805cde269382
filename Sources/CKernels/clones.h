// One source for several instruction sets. The compiler makes a copy of each kernel per instruction set,
// and ck_instruction_level() chooses among them. The targets are feature levels, because an unknown
// processor name silently falls back to the default.
#ifndef CKERNELS_CLONES_H
#define CKERNELS_CLONES_H

#include "CKernels.h"

#define CK_INLINE static inline __attribute__((always_inline))

// Begins the definition of a kernel: CK_KERNEL(void, name, (parameters), (arguments)) { body }. Write
// `static` before it where no other file calls the kernel. The body is inlined into one copy per
// instruction set. Explicit vectors of 512 bits need min_vector_width, which this macro does not set.
#if defined(__x86_64__)
#define CK_KERNEL(result, name, parameters, arguments)                            \
  result name parameters;                                                         \
  CK_INLINE result name##_body parameters;                                        \
  __attribute__((target("arch=x86-64-v4"))) static result name##_avx512 parameters { \
    return name##_body arguments;                                                 \
  }                                                                               \
  __attribute__((target("arch=x86-64-v3"))) static result name##_avx2 parameters { \
    return name##_body arguments;                                                 \
  }                                                                               \
  static result name##_portable parameters { return name##_body arguments; }      \
  result name parameters {                                                        \
    switch (ck_instruction_level()) {                                             \
      case CK_AVX512: return name##_avx512 arguments;                             \
      case CK_AVX2: return name##_avx2 arguments;                                 \
      default: return name##_portable arguments;                                  \
    }                                                                             \
  }                                                                               \
  CK_INLINE result name##_body parameters
#else
#define CK_KERNEL(result, name, parameters, arguments) result name parameters
#endif

// The address of name_avx512, name_avx2 or name_portable, for the instruction set in use.
#if defined(__x86_64__)
#define CK_OF_LEVEL(name)                                        \
  (ck_instruction_level() == CK_AVX512 ? &name##_avx512          \
   : ck_instruction_level() == CK_AVX2 ? &name##_avx2            \
                                       : &name##_portable)
#else
#define CK_OF_LEVEL(name) (&name##_portable)
#endif

// An output either is an input array or does not overlap it. The compiler cannot know this, and without the
// pragma its overlap check sends in-place work to the scalar loop.
#if defined(__clang__)
#define CK_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
#else
#define CK_VECTORIZE _Pragma("GCC ivdep")
#endif

// The correctly rounded square root as one instruction. sqrtf must also set errno, so loops that call it
// are not vectorized.
#define CK_SQUARE_ROOT(x) __builtin_elementwise_sqrt(x)

#endif
