// The innermost loops of Tessera over plain arrays: no control logic, no allocation, no errors.
#ifndef TESSERA_KERNELS_H
#define TESSERA_KERNELS_H

#include "tessera_bytes.h"
#include "tessera_arrays.h"
#include "tessera_reductions.h"
#include "tessera_elementwise.h"
#include "tessera_order.h"
#include "tessera_sets.h"
#include "tessera_random.h"
#include "tessera_products.h"

#endif
