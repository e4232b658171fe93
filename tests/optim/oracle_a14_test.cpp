// A14: Monte-Carlo of normalised gradient descent on one dot product y = <w, x>, the law behind the
// RRC factor. In units of lr^2 |x|^2 / y^2,
//   RRC^2 = (phi + 1/B + 1/C) / (1 + phi)
// for samples of the batch itself: the 1/B is a sample meeting its own gradient.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/optim/rrc_scale.h"

namespace coldstart::optim {
namespace {

// Mean of <dw, x_b>^2 over the samples of `batches` batches. y' = 1, so that x_b = g_b.
double simulated_rrc_sq(double phi, size_t B, size_t C, uint32_t batches) {
  const double noise = 1 / std::sqrt(static_cast<double>(C));
  std::vector<double> samples(B * C), mean(C);
  double sum = 0;
  for (uint32_t batch = 0; batch < batches; ++batch) {
    const Rng rng(14, Stream::test, batch);
    std::ranges::fill(mean, 0.0);
    for (size_t i = 0; i < samples.size(); ++i) {
      const double signal = i % C == 0 ? std::sqrt(phi) : 0;  // gbar: along the first direction
      samples[i] = signal + noise * rng.normal(i);
      mean[i % C] += samples[i] / static_cast<double>(B);
    }
    for (size_t b = 0; b < B; ++b) {
      double product = 0;
      for (size_t c = 0; c < C; ++c) product += mean[c] * samples[b * C + c];
      sum += product * product;
    }
  }
  const double mean_sq = phi + 1 / static_cast<double>(B);  // E |g|^2, which normalises the update
  return sum / (static_cast<double>(batches) * static_cast<double>(B) * mean_sq * (1 + phi));
}

double law(double phi, double B, double C) { return (phi + 1 / B + 1 / C) / (1 + phi); }

TEST(OracleA14, TheRelativeRepresentationChangeFollowsItsLaw) {
  for (const double phi : {0.0, 0.01, 0.1, 1.0, 10.0})
    EXPECT_NEAR(simulated_rrc_sq(phi, 16, 512, 200) / law(phi, 16, 512), 1, 0.03) << phi;
  EXPECT_NEAR(simulated_rrc_sq(0.1, 256, 64, 40) / law(0.1, 256, 64), 1, 0.03);
}

TEST(OracleA14, ABatchFarLargerThanTheFanInHelpsNoMore) {
  const double at_8 = simulated_rrc_sq(0, 8, 32, 400), at_64 = simulated_rrc_sq(0, 64, 32, 400),
               at_1024 = simulated_rrc_sq(0, 1024, 32, 200);
  EXPECT_GT(at_8 / at_64, 3);
  EXPECT_NEAR(at_1024 * 32, 1, 0.06) << "the floor 1/C, where 1/B alone would be 32 times less";
}

// The factor with the dimension's term undoes the law: the change is that of noise alone.
TEST(OracleA14, TheFactorWithItsDimensionKeepsTheChangeAtThatOfNoise) {
  for (const double phi : {0.01, 0.1, 1.0}) {
    const double s = rrc_scale(RrcForm::dimension, phi, 16, 512);
    EXPECT_NEAR(s * s * simulated_rrc_sq(phi, 16, 512, 200) / law(0, 16, 512), 1, 0.03) << phi;
  }
}

}  // namespace
}  // namespace coldstart::optim
