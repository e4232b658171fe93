#include "coldstart/metrics/rrc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "coldstart/metrics/formulas.h"

namespace coldstart::metrics {

namespace {

constexpr int64_t kRowsAtOnce = 256;  // of a layer's output, so that it stays in cache

void copy(Tensor to, Tensor from) {
  std::memcpy(to.raw(), from.raw(), static_cast<size_t>(from.bytes()));
}

void swap_contents(Tensor a, Tensor b) {
  auto* first = static_cast<std::byte*>(a.raw());
  std::swap_ranges(first, first + a.bytes(), static_cast<std::byte*>(b.raw()));
}

int64_t widest_output(const ParamList& params) {
  int64_t widest = 1;
  for (const Param& param : params) widest = std::max(widest, param.rows());
  return widest;
}

// Of the head; without one of its own it is the token embedding.
int64_t head_input(const ParamList& params) {
  for (const Param& param : params)
    if (param.role == Role::head) return param.cols();
  return params[0].cols();
}

std::optional<double> ratio_of_squares(double above, double below) {
  if (!(below > 0)) return std::nullopt;
  return std::sqrt(above / below);
}

}  // namespace

Rrc::Rrc(const Layout& layout, const Probe& probe)
    : layout_(layout),
      probe_(probe),
      other_(layout.params.make_companion()),
      change_(layout.params.make_companion()),
      scratch_(2 * kRowsAtOnce * widest_output(layout.params) * dtype_size(layout.params.dtype()) +
               2 * Arena::kAlignment),
      final_before_(probe.batch_sequences * probe.sequence.targets * head_input(layout.params) *
                    dtype_size(layout.params.dtype())) {}

void Rrc::before_update(const StepView& view) {
  const ParamList& params = view.model.params();
  copy(other_.flat(params.dtype()), params.weights());
}

Tensor Rrc::part_of(const Arena& arena, size_t param) const {
  return layout_.params.slice(arena, layout_.params[param]);
}

double Rrc::product_sq(kernels::Kernels& kernels, Tensor x, Tensor w) {
  double sum = 0;
  for (int64_t begin = 0; begin < x.rows(); begin += kRowsAtOnce) {
    const Tensor rows = x.row_range(begin, std::min(x.rows(), begin + kRowsAtOnce));
    scratch_.rewind(0);
    const Tensor y = scratch_.allocate(x.dtype(), {rows.rows(), w.rows()});
    kernels.matmul(y, rows, false, w, true, 1, 0);
    sum += kernels.sum_squares(y);
  }
  return sum;
}

void Rrc::measure(const StepView& view, Batch& batch) {
  for (Values* values : {&batch.change, &batch.update_alignment, &batch.weight_alignment})
    values->assign(layout_.params.size(), std::nullopt);
  view.model.visit_linears(view.kernels, [&](const model::LinearSite& site) {
    const double x_sq = view.kernels.sum_squares(site.input);
    for (size_t i = site.first_param; i < site.first_param + site.param_count; ++i) {
      const Tensor w = layout_.params[i].weight, dw = part_of(change_, i);
      const double before_sq = product_sq(view.kernels, site.input, w);
      const double change_sq = product_sq(view.kernels, site.input, dw);
      batch.change[i] = ratio_of_squares(change_sq, before_sq);
      batch.update_alignment[i] = ratio_of_squares(change_sq, view.kernels.sum_squares(dw) * x_sq);
      batch.weight_alignment[i] = ratio_of_squares(before_sq, view.kernels.sum_squares(w) * x_sq);
    }
    final_input_ = site.input;  // the head comes last
    head_ = site.first_param;
  });
}

void Rrc::after_update(const StepView& view, MetricSink& sink) {
  const ParamList& params = view.model.params();
  const Tensor now = params.weights(), other = other_.flat(params.dtype()),
               change = change_.flat(params.dtype());
  copy(change, other);
  view.kernels.scale(change, -1);
  view.kernels.add(change, now);
  swap_contents(now, other);  // back to the weights that the activations belong to
  measure(view, on_train_);
  const model::Batch batch = probe_.batch(0);
  view.model.forward(view.kernels, batch);
  measure(view, on_probe_);
  const Tensor before(final_before_.flat(params.dtype()).raw(), params.dtype(),
                      final_input_.shape());
  copy(before, final_input_);
  swap_contents(now, other);

  sink.put_tensors(".train", on_train_.change, Combine::rms);
  sink.put_tensors(".probe", on_probe_.change, Combine::rms);
  sink.put_tensors(".update_alignment_train", on_train_.update_alignment, Combine::rms);
  sink.put_tensors(".update_alignment_probe", on_probe_.update_alignment, Combine::rms);
  sink.put_tensors(".weight_alignment_train", on_train_.weight_alignment, Combine::rms);
  sink.put_tensors(".weight_alignment_probe", on_probe_.weight_alignment, Combine::rms);
  if (!sink.wants(Level::model)) return;
  view.model.forward(view.kernels, batch);
  sink.put(".logits", "model", logit_change(view, before));
}

std::optional<double> Rrc::logit_change(const StepView& view, Tensor before) {
  const Tensor after = view.model.final_activation(), new_head = layout_.params[head_].weight,
               old_head = part_of(other_, head_);
  double sum = 0, count = 0;
  for (int64_t begin = 0; begin < after.rows(); begin += kRowsAtOnce) {
    const int64_t end = std::min(after.rows(), begin + kRowsAtOnce), V = new_head.rows();
    scratch_.rewind(0);
    const Tensor z = scratch_.allocate(after.dtype(), {end - begin, V}),
                 dz = scratch_.allocate(after.dtype(), {end - begin, V});
    view.kernels.matmul(z, before.row_range(begin, end), false, old_head, true, 1, 0);
    copy(dz, z);
    view.kernels.matmul(dz, after.row_range(begin, end), false, new_head, true, 1, -1);
    std::array<double, kRowsAtOnce> z_sq{}, dz_sq{};
    const auto rows = static_cast<size_t>(end - begin);
    view.kernels.row_dots(z, z, std::span(z_sq).first(rows));
    view.kernels.row_dots(dz, dz, std::span(dz_sq).first(rows));
    for (size_t n = 0; n < rows; ++n) {
      if (!(z_sq[n] > 0)) continue;
      sum += std::sqrt(dz_sq[n] / z_sq[n]);
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

MetricInfo rrc_metric() {
  return {.name = "rrc",
          .meaning = "relative change of what each linear layer puts out, caused by one update",
          .cost = "about two training steps",
          .weight_copies = 2,
          .parts = {{".train", "on the inputs of the step's last micro-batch"},
                    {".probe", "on a held-out batch"},
                    {".update_alignment_train", "how much the update looks at those inputs"},
                    {".update_alignment_probe", "the same on the held-out batch"},
                    {".weight_alignment_train", "how much the weights look at those inputs"},
                    {".weight_alignment_probe", "the same on the held-out batch"},
                    {".logits", "of the logits of the held-out batch, all layers moved"}},
          .make = [](const MetricSetup& setup) {
            return std::make_unique<Rrc>(setup.layout, *setup.probe);
          }};
}

}  // namespace coldstart::metrics
