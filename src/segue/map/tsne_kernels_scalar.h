// Where the last of the list in tsne_kernels.cpp comes from.
#pragma once

#include "segue/map/tsne_kernels.h"

namespace segue {

extern const TsneKernels kScalarTsneKernels;

}  // namespace segue
