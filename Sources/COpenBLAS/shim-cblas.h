// Debian keeps the headers of each way to build OpenBLAS in a folder of its own.
#if __has_include(<cblas.h>)
#include <cblas.h>
#elif __has_include(<openblas-pthread/cblas.h>)
#include <openblas-pthread/cblas.h>
#elif __has_include(<openblas-openmp/cblas.h>)
#include <openblas-openmp/cblas.h>
#else
#include <openblas-serial/cblas.h>
#endif
