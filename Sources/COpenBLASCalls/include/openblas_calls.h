// OpenBLAS, loaded when it is first needed.
#ifndef OPENBLAS_CALLS_H
#define OPENBLAS_CALLS_H

// Loads the library, unless it is loaded, and has it work on its callers' threads alone. From any thread. Functions of
// `symbols.h` do so by themselves when they are called, and end the process where it cannot be loaded.
//
// Returns NULL, or what went wrong, which stays valid.
const char *openblas_calls_load(void);

#endif
