// The functions of OpenBLAS that Tessera calls; one that is missing here is an undefined symbol when linking.

#define OPENBLAS_ALL_KINDS(S, name) S(s##name##_) S(d##name##_) S(c##name##_) S(z##name##_)

#define OPENBLAS_SYMBOLS(S)                                                                                       \
  S(openblas_set_num_threads)                                                                                     \
  S(cblas_sgemm) S(cblas_dgemm) S(cblas_cgemm) S(cblas_zgemm) S(cblas_sgemv) S(cblas_dgemv)                       \
  S(cblas_ssyrk) S(cblas_dsyrk) S(cblas_cherk) S(cblas_zherk) S(cblas_csyrk) S(cblas_zsyrk)                       \
  S(cblas_strsm) S(cblas_dtrsm) S(cblas_ctrsm) S(cblas_ztrsm)                                                     \
  OPENBLAS_ALL_KINDS(S, gemm) OPENBLAS_ALL_KINDS(S, trsm) OPENBLAS_ALL_KINDS(S, syrk)                             \
  S(cherk_) S(zherk_)                                                                                             \
  OPENBLAS_ALL_KINDS(S, geqrf) S(sorgqr_) S(dorgqr_) S(cungqr_) S(zungqr_)                                        \
  S(sormqr_) S(dormqr_) S(cunmqr_) S(zunmqr_)                                                                     \
  OPENBLAS_ALL_KINDS(S, gesdd) OPENBLAS_ALL_KINDS(S, gesvd) OPENBLAS_ALL_KINDS(S, gelsd)                          \
  S(ssyevd_) S(dsyevd_) S(cheevd_) S(zheevd_) OPENBLAS_ALL_KINDS(S, geev)                                         \
  OPENBLAS_ALL_KINDS(S, potrf) OPENBLAS_ALL_KINDS(S, potrs) OPENBLAS_ALL_KINDS(S, getrf)                          \
  OPENBLAS_ALL_KINDS(S, getrs) OPENBLAS_ALL_KINDS(S, getri) OPENBLAS_ALL_KINDS(S, trtrs)                          \
  OPENBLAS_ALL_KINDS(S, laswp) S(dtpqrt_) S(ztpqrt_)
