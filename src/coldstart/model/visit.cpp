// What measures see of a model after a forward pass: its linear layers with their inputs, and its
// activations by name. Declared in gpt.h.
#include "coldstart/model/gpt.h"

namespace coldstart::model {

void Gpt::visit_linears(kernels::Kernels& kernels,
                        const std::function<void(const LinearSite&)>& visit) {
  Activations& a = activations_;
  COLDSTART_CHECK(a.keep != Keep::nothing, "visit_linears follows forward_backward or forward");
  const auto show = [&](size_t first, size_t count, Tensor input) {
    visit({first, count, weight(first, count), input});
  };
  const size_t gates = config_.mlp == Mlp::swiglu ? 1 : 0;  // fused before mlp.in
  for (int64_t l = 0; l < config_.L; ++l) {
    if (a.keep == Keep::residual) block_forward(kernels, l, Tensor(), attend_to_batch());
    const BlockIndices& p = blocks_[static_cast<size_t>(l)];
    const BlockActivations& b = a.blocks[static_cast<size_t>(l)];
    show(p.qkv, 3, b.y1);
    show(p.out, 1, b.att);
    show(p.mlp_in, 1 + gates, b.y2);
    visit({p.mlp_out, 1, weight(p.mlp_out), b.h, p.mlp_in + gates, activation_of(config_.mlp)});
  }
  show(head_index(), 1, a.y_final);
}

std::vector<NamedActivation> Gpt::named_activations() const {
  const Activations& a = activations_;
  std::vector<NamedActivation> named;
  if (a.residual.empty()) return named;
  const auto add = [&](std::string name, Tensor value) {
    if (value) named.push_back({std::move(name), value});
  };
  add("embedding", a.residual.front());
  if (a.keep == Keep::everything) {
    for (size_t l = 0; l < a.blocks.size(); ++l) {
      const std::string h = fmt::format("h.{}.", l);
      const BlockActivations& b = a.blocks[l];
      add(h + "norm1", b.y1);
      add(h + "attn.qkv", b.qkv);
      add(h + "attn", b.att);
      add(h + "attn.out", b.r_mid);
      add(h + "norm2", b.y2);
      add(h + "mlp.pre", b.pre);
      add(h + "mlp.in", b.h);
      add(h + "mlp.out", a.residual[l + 1]);
    }
  } else if (a.keep == Keep::residual) {
    for (size_t l = 1; l < a.residual.size(); ++l) add(fmt::format("h.{}", l - 1), a.residual[l]);
  }
  add("norm_f", a.y_final);
  add("losses", a.losses);
  return named;
}

}  // namespace coldstart::model
