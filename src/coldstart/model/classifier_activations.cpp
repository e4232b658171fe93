// The activations of a classifier: where they lie, what they take, and what measures see of them
// after a forward pass. Declared in classifier.h.
#include <functional>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/model/classifier.h"

namespace coldstart::model {

void ClassifierActivations::lay_out(Arena& arena, const ClassifierConfig& c, DType dtype) {
  const auto take = [&](std::initializer_list<int64_t> shape) {
    return arena.allocate(dtype, shape);
  };
  const bool residual = c.net == Net::residual;
  const int64_t hidden = residual ? c.F : c.C;
  x = take({B, c.inputs()});
  layers.assign(static_cast<size_t>(c.L), {});
  for (Layer& layer : layers) {
    if (residual) {
      layer.r = take({B, c.C});
      layer.y = take({B, c.C});
      layer.mean = take({B});
      layer.rstd = take({B});
    }
    if (c.activation == Mlp::gelu) layer.pre = take({B, hidden});
    layer.h = take({B, hidden});
  }
  if (residual) {
    branch = take({B, c.C});
    r_final = take({B, c.C});
    y_final = take({B, c.C});
    mean_final = take({B});
    rstd_final = take({B});
  }
  logits = take({B, c.classes});
  dlogits = take({B, c.classes});
  losses = take({B});
  dr = take({B, c.C});
  dy = take({B, c.C});
  if (residual) dpre = take({B, hidden});
  if (c.E > 0) dx = take({B, c.inputs()});
}

int64_t activation_bytes(const ClassifierConfig& config, int64_t B, DType dtype) {
  Arena measure = Arena::measuring();
  ClassifierActivations activations;
  activations.B = B;
  activations.lay_out(measure, config, dtype);
  return measure.used_bytes();
}

void Classifier::visit_linears(kernels::Kernels& /*kernels*/,
                               const std::function<void(const LinearSite&)>& visit) {
  const ClassifierActivations& a = activations_;
  COLDSTART_CHECK(a.B > 0, "visit_linears follows a forward pass");
  const bool mlp = config_.net == Net::mlp;
  if (!mlp) visit({input_, 1, weight(input_), a.x});
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Place& p = layers_[l];
    if (mlp) {
      LinearSite site{p.in, 1, weight(p.in), l == 0 ? a.x : a.layers[l - 1].h};
      if (l > 0) site.units = layers_[l - 1].in, site.activation = activation();
      visit(site);
    } else {
      visit({p.in, 1, weight(p.in), a.layers[l].y});
      visit({p.out, 1, weight(p.out), a.layers[l].h, p.in, activation()});
    }
  }
  LinearSite head{head_, 1, weight(head_), final_activation()};
  if (mlp) head.units = layers_.back().in, head.activation = activation();
  visit(head);
}

std::vector<NamedActivation> Classifier::named_activations() const {
  std::vector<NamedActivation> named;
  const ClassifierActivations& a = activations_;
  if (a.B == 0) return named;
  const auto add = [&](std::string name, Tensor value) {
    if (value) named.push_back({std::move(name), value});
  };
  add("input", a.x);
  for (size_t l = 0; l < a.layers.size(); ++l) {
    const std::string h = fmt::format("h.{}.", l);
    add(h + "residual", a.layers[l].r);
    add(h + "norm", a.layers[l].y);
    add(h + "mlp.pre", a.layers[l].pre);
    add(h + "mlp.in", a.layers[l].h);
  }
  add("norm_f", a.y_final);
  add("logits", a.logits);
  add("losses", a.losses);
  return named;
}

}  // namespace coldstart::model
