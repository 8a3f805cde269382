// One source, several instruction sets: the compiler makes a copy of each marked function for each
// target and the loader picks by CPU feature. Feature levels, not processor names: names silently
// fall back to the default.
#ifndef CKERNELS_CLONES_H
#define CKERNELS_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif
// Inputs and outputs are the same array or apart, which the compiler cannot know: without this its
// overlap check sends work in place to the scalar loop.
#if defined(__clang__)
#define CK_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
#else
#define CK_VECTORIZE _Pragma("GCC ivdep")
#endif
#define CK_INLINE static inline __attribute__((always_inline))

#endif
