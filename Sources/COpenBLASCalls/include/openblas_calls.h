// OpenBLAS, loaded when it is first needed.
#ifndef OPENBLAS_CALLS_H
#define OPENBLAS_CALLS_H

// Loads the library, with which the functions of `symbols.h` become those of the library; at once when it was loaded
// before. To be called by one thread at a time, and before any of the functions.
//
// Returns NULL, or what went wrong, which stays valid.
const char *openblas_calls_load(void);

#endif
