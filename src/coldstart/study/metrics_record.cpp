#include "coldstart/study/metrics_record.h"

namespace coldstart::study {

namespace {

// Steps as whole numbers, also when a program writes 100.0.
std::optional<int64_t> whole(double value) {
  if (!(value >= 0 && value < 1e15) || value != std::floor(value)) return std::nullopt;
  return static_cast<int64_t>(value);
}

void set_value(MetricsRecord& record, std::string_view type, std::string_view key, double value) {
  const bool eval = type == "eval", batch = type == "train";
  const auto of_step = [&](double& target) {
    target = value;
    record.is_step = true;
  };
  if (key == "val_se") record.eval.val_se = value;
  if (key == "train_probe" || (eval && key == "train_loss")) {
    record.eval.train = value;
    record.has_probe = true;
  }
  if (eval) return;
  if ((!batch && key == "train_loss") || (batch && key == "loss")) {
    of_step(record.point.loss);
    record.has_loss = true;
  }
  if (key == "lr") of_step(record.point.lr);
  if (key == "grad_norm") of_step(record.point.grad_norm);
  if (key == "clipped") of_step(record.point.clipped);
}

}  // namespace

MetricsRecord record_of(std::span<const io::FlatEntry> entries, std::string_view metric) {
  MetricsRecord record;
  std::string_view type;
  for (const io::FlatEntry& entry : entries) {
    if (entry.key == "type" && !entry.number) type = entry.value;
    if (entry.key == "event" && entry.value == "resume") record.kind = RecordKind::resume;
  }
  if (type == "metrics") record.kind = RecordKind::measures;
  const std::string_view step = record.kind == RecordKind::resume ? "from_step" : "step";
  double value = 0;
  for (const io::FlatEntry& entry : entries) {
    if (!entry.number || !io::parse_json_number(entry.value, value)) continue;
    if (entry.key == step) record.step = whole(value);
    if (record.kind != RecordKind::values || type == "warning") continue;
    if (entry.key == metric && type != "train") {
      record.eval.val = value;
      record.is_eval = true;
    }
    set_value(record, type, entry.key, value);
  }
  record.eval.step = record.point.step = record.step.value_or(0);
  return record;
}

}  // namespace coldstart::study
