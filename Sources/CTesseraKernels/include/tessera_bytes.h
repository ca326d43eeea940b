// Byte loops used by the codecs: shuffles and checksums.
#ifndef TESSERA_BYTES_H
#define TESSERA_BYTES_H

#include <stddef.h>
#include <stdint.h>

#endif
