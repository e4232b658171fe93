#include "coldstart/kernels/cpu/cpu_kernels.h"

#include "coldstart/kernels/cpu/gemm.h"

namespace coldstart::kernels {

namespace cpu {

std::string CpuKernels::name() const { return fmt::format("cpu {}", gemm_name()); }

}  // namespace cpu

std::unique_ptr<Kernels> make_cpu_kernels() { return std::make_unique<cpu::CpuKernels>(); }

}  // namespace coldstart::kernels
