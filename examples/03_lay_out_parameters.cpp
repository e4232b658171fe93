// One ordered list of parameters: how weights, gradients and optimizer states share one layout.
//
// Declares the parameters of one attention layer, draws its weights, and shows the two views that
// the library uses: each projection by its own name, and Q, K, V as the one matrix that the model
// multiplies by. Weights are (out, in): a row is a neuron.
#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/random.h"
#include "coldstart/core/text.h"
#include "coldstart/tensor/param.h"

using namespace coldstart;

int main() {
  constexpr int64_t C = 64;  // width
  ParamList params(
      {
          {"h.0.attn.q.weight", Role::attention_query, 0, C, C},
          {"h.0.attn.k.weight", Role::attention_key, 0, C, C, /*fuse_with_previous=*/true},
          {"h.0.attn.v.weight", Role::attention_value, 0, C, C, /*fuse_with_previous=*/true},
          {"h.0.attn.out.weight", Role::attention_output, 0, C, C},
      },
      DType::f32);

  // A value is a function of (seed, stream, index): any order, any thread, the same weights.
  for (size_t p = 0; p < params.size(); ++p) {
    const Rng rng(/*seed=*/1, Stream::init, static_cast<uint32_t>(p));
    uint64_t index = 0;
    for (float& w : params[p].weight.span<float>())
      w = static_cast<float>(0.02 * rng.normal(index++));
  }

  for (const Param& param : params) {
    double sum = 0;
    for (const float w : param.weight.span<float>()) sum += static_cast<double>(w) * w;
    fmt::print("{:20} {:17} {:8}  rms {:.4f}\n", param.name, role_name(param.role),
               param.weight.shape_text(), std::sqrt(sum / static_cast<double>(param.size())));
  }
  fmt::print("Q, K and V as one matrix: {}\n", params.fused_weight(0, 3).shape_text());

  const Arena momentum = params.make_companion();  // an optimizer state, in the same layout
  fmt::print("{} numbers are trained; one optimizer state takes {}\n", params.element_count(),
             human_bytes(static_cast<double>(momentum.used_bytes())));
}
