// A matrix with orthonormal rows (or columns, where there are more rows than columns), times a
// factor: Gram-Schmidt on the numbers it holds, twice a vector, which is enough to working
// precision (Giraud et al. 2005). The projections on the vectors before are sums of their own and
// subtracted in order: the same bytes for any number of threads. Test:
// tests/model/orthogonal_test.cpp.
#pragma once

#include "coldstart/tensor/tensor.h"

namespace coldstart::model {

void orthogonalize(Tensor matrix, double factor);

}  // namespace coldstart::model
