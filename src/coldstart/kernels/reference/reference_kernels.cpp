#include "coldstart/kernels/reference/reference_kernels.h"

namespace coldstart::kernels {

std::unique_ptr<Kernels> make_reference_kernels() { return std::make_unique<ReferenceKernels>(); }

}  // namespace coldstart::kernels
