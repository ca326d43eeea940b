#if BLAS
  import COpenBLAS

  private var library: UnsafePointer<openblas_functions> { OpenBLAS.functions }

  // Each routine's own arguments, and the lengths of its letters behind them.
  extension LAPACKRoutines {
    /// Of `Float`.
    static let float32 = LAPACKRoutines(
      geqrf: { library.pointee.sgeqrf_($0, $1, $2, $3, $4, $5, $6, $7) },
      orgqr: { library.pointee.sorgqr_($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      ormqr: { library.pointee.sormqr_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      gesdd: { library.pointee.sgesdd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, 1) },
      gesvd: { library.pointee.sgesvd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, 1, 1) },
      syevd: { library.pointee.ssyevd_($0, $1, $2, $3, $4, $5, $6, $7, $10, $11, $12, 1, 1) },
      geev: { library.pointee.sgeev_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, 1, 1) },
      potrf: { library.pointee.spotrf_($0, $1, $2, $3, $4, 1) },
      potrs: { library.pointee.spotrs_($0, $1, $2, $3, $4, $5, $6, $7, 1) },
      getrf: { library.pointee.sgetrf_($0, $1, $2, $3, $4, $5) },
      getrs: { library.pointee.sgetrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, 1) },
      getri: { library.pointee.sgetri_($0, $1, $2, $3, $4, $5, $6) },
      trtrs: { library.pointee.strtrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1, 1) },
      laswp: { library.pointee.slaswp_($0, $1, $2, $3, $4, $5, $6) },
      gelsd: { library.pointee.sgelsd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14) },
      gemm: { library.pointee.sgemm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      syrk: { library.pointee.ssyrk_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1) },
      trsm: { library.pointee.strsm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1, 1, 1) })

    /// Of `Double`.
    static let float64 = LAPACKRoutines(
      geqrf: { library.pointee.dgeqrf_($0, $1, $2, $3, $4, $5, $6, $7) },
      orgqr: { library.pointee.dorgqr_($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      ormqr: { library.pointee.dormqr_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      gesdd: { library.pointee.dgesdd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, 1) },
      gesvd: { library.pointee.dgesvd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, 1, 1) },
      syevd: { library.pointee.dsyevd_($0, $1, $2, $3, $4, $5, $6, $7, $10, $11, $12, 1, 1) },
      geev: { library.pointee.dgeev_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, 1, 1) },
      potrf: { library.pointee.dpotrf_($0, $1, $2, $3, $4, 1) },
      potrs: { library.pointee.dpotrs_($0, $1, $2, $3, $4, $5, $6, $7, 1) },
      getrf: { library.pointee.dgetrf_($0, $1, $2, $3, $4, $5) },
      getrs: { library.pointee.dgetrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, 1) },
      getri: { library.pointee.dgetri_($0, $1, $2, $3, $4, $5, $6) },
      trtrs: { library.pointee.dtrtrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1, 1) },
      laswp: { library.pointee.dlaswp_($0, $1, $2, $3, $4, $5, $6) },
      gelsd: { library.pointee.dgelsd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14) },
      gemm: { library.pointee.dgemm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      syrk: { library.pointee.dsyrk_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1) },
      trsm: { library.pointee.dtrsm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1, 1, 1) })

    /// Of `Complex<Float>`.
    static let complex64 = LAPACKRoutines(
      geqrf: { library.pointee.cgeqrf_($0, $1, $2, $3, $4, $5, $6, $7) },
      orgqr: { library.pointee.cungqr_($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      ormqr: { library.pointee.cunmqr_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      gesdd: { library.pointee.cgesdd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) },
      gesvd: {
        library.pointee.cgesvd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, 1)
      },
      syevd: { library.pointee.cheevd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      geev: { library.pointee.cgeev_($0, $1, $2, $3, $4, $5, $7, $8, $9, $10, $11, $12, $13, $14, 1, 1) },
      potrf: { library.pointee.cpotrf_($0, $1, $2, $3, $4, 1) },
      potrs: { library.pointee.cpotrs_($0, $1, $2, $3, $4, $5, $6, $7, 1) },
      getrf: { library.pointee.cgetrf_($0, $1, $2, $3, $4, $5) },
      getrs: { library.pointee.cgetrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, 1) },
      getri: { library.pointee.cgetri_($0, $1, $2, $3, $4, $5, $6) },
      trtrs: { library.pointee.ctrtrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1, 1) },
      laswp: { library.pointee.claswp_($0, $1, $2, $3, $4, $5, $6) },
      gelsd: { library.pointee.cgelsd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) },
      gemm: { library.pointee.cgemm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      syrk: { library.pointee.cherk_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1) },
      trsm: { library.pointee.ctrsm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1, 1, 1) })

    /// Of `Complex<Double>`.
    static let complex128 = LAPACKRoutines(
      geqrf: { library.pointee.zgeqrf_($0, $1, $2, $3, $4, $5, $6, $7) },
      orgqr: { library.pointee.zungqr_($0, $1, $2, $3, $4, $5, $6, $7, $8) },
      ormqr: { library.pointee.zunmqr_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      gesdd: { library.pointee.zgesdd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) },
      gesvd: {
        library.pointee.zgesvd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, 1)
      },
      syevd: { library.pointee.zheevd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      geev: { library.pointee.zgeev_($0, $1, $2, $3, $4, $5, $7, $8, $9, $10, $11, $12, $13, $14, 1, 1) },
      potrf: { library.pointee.zpotrf_($0, $1, $2, $3, $4, 1) },
      potrs: { library.pointee.zpotrs_($0, $1, $2, $3, $4, $5, $6, $7, 1) },
      getrf: { library.pointee.zgetrf_($0, $1, $2, $3, $4, $5) },
      getrs: { library.pointee.zgetrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, 1) },
      getri: { library.pointee.zgetri_($0, $1, $2, $3, $4, $5, $6) },
      trtrs: { library.pointee.ztrtrs_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1, 1) },
      laswp: { library.pointee.zlaswp_($0, $1, $2, $3, $4, $5, $6) },
      gelsd: { library.pointee.zgelsd_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) },
      gemm: { library.pointee.zgemm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1) },
      syrk: { library.pointee.zherk_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1) },
      trsm: { library.pointee.ztrsm_($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1, 1, 1) })
  }
#endif
