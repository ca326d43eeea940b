#include "tessera_kernels.h"
