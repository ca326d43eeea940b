// OpenBLAS's functions, in a library that is loaded when they are first needed.
//
// Linked in the usual way it would be loaded whenever a program starts, which commands such as `info` would wait for.
#ifndef TESSERA_OPENBLAS_H
#define TESSERA_OPENBLAS_H

#include "cblas_calls.h"
#include "lapack.h"

#define OPENBLAS_ALL_KINDS(F, name) F(s##name##_) F(d##name##_) F(c##name##_) F(z##name##_)

#define OPENBLAS_FUNCTIONS(F)                                                                                    \
  F(openblas_set_num_threads)                                                                                    \
  F(cblas_sgemm) F(cblas_dgemm) F(cblas_cgemm) F(cblas_zgemm) F(cblas_sgemv) F(cblas_dgemv)                      \
  F(cblas_ssyrk) F(cblas_dsyrk) F(cblas_cherk) F(cblas_zherk)                                                    \
  OPENBLAS_ALL_KINDS(F, gemm) OPENBLAS_ALL_KINDS(F, trsm) F(ssyrk_) F(dsyrk_) F(cherk_) F(zherk_)                \
  OPENBLAS_ALL_KINDS(F, geqrf) F(sorgqr_) F(dorgqr_) F(cungqr_) F(zungqr_)                                       \
  F(sormqr_) F(dormqr_) F(cunmqr_) F(zunmqr_)                                                                    \
  OPENBLAS_ALL_KINDS(F, gesdd) OPENBLAS_ALL_KINDS(F, gesvd) OPENBLAS_ALL_KINDS(F, gelsd)                         \
  F(ssyevd_) F(dsyevd_) F(cheevd_) F(zheevd_) F(dsyevr_) OPENBLAS_ALL_KINDS(F, geev)                             \
  OPENBLAS_ALL_KINDS(F, potrf) OPENBLAS_ALL_KINDS(F, potrs) OPENBLAS_ALL_KINDS(F, getrf)                         \
  OPENBLAS_ALL_KINDS(F, getrs) OPENBLAS_ALL_KINDS(F, getri) OPENBLAS_ALL_KINDS(F, trtrs)                         \
  OPENBLAS_ALL_KINDS(F, laswp) F(dtpqrt_) F(ztpqrt_)

/// Where the library's functions are, by their own names.
typedef struct openblas_functions {
#define OPENBLAS_FIELD(name) __typeof__(name) *_Nonnull name;
  OPENBLAS_FUNCTIONS(OPENBLAS_FIELD)
} openblas_functions;

/// Loads the library, unless it is loaded, and has it work on its callers' threads alone; NULL where it cannot be had.
/// From any thread. The functions stay valid.
const openblas_functions *_Nullable openblas_load(void);
/// What went wrong, once `openblas_load` has returned NULL.
const char *_Nonnull openblas_failure(void);

#endif
