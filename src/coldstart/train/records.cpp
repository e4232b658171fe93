#include "coldstart/train/records.h"

namespace coldstart::train {

io::JsonRecord to_record(const StepRecord& r) {
  return io::JsonRecord()
      .add("type", "train")
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
}

io::JsonRecord to_record(const EvalRecord& r) {
  return io::JsonRecord()
      .add("type", "eval")
      .add("step", r.step)
      .add("tokens", r.tokens)
      .add("val_loss", r.val_loss)
      .add("val_bits_per_byte", r.val_bits_per_byte)
      .add("train_loss", r.train_loss)
      .add("train_bits_per_byte", r.train_bits_per_byte);
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
