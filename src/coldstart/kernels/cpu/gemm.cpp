#include "coldstart/kernels/cpu/gemm.h"

#include <cstdlib>

#include "coldstart/core/error.h"

namespace coldstart::kernels::cpu {

GemmBackend gemm_backend() {
  static const GemmBackend backend = [] {
    const char* text = std::getenv("COLDSTART_GEMM");
    const std::string_view choice = text == nullptr ? "auto" : text;
    if (choice == "own" || choice == "auto") return GemmBackend::own;
    if (choice == "blas") return GemmBackend::blas;
    throw ConfigError("COLDSTART_GEMM", fmt::format("got '{}', expected own, blas or auto", choice),
                      "auto takes our own kernel");
  }();
  return backend;
}

std::string gemm_name() {
  return gemm_backend() == GemmBackend::own ? gemm_own_name() : gemm_blas_name();
}

void gemm(const Gemm& g) {
  if (gemm_backend() == GemmBackend::own) {
    gemm_own(g);
  } else {
    gemm_blas(g);
  }
}

void gemm_symmetric(const Gemm& g) {
  if (gemm_backend() == GemmBackend::own) {
    gemm_symmetric_own(g);
  } else {
    gemm_symmetric_blas(g);
  }
}

}  // namespace coldstart::kernels::cpu
