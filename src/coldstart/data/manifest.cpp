#include "coldstart/data/manifest.h"

#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/data/shard_format.h"

namespace coldstart::data {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "coldstart dataset";

Json to_record(const ShardRecord& shard) {
  return {{"file", shard.file},
          {"tokens", shard.tokens},
          {"bytes", shard.bytes},
          {"blocks", shard.blocks},
          {"checksum", shard.checksum}};
}

ShardRecord from_record(const Json& record) {
  return {record.at("file"), record.at("tokens"), record.at("bytes"), record.at("blocks"),
          record.at("checksum")};
}

}  // namespace

std::string Manifest::to_json() const {
  Json json = {{"format", kFormat},
               {"version", kVersion},
               {"id", id},
               {"tokenizer", tokenizer},
               {"vocab_size", vocab_size},
               {"sources", sources},
               {"files", files},
               {"val_fraction", val_fraction},
               {"split_seed", split_seed},
               {"block_bytes", block_bytes},
               {"train", to_record(train)},
               {"val", to_record(val)}};
  if (scores)
    json["scores"] = {{"file", scores->file},
                      {"block_tokens", scores->block_tokens},
                      {"blocks", scores->blocks},
                      {"checksum", scores->checksum}};
  // A source path may hold bytes that are not UTF-8; they are replaced, not refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Manifest Manifest::from_json(const std::string& json_text, const std::string& where) {
  try {
    const Json json = Json::parse(json_text);
    if (json.at("format") != kFormat)
      throw DataError(where, "this is no manifest of a coldstart dataset", kPrepareAgain);
    if (json.at("version") != kVersion)
      throw DataError(where,
                      fmt::format("the dataset has another version; got {}, expected {}",
                                  json.at("version").dump(), kVersion),
                      kPrepareAgain);
    Manifest manifest;
    manifest.id = json.at("id");
    manifest.tokenizer = json.at("tokenizer");
    manifest.vocab_size = json.at("vocab_size");
    manifest.sources = json.at("sources").get<std::vector<std::string>>();
    manifest.files = json.at("files");
    manifest.val_fraction = json.at("val_fraction");
    manifest.split_seed = json.at("split_seed");
    manifest.block_bytes = json.at("block_bytes");
    manifest.train = from_record(json.at("train"));
    manifest.val = from_record(json.at("val"));
    if (json.contains("scores")) {
      const Json& record = json.at("scores");
      manifest.scores = {record.at("file"), record.at("block_tokens"), record.at("blocks"),
                         record.at("checksum")};
    }
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    throw DataError(where, fmt::format("the manifest is damaged: {}", error.what()), kPrepareAgain);
  }
}

bool has_manifest(const std::filesystem::path& directory) {
  std::error_code error;
  return std::filesystem::is_regular_file(directory / kManifestFile, error);
}

Manifest read_manifest(const std::filesystem::path& directory) {
  if (!has_manifest(directory))
    throw DataError(directory.string(),
                    fmt::format("this is no prepared dataset: it has no {}", kManifestFile),
                    "prepare one: coldstart data prepare TEXT --out DIR");
  const std::filesystem::path path = directory / kManifestFile;
  return Manifest::from_json(read_file(path), path.string());
}

}  // namespace coldstart::data
