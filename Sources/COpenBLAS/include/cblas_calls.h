// The functions of CBLAS that Tessera calls (https://netlib.org/blas/#_cblas), with 32-bit integers as Debian builds
// OpenBLAS. Declared here, so that building takes no header of it: the library is loaded when it is first needed.
#ifndef TESSERA_CBLAS_CALLS_H
#define TESSERA_CBLAS_CALLS_H

typedef int blasint;
typedef enum CBLAS_ORDER { CblasRowMajor = 101, CblasColMajor = 102 } CBLAS_ORDER;
typedef enum CBLAS_TRANSPOSE { CblasNoTrans = 111, CblasTrans = 112, CblasConjTrans = 113 } CBLAS_TRANSPOSE;
typedef enum CBLAS_UPLO { CblasUpper = 121, CblasLower = 122 } CBLAS_UPLO;

// Scalars of real numbers are passed by value, of complex ones by address.
#define TESSERA_CBLAS_REAL(S, real)                                                                              \
  void cblas_##S##gemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, blasint m, blasint n,  \
                       blasint k, real alpha, const real *a, blasint lda, const real *b, blasint ldb, real beta, \
                       real *c, blasint ldc);                                                                    \
  void cblas_##S##gemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, blasint m, blasint n, real alpha,               \
                       const real *a, blasint lda, const real *x, blasint incx, real beta, real *y,              \
                       blasint incy);                                                                            \
  void cblas_##S##syrk(CBLAS_ORDER order, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, blasint n, blasint k,          \
                       real alpha, const real *a, blasint lda, real beta, real *c, blasint ldc);

#define TESSERA_CBLAS_COMPLEX(S, real)                                                                           \
  void cblas_##S##gemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, blasint m, blasint n,  \
                       blasint k, const void *alpha, const void *a, blasint lda, const void *b, blasint ldb,     \
                       const void *beta, void *c, blasint ldc);                                                  \
  void cblas_##S##herk(CBLAS_ORDER order, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, blasint n, blasint k,          \
                       real alpha, const void *a, blasint lda, real beta, void *c, blasint ldc);

TESSERA_CBLAS_REAL(s, float)
TESSERA_CBLAS_REAL(d, double)
TESSERA_CBLAS_COMPLEX(c, float)
TESSERA_CBLAS_COMPLEX(z, double)

void openblas_set_num_threads(int count);

#endif
