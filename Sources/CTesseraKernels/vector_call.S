// Loops that hand vectors of 16, 32 or 64 bytes to a routine of the x86-64 vector ABI: arguments and result
// are in the first vector registers, the others are lost
// (https://sourceware.org/glibc/wiki/libmvec?action=AttachFile&do=view&target=VectorABI.txt).
//
// They are assembly because clang passes vectors wider than the whole file's instruction set in memory,
// whatever a function's own `target` attribute says.
#if defined(__x86_64__) && defined(__linux__)

// void NAME(size_t vectors, const void *a, void *result, routine), vectors > 0
#define CALL1(NAME, BYTES, MOVE, REGISTER, LEAVE)   \
  .globl NAME;                                      \
  .hidden NAME;                                     \
  .type NAME, @function;                            \
  .p2align 4;                                       \
NAME:                                               \
  .cfi_startproc;                                   \
  pushq %rbx;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %rbx, 0;                          \
  pushq %r12;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r12, 0;                          \
  pushq %r13;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r13, 0;                          \
  pushq %r14;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r14, 0;                          \
  subq $8, %rsp;                                    \
  .cfi_adjust_cfa_offset 8;                         \
  movq %rdi, %rbx;                                  \
  movq %rsi, %r12;                                  \
  movq %rdx, %r13;                                  \
  movq %rcx, %r14;                                  \
1:                                                  \
  MOVE (%r12), %REGISTER##0;                        \
  call *%r14;                                       \
  MOVE %REGISTER##0, (%r13);                        \
  addq $BYTES, %r12;                                \
  addq $BYTES, %r13;                                \
  decq %rbx;                                        \
  jnz 1b;                                           \
  LEAVE;                                            \
  addq $8, %rsp;                                    \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r14;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r13;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r12;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %rbx;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  ret;                                              \
  .cfi_endproc;                                     \
  .size NAME, .-NAME

// void NAME(size_t vectors, const void *a, const void *b, void *result, routine), vectors > 0
#define CALL2(NAME, BYTES, MOVE, REGISTER, LEAVE)   \
  .globl NAME;                                      \
  .hidden NAME;                                     \
  .type NAME, @function;                            \
  .p2align 4;                                       \
NAME:                                               \
  .cfi_startproc;                                   \
  pushq %rbx;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %rbx, 0;                          \
  pushq %r12;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r12, 0;                          \
  pushq %r13;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r13, 0;                          \
  pushq %r14;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r14, 0;                          \
  pushq %r15;                                       \
  .cfi_adjust_cfa_offset 8;                         \
  .cfi_rel_offset %r15, 0;                          \
  movq %rdi, %rbx;                                  \
  movq %rsi, %r12;                                  \
  movq %rdx, %r13;                                  \
  movq %rcx, %r14;                                  \
  movq %r8, %r15;                                   \
1:                                                  \
  MOVE (%r12), %REGISTER##0;                        \
  MOVE (%r13), %REGISTER##1;                        \
  call *%r15;                                       \
  MOVE %REGISTER##0, (%r14);                        \
  addq $BYTES, %r12;                                \
  addq $BYTES, %r13;                                \
  addq $BYTES, %r14;                                \
  decq %rbx;                                        \
  jnz 1b;                                           \
  LEAVE;                                            \
  popq %r15;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r14;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r13;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %r12;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  popq %rbx;                                        \
  .cfi_adjust_cfa_offset -8;                        \
  ret;                                              \
  .cfi_endproc;                                     \
  .size NAME, .-NAME

  .text
CALL1(tessera_call1_sse, 16, movups, xmm, )
CALL1(tessera_call1_avx2, 32, vmovups, ymm, vzeroupper)
CALL1(tessera_call1_avx512, 64, vmovups, zmm, vzeroupper)
CALL2(tessera_call2_sse, 16, movups, xmm, )
CALL2(tessera_call2_avx2, 32, vmovups, ymm, vzeroupper)
CALL2(tessera_call2_avx512, 64, vmovups, zmm, vzeroupper)
#endif

#if defined(__linux__)
  .section .note.GNU-stack, "", @progbits
#endif
