// Loops over typed elements: strided copies, casts, fills.
#ifndef TESSERA_ARRAYS_H
#define TESSERA_ARRAYS_H

#include <stddef.h>
#include <stdint.h>

#endif
