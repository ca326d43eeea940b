// Functions by the names of OpenBLAS's own, each of which jumps to where the library's is. The first call of any loads
// the library.
//
// Linked in the usual way the library would be loaded whenever a program starts: measured, 5 ms and 3 MiB that
// commands such as `info` do not need. Code that calls it need not know of any of this.
#include "openblas_calls.h"

#include "symbols.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

// NAME jumps to its place. That is first `first_NAME`, which tells `openblas_first` what was wanted.
#if defined(__x86_64__)
#define CALL(name)                                                                                 \
  __asm__(".text\n.p2align 4\n.globl " #name "\n.hidden " #name "\n.type " #name ",@function\n"   \
          #name ":\n jmp *openblas_place_" #name "(%rip)\n"                                        \
          "openblas_first_" #name ":\n lea openblas_place_" #name "(%rip), %r11\n"                 \
          " jmp openblas_first\n"                                                                  \
          ".size " #name ",.-" #name "\n"                                                          \
          ".data\n.p2align 3\n.globl openblas_place_" #name "\n.hidden openblas_place_" #name "\n" \
          "openblas_place_" #name ": .quad openblas_first_" #name "\n.text\n");

// Arguments are in registers, some of them in vector registers, and on the stack; all are put back before the jump.
__asm__(
    ".text\n.p2align 4\n.type openblas_first,@function\n"
    "openblas_first:\n"
    " push %rbp\n mov %rsp, %rbp\n sub $192, %rsp\n and $-16, %rsp\n"
    " movups %xmm0, (%rsp)\n movups %xmm1, 16(%rsp)\n movups %xmm2, 32(%rsp)\n movups %xmm3, 48(%rsp)\n"
    " movups %xmm4, 64(%rsp)\n movups %xmm5, 80(%rsp)\n movups %xmm6, 96(%rsp)\n movups %xmm7, 112(%rsp)\n"
    " mov %rdi, 128(%rsp)\n mov %rsi, 136(%rsp)\n mov %rdx, 144(%rsp)\n mov %rcx, 152(%rsp)\n"
    " mov %r8, 160(%rsp)\n mov %r9, 168(%rsp)\n mov %rax, 176(%rsp)\n mov %r11, 184(%rsp)\n"
    " call openblas_calls_require\n"
    " movups (%rsp), %xmm0\n movups 16(%rsp), %xmm1\n movups 32(%rsp), %xmm2\n movups 48(%rsp), %xmm3\n"
    " movups 64(%rsp), %xmm4\n movups 80(%rsp), %xmm5\n movups 96(%rsp), %xmm6\n movups 112(%rsp), %xmm7\n"
    " mov 128(%rsp), %rdi\n mov 136(%rsp), %rsi\n mov 144(%rsp), %rdx\n mov 152(%rsp), %rcx\n"
    " mov 160(%rsp), %r8\n mov 168(%rsp), %r9\n mov 176(%rsp), %rax\n mov 184(%rsp), %r11\n"
    " leave\n jmp *(%r11)\n"
    ".size openblas_first,.-openblas_first\n");
#elif defined(__aarch64__)
#define CALL(name)                                                                                 \
  __asm__(".text\n.p2align 4\n.globl " #name "\n.hidden " #name "\n.type " #name ",%function\n"   \
          #name ":\n adrp x16, openblas_place_" #name "\n"                                         \
          " add x16, x16, #:lo12:openblas_place_" #name "\n ldr x17, [x16]\n br x17\n"             \
          ".size " #name ",.-" #name "\n"                                                          \
          ".data\n.p2align 3\n.globl openblas_place_" #name "\n.hidden openblas_place_" #name "\n" \
          "openblas_place_" #name ": .quad openblas_first\n.text\n");

__asm__(
    ".text\n.p2align 4\n.type openblas_first,%function\n"
    "openblas_first:\n"
    " stp x29, x30, [sp, #-16]!\n mov x29, sp\n sub sp, sp, #224\n"
    " stp q0, q1, [sp]\n stp q2, q3, [sp, #32]\n stp q4, q5, [sp, #64]\n stp q6, q7, [sp, #96]\n"
    " stp x0, x1, [sp, #128]\n stp x2, x3, [sp, #144]\n stp x4, x5, [sp, #160]\n stp x6, x7, [sp, #176]\n"
    " stp x8, x16, [sp, #192]\n"
    " bl openblas_calls_require\n"
    " ldp q0, q1, [sp]\n ldp q2, q3, [sp, #32]\n ldp q4, q5, [sp, #64]\n ldp q6, q7, [sp, #96]\n"
    " ldp x0, x1, [sp, #128]\n ldp x2, x3, [sp, #144]\n ldp x4, x5, [sp, #160]\n ldp x6, x7, [sp, #176]\n"
    " ldp x8, x16, [sp, #192]\n"
    " mov sp, x29\n ldp x29, x30, [sp], #16\n ldr x17, [x16]\n br x17\n"
    ".size openblas_first,.-openblas_first\n");
#else
#error "OpenBLAS is called on x86-64 and AArch64 only: build without the trait BLAS"
#endif
OPENBLAS_SYMBOLS(CALL)

#define PLACE(name) extern __attribute__((visibility("hidden"))) void *openblas_place_##name;
OPENBLAS_SYMBOLS(PLACE)

static const struct {
  const char *name;
  void **place;
} symbols[] = {
#define ENTRY(name) {#name, &openblas_place_##name},
    OPENBLAS_SYMBOLS(ENTRY)};

enum { COUNT = sizeof symbols / sizeof *symbols };

static const char *failure;

static void load(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_LAZY | RTLD_LOCAL);
  void *found[COUNT];
  for (size_t i = 0; library && i < COUNT; i++) {
    found[i] = dlsym(library, symbols[i].name);
    if (!found[i]) library = NULL;
  }
  if (!library) {
    failure = dlerror();
    return;
  }
  // One thread for each call. Other threads may be on their way to a place: it has one function or the other.
  void (*set_threads)(int) = NULL;
  for (size_t i = 0; i < COUNT; i++) {
    if (symbols[i].place == &openblas_place_openblas_set_num_threads) set_threads = (void (*)(int))found[i];
  }
  set_threads(1);
  for (size_t i = 0; i < COUNT; i++) __atomic_store_n(symbols[i].place, found[i], __ATOMIC_RELEASE);
}

const char *openblas_calls_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return failure;
}

// For a call that nobody asked about before: it cannot fail otherwise.
__attribute__((visibility("hidden"), used)) void openblas_calls_require(void) {
  const char *reason = openblas_calls_load();
  if (!reason) return;
  fprintf(stderr, "cannot load OpenBLAS: %s\n", reason);
  abort();
}
