#include "coldstart/checkpoint/checkpoint.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "coldstart/checkpoint/retention.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/text.h"
#include "coldstart/io/safetensors.h"

namespace coldstart::checkpoint {

namespace fs = std::filesystem;

namespace {

constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kMetricsFile = "metrics.safetensors";
constexpr const char* kOptimizerFile = "optimizer.safetensors";

struct Entry {
  std::string name;
  Tensor tensor;
};

std::vector<Entry> weight_entries(const ParamList& params) {
  std::vector<Entry> entries;
  for (const Param& param : params) entries.push_back({param.name, param.weight});
  return entries;
}

// Every state of the optimizer, cut into the parameters it belongs to.
std::vector<Entry> state_entries(const ParamList& params, optim::Optimizer& optimizer) {
  std::vector<Entry> entries;
  for (const optim::NamedTensor& state : optimizer.states()) {
    if (state.layout == optim::NamedTensor::Layout::whole) {
      entries.push_back({state.name, state.flat});
      continue;
    }
    const DType type = state.flat.dtype();
    int64_t first_row = 0;
    for (const Param& param : params) {
      const bool by_row = state.layout == optim::NamedTensor::Layout::rows;
      const int64_t first = by_row ? first_row : param.offset;
      void* data = static_cast<std::byte*>(state.flat.raw()) + first * dtype_size(type);
      entries.push_back(
          {state.name + "/" + param.name,
           by_row ? Tensor(data, type, {param.rows()}) : Tensor(data, type, param.weight.shape())});
      first_row += param.rows();
    }
  }
  return entries;
}

std::vector<Entry> measure_entries(const std::vector<metrics::MetricState>& measures) {
  std::vector<Entry> entries;
  for (const metrics::MetricState& state : measures) entries.push_back({state.name, state.tensor});
  return entries;
}

FileEntry describe(const fs::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return {static_cast<int64_t>(bytes.size()), hash_text(content_hash(bytes.data(), bytes.size()))};
}

FileEntry write_tensors(const fs::path& path, const std::vector<Entry>& entries) {
  io::SafetensorsWriter writer;
  for (const Entry& entry : entries) writer.add(entry.name, entry.tensor);
  writer.write(path);
  return describe(path);
}

void sync_directory(const fs::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

// The file is the one that was written: there, whole and unchanged.
void verify_file(const fs::path& checkpoint, const Manifest& manifest, const char* name) {
  const std::string hint = "use an earlier checkpoint of the run";
  const fs::path path = checkpoint / name;
  const auto expected = manifest.files.find(name);
  if (expected == manifest.files.end() || !fs::exists(path)) {
    throw CheckpointError("checkpoint", fmt::format("'{}' is missing", path.string()), hint);
  }
  const FileEntry got = describe(path);
  if (got.bytes != expected->second.bytes) {
    throw CheckpointError("checkpoint",
                          fmt::format("'{}' is truncated or foreign; got {} bytes, expected {}",
                                      path.string(), got.bytes, expected->second.bytes),
                          hint);
  }
  if (got.checksum != expected->second.checksum) {
    throw CheckpointError("checkpoint",
                          fmt::format("'{}' is damaged; got checksum {}, expected {}",
                                      path.string(), got.checksum, expected->second.checksum),
                          hint);
  }
}

std::string shape_text(const std::vector<int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

// Reads all entries or none.
void read_tensors(const fs::path& path, const std::vector<Entry>& entries) {
  const io::SafetensorsReader reader(path);
  const std::string hint = "the checkpoint belongs to another model; check the model settings";
  std::set<std::string> known;
  for (const Entry& entry : entries) {
    known.insert(entry.name);
    const io::StoredTensor* stored = reader.find(entry.name);
    if (stored == nullptr) {
      throw CheckpointError(
          "checkpoint", fmt::format("'{}' lacks the tensor {}", path.string(), entry.name), hint);
    }
    const auto shape = entry.tensor.shape();
    const bool same_type =
        stored->type ==
        (entry.tensor.dtype() == DType::f32 ? io::StoredType::f32 : io::StoredType::f64);
    if (!same_type ||
        !std::equal(shape.begin(), shape.end(), stored->shape.begin(), stored->shape.end())) {
      throw CheckpointError(
          "checkpoint",
          fmt::format("tensor {} of '{}' does not fit; got {} {}, expected {} {}", entry.name,
                      path.string(), io::stored_type_name(stored->type), shape_text(stored->shape),
                      dtype_name(entry.tensor.dtype()), entry.tensor.shape_text()),
          hint);
    }
  }
  for (const io::StoredTensor& stored : reader.tensors()) {
    if (!known.contains(stored.name)) {
      throw CheckpointError("checkpoint",
                            fmt::format("'{}' holds the tensor {}, which the model does not have",
                                        path.string(), stored.name),
                            hint);
    }
  }
  for (const Entry& entry : entries) reader.read(reader.named(entry.name), entry.tensor);
}

}  // namespace

fs::path save_checkpoint(const fs::path& checkpoints, Manifest manifest, const ParamList& params,
                         optim::Optimizer& optimizer,
                         const std::vector<metrics::MetricState>& measures) {
  fs::path target = checkpoint_path(checkpoints, manifest.step);
  const fs::path temporary = checkpoints / (".tmp-" + target.filename().string());
  std::error_code error;
  fs::remove_all(temporary, error);
  make_directories(temporary);
  try {
    manifest.files[kModelFile] = write_tensors(temporary / kModelFile, weight_entries(params));
    manifest.files[kOptimizerFile] =
        write_tensors(temporary / kOptimizerFile, state_entries(params, optimizer));
    if (!measures.empty()) {
      manifest.files[kMetricsFile] =
          write_tensors(temporary / kMetricsFile, measure_entries(measures));
    }
    write_file_atomic(temporary / "manifest.json", to_json(manifest));
  } catch (...) {
    fs::remove_all(temporary, error);
    throw;
  }
  // Only a run that was taken back to an earlier step finds its target there already.
  fs::remove_all(target, error);
  fs::rename(temporary, target, error);
  if (error) {
    throw ResourceError("checkpoint",
                        fmt::format("cannot write '{}': {}", target.string(), error.message()), "");
  }
  sync_directory(checkpoints);
  return target;
}

void load_weights(const fs::path& checkpoint, const Manifest& manifest, ParamList& params) {
  verify_file(checkpoint, manifest, kModelFile);
  read_tensors(checkpoint / kModelFile, weight_entries(params));
}

void load_optimizer(const fs::path& checkpoint, const Manifest& manifest, const ParamList& params,
                    optim::Optimizer& optimizer) {
  verify_file(checkpoint, manifest, kOptimizerFile);
  read_tensors(checkpoint / kOptimizerFile, state_entries(params, optimizer));
}

void load_metrics(const fs::path& checkpoint, const Manifest& manifest,
                  const std::vector<metrics::MetricState>& measures) {
  if (measures.empty()) return;
  verify_file(checkpoint, manifest, kMetricsFile);
  read_tensors(checkpoint / kMetricsFile, measure_entries(measures));
}

bool load_metrics_if_same(const fs::path& checkpoint, const Manifest& manifest,
                          const std::vector<metrics::MetricState>& measures) {
  if (measures.empty() || !manifest.files.contains(kMetricsFile)) return false;
  verify_file(checkpoint, manifest, kMetricsFile);
  const io::SafetensorsReader reader(checkpoint / kMetricsFile);
  const bool same = reader.tensors().size() == measures.size() &&
                    std::ranges::all_of(measures, [&](const metrics::MetricState& state) {
                      const io::StoredTensor* stored = reader.find(state.name);
                      return stored != nullptr && stored->size() == state.tensor.size();
                    });
  if (same) read_tensors(checkpoint / kMetricsFile, measure_entries(measures));
  return same;
}

fs::path find_checkpoint(const fs::path& run_or_checkpoint) {
  if (fs::exists(run_or_checkpoint / "manifest.json")) return run_or_checkpoint;
  const fs::path checkpoints = run_or_checkpoint / "checkpoints";
  const std::vector<int64_t> steps = list_checkpoints(checkpoints);
  if (!steps.empty()) return checkpoint_path(checkpoints, steps.back());
  throw CheckpointError(
      "checkpoint", fmt::format("no checkpoint in '{}'", run_or_checkpoint.string()),
      "give the directory of a run that has saved one, or one of RUN/checkpoints/step_*");
}

fs::path find_checkpoint(const fs::path& run_or_checkpoint, std::string_view which) {
  fs::path last = find_checkpoint(run_or_checkpoint);
  if (which == "last") return last;
  std::optional<int64_t> step = parse_int(which);
  if (which == "best") {
    const std::vector<BestCheckpoint> best = read_manifest(last).best;
    if (!best.empty()) step = best.front().step;
  } else if (!step) {
    throw ConfigError("--checkpoint", fmt::format("got '{}', expected last, best or a step", which),
                      "");
  }
  const std::vector<int64_t> steps = list_checkpoints(last.parent_path());
  if (!step || std::ranges::find(steps, *step) == steps.end()) {
    throw CheckpointError(
        "checkpoint", fmt::format("'{}' has no checkpoint '{}'", run_or_checkpoint.string(), which),
        fmt::format("it has those of step {}", fmt::join(steps, ", ")));
  }
  return checkpoint_path(last.parent_path(), *step);
}

}  // namespace coldstart::checkpoint
