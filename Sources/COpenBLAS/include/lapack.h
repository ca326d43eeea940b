// LAPACK's and BLAS's Fortran routines as libopenblas exports them: Debian's OpenBLAS has no lapacke.h.
//
// Everything is passed by address; matrices are column-major. For each CHARACTER argument gfortran expects its length,
// by value, behind the last argument: without it a routine that calls another in tail position may break the caller's
// stack. Numbers of the four types are `void *`, so that one Swift type fits a routine of any precision.
#ifndef TESSERA_LAPACK_H
#define TESSERA_LAPACK_H

#include <stddef.h>

// Routines whose arguments are the same for real and complex numbers.
#define TESSERA_LAPACK_ALIKE(S)                                                                                  \
  void S##geqrf_(const int *m, const int *n, void *a, const int *lda, void *tau, void *work, const int *lwork,   \
                 int *info);                                                                                     \
  void S##potrf_(const char *uplo, const int *n, void *a, const int *lda, int *info, size_t);                    \
  void S##potrs_(const char *uplo, const int *n, const int *nrhs, const void *a, const int *lda, void *b,        \
                 const int *ldb, int *info, size_t);                                                             \
  void S##getrf_(const int *m, const int *n, void *a, const int *lda, int *ipiv, int *info);                     \
  void S##getrs_(const char *trans, const int *n, const int *nrhs, const void *a, const int *lda,                \
                 const int *ipiv, void *b, const int *ldb, int *info, size_t);                                   \
  void S##getri_(const int *n, void *a, const int *lda, const int *ipiv, void *work, const int *lwork,           \
                 int *info);                                                                                     \
  void S##trtrs_(const char *uplo, const char *trans, const char *diag, const int *n, const int *nrhs,           \
                 const void *a, const int *lda, void *b, const int *ldb, int *info, size_t, size_t, size_t);     \
  void S##laswp_(const int *n, void *a, const int *lda, const int *k1, const int *k2, const int *ipiv,           \
                 const int *incx);                                                                               \
  void S##gemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,                \
                const void *alpha, const void *a, const int *lda, const void *b, const int *ldb,                 \
                const void *beta, void *c, const int *ldc, size_t, size_t);                                      \
  void S##trsm_(const char *side, const char *uplo, const char *transa, const char *diag, const int *m,          \
                const int *n, const void *alpha, const void *a, const int *lda, void *b, const int *ldb,         \
                size_t, size_t, size_t, size_t);

// Of real numbers.
#define TESSERA_LAPACK_REAL(S)                                                                                   \
  void S##orgqr_(const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau,             \
                 void *work, const int *lwork, int *info);                                                       \
  void S##ormqr_(const char *side, const char *trans, const int *m, const int *n, const int *k, const void *a,   \
                 const int *lda, const void *tau, void *c, const int *ldc, void *work, const int *lwork,         \
                 int *info, size_t, size_t);                                                                     \
  void S##gesdd_(const char *jobz, const int *m, const int *n, void *a, const int *lda, void *s, void *u,        \
                 const int *ldu, void *vt, const int *ldvt, void *work, const int *lwork, int *iwork,            \
                 int *info, size_t);                                                                             \
  void S##gesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, void *a, const int *lda,       \
                 void *s, void *u, const int *ldu, void *vt, const int *ldvt, void *work, const int *lwork,      \
                 int *info, size_t, size_t);                                                                     \
  void S##syevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, void *w,             \
                 void *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);        \
  void S##geev_(const char *jobvl, const char *jobvr, const int *n, void *a, const int *lda, void *wr,           \
                void *wi, void *vl, const int *ldvl, void *vr, const int *ldvr, void *work, const int *lwork,    \
                int *info, size_t, size_t);                                                                      \
  void S##gelsd_(const int *m, const int *n, const int *nrhs, void *a, const int *lda, void *b,                  \
                 const int *ldb, void *s, const void *rcond, int *rank, void *work, const int *lwork,            \
                 int *iwork, int *info);                                                                         \
  void S##syrk_(const char *uplo, const char *trans, const int *n, const int *k, const void *alpha,              \
                const void *a, const int *lda, const void *beta, void *c, const int *ldc, size_t, size_t);

// Of complex numbers, with `rwork` and the results that stay real being real.
#define TESSERA_LAPACK_COMPLEX(S)                                                                                \
  void S##ungqr_(const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau,             \
                 void *work, const int *lwork, int *info);                                                       \
  void S##unmqr_(const char *side, const char *trans, const int *m, const int *n, const int *k, const void *a,   \
                 const int *lda, const void *tau, void *c, const int *ldc, void *work, const int *lwork,         \
                 int *info, size_t, size_t);                                                                     \
  void S##gesdd_(const char *jobz, const int *m, const int *n, void *a, const int *lda, void *s, void *u,        \
                 const int *ldu, void *vt, const int *ldvt, void *work, const int *lwork, void *rwork,           \
                 int *iwork, int *info, size_t);                                                                 \
  void S##gesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, void *a, const int *lda,       \
                 void *s, void *u, const int *ldu, void *vt, const int *ldvt, void *work, const int *lwork,      \
                 void *rwork, int *info, size_t, size_t);                                                        \
  void S##heevd_(const char *jobz, const char *uplo, const int *n, void *a, const int *lda, void *w,             \
                 void *work, const int *lwork, void *rwork, const int *lrwork, int *iwork, const int *liwork,    \
                 int *info, size_t, size_t);                                                                     \
  void S##geev_(const char *jobvl, const char *jobvr, const int *n, void *a, const int *lda, void *w, void *vl,  \
                const int *ldvl, void *vr, const int *ldvr, void *work, const int *lwork, void *rwork,           \
                int *info, size_t, size_t);                                                                      \
  void S##gelsd_(const int *m, const int *n, const int *nrhs, void *a, const int *lda, void *b,                  \
                 const int *ldb, void *s, const void *rcond, int *rank, void *work, const int *lwork,            \
                 void *rwork, int *iwork, int *info);                                                            \
  void S##herk_(const char *uplo, const char *trans, const int *n, const int *k, const void *alpha,              \
                const void *a, const int *lda, const void *beta, void *c, const int *ldc, size_t, size_t);

// The QR decomposition of a triangle with rows below it, which TSQR is made of.
#define TESSERA_LAPACK_TRIANGLE(S)                                                                               \
  void S##tpqrt_(const int *m, const int *n, const int *l, const int *nb, void *a, const int *lda, void *b,      \
                 const int *ldb, void *t, const int *ldt, void *work, int *info);

// Some of the eigenvalues of a symmetric matrix, which principal components are made of.
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, void *a, const int *lda,
             const void *vl, const void *vu, const int *il, const int *iu, const void *abstol, int *m, void *w,
             void *z, const int *ldz, int *isuppz, void *work, const int *lwork, int *iwork, const int *liwork,
             int *info, size_t, size_t, size_t);

TESSERA_LAPACK_ALIKE(s)
TESSERA_LAPACK_ALIKE(d)
TESSERA_LAPACK_ALIKE(c)
TESSERA_LAPACK_ALIKE(z)
TESSERA_LAPACK_REAL(s)
TESSERA_LAPACK_REAL(d)
TESSERA_LAPACK_COMPLEX(c)
TESSERA_LAPACK_COMPLEX(z)
TESSERA_LAPACK_TRIANGLE(d)
TESSERA_LAPACK_TRIANGLE(z)

#endif
