// What the loops share: how they are compiled for several instruction sets, and types that may
// stand at any address.
#ifndef TESSERA_CLONES_H
#define TESSERA_CLONES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
// The resolvers of cloned functions run before a sanitizer's runtime is ready.
#define TESSERA_SANITIZED 1
#endif
#endif

// A build may define it, to test one instruction set.
#if defined(TESSERA_CLONES)
#elif defined(__x86_64__) && defined(__linux__) && !defined(TESSERA_SANITIZED)
// The dynamic loader picks the best of the three once, when the program starts.
#define TESSERA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TESSERA_CLONES
#endif

// Helpers are inlined so that they are compiled for the instruction set of the clone that calls them.
#define TESSERA_INLINE static inline __attribute__((always_inline))

// Elements in files and mappings need not be aligned.
#define TESSERA_UNALIGNED __attribute__((aligned(1), may_alias))

#endif
