// Where the last of the list in tsne_kernels.cpp comes from.
#pragma once

#include "segue/layout/tsne_kernels.h"

namespace segue::layout {

extern const TsneKernels kScalarTsneKernels;

}  // namespace segue::layout
