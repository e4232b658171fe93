// RAdam's rectification: how far the second moment can be trusted at step t (Liu et al., "On the
// Variance of the Adaptive Learning Rate and Beyond", 2020).
//
//   rho_inf = 2/(1-b2) - 1      rho_t = rho_inf - 2 t b2^t / (1 - b2^t)
//   r_t = sqrt( (rho_t-4)(rho_t-2) rho_inf / ((rho_inf-4)(rho_inf-2) rho_t) ),  0 while rho_t <= 4
// (PyTorch switches at rho_t = 5.) Test: tests/optim/radam_test.cpp.
#pragma once

namespace coldstart::optim {

double radam_rectification(double beta2, double t);

}  // namespace coldstart::optim
