// LAPACK's Fortran routines as libopenblas exports them: Debian's OpenBLAS has no lapacke.h.
//
// Everything is passed by address; matrices are column-major. For each CHARACTER argument gfortran expects its length,
// by value, behind the last argument: without it a routine that calls another in tail position may break the caller's
// stack.
#ifndef TESSERA_SHIM_LAPACK_H
#define TESSERA_SHIM_LAPACK_H

#include <stddef.h>

#endif
