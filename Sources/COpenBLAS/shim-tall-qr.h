// LAPACK's QR decomposition of a triangle with rows below it, as libopenblas exports it: what TSQR is made of.
//
// Everything is passed by address; matrices are column-major.
#ifndef TESSERA_SHIM_TALL_QR_H
#define TESSERA_SHIM_TALL_QR_H

#define TESSERA_TALL_QR(S)                                                                                       \
  void S##tpqrt_(const int *m, const int *n, const int *l, const int *nb, void *a, const int *lda, void *b,      \
                 const int *ldb, void *t, const int *ldt, void *work, int *info);

TESSERA_TALL_QR(d)
TESSERA_TALL_QR(z)

#endif
