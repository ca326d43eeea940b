// Functions by the names of OpenBLAS's own, each of which jumps to where the library's is once that is loaded.
//
// Linked in the usual way the library would be loaded whenever a program starts: measured, 5 ms and 3 MiB that
// commands such as `info` do not need. Code that calls it need not know of any of this.
#include "openblas_calls.h"

#include "symbols.h"

#include <dlfcn.h>
#include <stddef.h>

// Where the function is; the only one who reads these is the jump below.
#define PLACE(name) __attribute__((visibility("hidden"), used)) void *openblas_place_##name;
OPENBLAS_SYMBOLS(PLACE)

// Arguments stay in the registers and on the stack where the caller has put them.
#if defined(__x86_64__)
#define JUMP(name)                                                 \
  __asm__(".text\n.p2align 4\n.globl " #name "\n.hidden " #name    \
          "\n.type " #name ",@function\n" #name ":\n"             \
          "jmp *openblas_place_" #name "(%rip)\n"                  \
          ".size " #name ",.-" #name "\n");
#elif defined(__aarch64__)
#define JUMP(name)                                                 \
  __asm__(".text\n.p2align 4\n.globl " #name "\n.hidden " #name    \
          "\n.type " #name ",%function\n" #name ":\n"             \
          "adrp x16, openblas_place_" #name "\n"                   \
          "ldr x16, [x16, #:lo12:openblas_place_" #name "]\n"      \
          "br x16\n"                                               \
          ".size " #name ",.-" #name "\n");
#else
#error "OpenBLAS is called on x86-64 and AArch64 only: build without the trait BLAS"
#endif
OPENBLAS_SYMBOLS(JUMP)

static const struct {
  const char *name;
  void **place;
} symbols[] = {
#define ENTRY(name) {#name, &openblas_place_##name},
    OPENBLAS_SYMBOLS(ENTRY)};

const char *openblas_calls_load(void) {
  static void *library;
  if (library) return NULL;
  void *opened = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!opened) opened = dlopen("libopenblas.so", RTLD_LAZY | RTLD_LOCAL);
  if (!opened) return dlerror();
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    *symbols[i].place = dlsym(opened, symbols[i].name);
    if (!*symbols[i].place) return dlerror();
  }
  library = opened;
  return NULL;
}
