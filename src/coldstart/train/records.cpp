#include "coldstart/train/records.h"

namespace coldstart::train {

io::JsonRecord to_record(const StepRecord& r) {
  io::JsonRecord record;
  record.add("type", "train")
      .add("step", r.step)
      .add("tokens", r.tokens)
      .add("loss", r.loss)
      .add("lr", r.lr)
      .add("grad_norm", r.grad_norm)
      .add("clip", r.clip)
      .add("clipped", r.clipped)
      .add("clipped_recent", r.clipped_recent)
      .add("update_norm", r.update_norm)
      .add("weight_norm", r.weight_norm);
  if (r.dropout > 0) record.add("dropout", r.dropout);
  if (r.attention_dropout > 0) record.add("attention_dropout", r.attention_dropout);
  if (r.label_smoothing > 0) record.add("label_smoothing", r.label_smoothing);
  if (r.decay_factor != 1) record.add("decay_factor", r.decay_factor);
  for (const Reading& reading : r.readings) record.add(reading.name, reading.value);
  return record;
}

io::JsonRecord plateau_record(int64_t step, double factor, double best_val_loss) {
  return io::JsonRecord()
      .add("type", "plateau")
      .add("step", step)
      .add("factor", factor)
      .add("best_val_loss", best_val_loss);
}

io::JsonRecord to_record(const EvalRecord& r) {
  io::JsonRecord record;
  record.add("type", "eval").add("step", r.step).add("tokens", r.tokens);
  record.add("val_loss", r.val_loss);
  if (r.scores.empty()) {
    record.add("val_bits_per_byte", r.val_bits_per_byte)
        .add("train_loss", r.train_loss)
        .add("train_bits_per_byte", r.train_bits_per_byte);
    return record;
  }
  record.add("train_loss", r.train_loss);
  for (const auto& [name, value] : r.scores) record.add(name, value);
  return record;
}

io::JsonRecord to_record(int64_t step, const std::vector<metrics::NamedValue>& values) {
  io::JsonRecord record;
  record.add("type", "metrics").add("step", step);
  for (const auto& [name, value] : values) {
    if (const double* number = std::get_if<double>(&value)) {
      record.add(name, *number);
    } else {
      const auto& five = std::get<metrics::FiveNumbers>(value);
      record.add(name, std::vector<double>(five.begin(), five.end()));
    }
  }
  return record;
}

io::JsonRecord warning_record(int64_t step, const std::string& text) {
  return io::JsonRecord().add("type", "warning").add("step", step).add("text", text);
}

io::JsonRecord to_record(int64_t step, const TimeAccount& t) {
  return io::JsonRecord()
      .add("step", step)
      .add("train_s", t.train_s)
      .add("metrics_s", t.metrics_s)
      .add("eval_s", t.eval_s)
      .add("data_s", t.data_s)
      .add("checkpoint_s", t.checkpoint_s);
}

}  // namespace coldstart::train
