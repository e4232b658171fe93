#include "coldstart/checkpoint/manifest.h"

#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"

namespace coldstart::checkpoint {

namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kFormat = "coldstart checkpoint 1";

Json best_json(const BestCheckpoint& best) {
  Json json = {{"step", best.step}, {"val_loss", best.val_loss}};
  if (best.rank != best.val_loss) json["rank"] = best.rank;
  return json;
}

BestCheckpoint best_from(const Json& json) {
  BestCheckpoint best{json.at("step").get<int64_t>(), json.at("val_loss").get<double>()};
  if (json.contains("rank")) json.at("rank").get_to(best.rank);
  return best;
}

Manifest parse(const std::string& text) {
  const Json json = Json::parse(text);
  if (json.at("format") != kFormat) {
    throw CheckpointError(
        "checkpoint",
        fmt::format("unknown format; got {}, expected \"{}\"", json.at("format").dump(), kFormat),
        "it was written by another version of the program");
  }
  Manifest m;
  json.at("step").get_to(m.step);
  json.at("sequences").get_to(m.sequences);
  json.at("tokens").get_to(m.tokens);
  json.at("config").get_to(m.config);
  json.at("schedule").get_to(m.schedule);
  json.at("data_id").get_to(m.data_id);
  json.at("tokenizer").get_to(m.tokenizer);
  const Json& window = json.at("windows").at("divergence");
  if (!window.at("first_loss").is_null()) m.divergence.first_loss = window.at("first_loss");
  window.at("steps_above").get_to(m.divergence.steps_above);
  if (json.at("windows").contains("clip")) {  // checkpoints of before have none
    const Json& clip = json.at("windows").at("clip");
    clip.at("norms").get_to(m.clip.norms);
    clip.at("clipped").get_to(m.clip.clipped);
    clip.at("warned").get_to(m.clip.warned);
  }
  const Json& windows = json.at("windows");
  if (windows.contains("batch")) {
    windows.at("batch").at("sequences").get_to(m.batch.sequences);
    windows.at("batch").at("steps_above").get_to(m.batch.steps_above);
  }
  if (windows.contains("order")) {
    windows.at("order").at("mean").get_to(m.order.mean);
    windows.at("order").at("deviations").get_to(m.order.deviations);
  }
  if (windows.contains("plateau")) {
    const Json& plateau = windows.at("plateau");
    if (!plateau.at("best").is_null()) m.plateau.best = plateau.at("best");
    plateau.at("not_better").get_to(m.plateau.not_better);
    plateau.at("factor").get_to(m.plateau.factor);
  }
  if (json.contains("interventions")) json.at("interventions").get_to(m.interventions);
  for (const Json& best : json.at("best")) m.best.push_back(best_from(best));
  if (!json.at("lowest").is_null()) m.lowest = best_from(json.at("lowest"));
  json.at("metrics_bytes").get_to(m.metrics_bytes);
  if (json.contains("documents_bytes")) json.at("documents_bytes").get_to(m.documents_bytes);
  json.at("branched_from").get_to(m.branched_from);
  for (const auto& [name, entry] : json.at("files").items()) {
    m.files[name] = {entry.at("bytes").get<int64_t>(), entry.at("checksum").get<std::string>()};
  }
  return m;
}

}  // namespace

std::string to_json(const Manifest& m) {
  Json best = Json::array();
  for (const BestCheckpoint& b : m.best) best.push_back(best_json(b));
  Json files = Json::object();
  for (const auto& [name, entry] : m.files) {
    files[name] = {{"bytes", entry.bytes}, {"checksum", entry.checksum}};
  }
  const auto& window = m.divergence;
  Json json = {
      {"format", kFormat},
      {"step", m.step},
      {"sequences", m.sequences},
      {"tokens", m.tokens},
      {"schedule", m.schedule},
      {"data_id", m.data_id},
      {"tokenizer", m.tokenizer},
      {"windows",
       {{"divergence",
         {{"first_loss", window.first_loss ? Json(*window.first_loss) : Json()},
          {"steps_above", window.steps_above}}},
        {"clip",
         {{"norms", m.clip.norms}, {"clipped", m.clip.clipped}, {"warned", m.clip.warned}}}}},
      {"best", best},
      {"lowest", m.lowest ? best_json(*m.lowest) : Json()},
      {"metrics_bytes", m.metrics_bytes},
      {"branched_from", m.branched_from},
      {"files", files},
      {"config", m.config},
  };
  // Of what is not on by default.
  Json& windows = json["windows"];
  if (m.batch != adapt::BatchControl::State())
    windows["batch"] = {{"sequences", m.batch.sequences}, {"steps_above", m.batch.steps_above}};
  if (m.order != adapt::SelfPaced::State())
    windows["order"] = {{"mean", m.order.mean}, {"deviations", m.order.deviations}};
  if (m.plateau != adapt::Plateau::State()) {
    windows["plateau"] = {{"best", m.plateau.best ? Json(*m.plateau.best) : Json()},
                          {"not_better", m.plateau.not_better},
                          {"factor", m.plateau.factor}};
  }
  if (m.documents_bytes > 0) json["documents_bytes"] = m.documents_bytes;
  if (!m.interventions.empty()) json["interventions"] = m.interventions;
  return json.dump(2) + "\n";
}

Manifest read_manifest(const std::filesystem::path& checkpoint) {
  const auto path = checkpoint / "manifest.json";
  if (!std::filesystem::exists(path)) {
    throw CheckpointError(
        "checkpoint",
        fmt::format("'{}' is no checkpoint (it has no manifest.json)", checkpoint.string()),
        "checkpoints are the directories RUN/checkpoints/step_*");
  }
  const std::string text = read_file(path);
  try {
    return parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError("checkpoint",
                          fmt::format("'{}' is damaged: {}", path.string(), error.what()),
                          "use an earlier checkpoint of the run");
  }
}

}  // namespace coldstart::checkpoint
