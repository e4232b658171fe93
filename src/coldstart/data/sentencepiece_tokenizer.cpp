#include "coldstart/data/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/data/utf8.h"

namespace coldstart::data {

namespace {

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581, how a piece writes a space

// The length of the segment that begins the text: through the line feeds that end its first line.
size_t segment_length(std::string_view text) {
  const size_t line = text.find('\n');
  size_t end = line == std::string_view::npos ? text.size() : line;
  while (end < text.size() && text[end] == '\n') ++end;
  if (end <= SentencePieceTokenizer::kSegmentBytes) return end;
  return utf8_floor(text, SentencePieceTokenizer::kSegmentBytes);
}

// The length of the character that begins the text when the library represents it exactly, else 0.
size_t exact_character(std::string_view text) {
  const size_t length = utf8_length(text);
  if (text.front() == '\0' || text.substr(0, length) == kSpaceMark) return 0;
  return length;
}

// Lines for training: whole segments, spread evenly over the text, kTrainingBytes in all.
class TrainingLines final : public sentencepiece::SentenceIterator {
 public:
  explicit TrainingLines(std::string_view text) : rest_(text), total_(text.size()) { Next(); }

  bool done() const override { return done_; }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

  void Next() override {
    while (!rest_.empty()) {
      const std::string_view segment = rest_.substr(0, segment_length(rest_));
      rest_.remove_prefix(segment.size());
      const size_t seen = total_ - rest_.size();
      // Taken so far never exceeds the share of the text that has been seen.
      if (total_ > SentencePieceTokenizer::kTrainingBytes &&
          static_cast<double>(taken_) * static_cast<double>(total_) >
              static_cast<double>(seen) * SentencePieceTokenizer::kTrainingBytes)
        continue;
      taken_ += segment.size();
      line_.clear();
      for (size_t i = 0; i < segment.size();) {
        const size_t length = exact_character(segment.substr(i));
        line_ += segment.substr(i, length);
        i += std::max<size_t>(1, length);
      }
      if (!line_.empty()) return;
    }
    done_ = true;
  }

 private:
  std::string_view rest_;
  size_t total_, taken_ = 0;
  std::string line_;
  bool done_ = false;
};

void require_ok(const sentencepiece::util::Status& status, std::string_view action,
                std::string_view hint) {
  if (!status.ok())
    throw DataError("sentencepiece tokenizer",
                    fmt::format("cannot {}: {}", action, status.ToString()), hint);
}

}  // namespace

std::shared_ptr<const SentencePieceTokenizer> SentencePieceTokenizer::train(
    std::string_view text, const SentencePieceOptions& options) {
  const std::unordered_map<std::string, std::string> settings = {
      {"model_type", options.model_type},
      {"vocab_size", std::to_string(options.vocab_size)},
      {"hard_vocab_limit", "false"},  // a vocabulary that is not filled is reported below
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"byte_fallback", "true"},
      {"bos_id", "-1"},
      {"eos_id", "-1"},
      {"pad_id", "-1"},
      {"max_sentence_length", std::to_string(2 * kSegmentBytes)},
      {"num_threads", "2"},  // a constant: the sums of unigram training are cut by thread
      {"minloglevel", "2"},
  };
  TrainingLines lines(text);
  std::string model;
  require_ok(sentencepiece::SentencePieceTrainer::Train(settings, &lines, &model), "train",
             "choose another --vocab-size or give more text");
  auto tokenizer = std::make_shared<const SentencePieceTokenizer>(std::move(model));
  if (tokenizer->vocab_size() != options.vocab_size)
    throw DataError(
        "sentencepiece tokenizer",
        fmt::format("the text cannot fill the vocabulary; got {} tokens, expected {}",
                    tokenizer->vocab_size(), options.vocab_size),
        fmt::format("use --vocab-size {} or less, or give more text", tokenizer->vocab_size()));
  return tokenizer;
}

SentencePieceTokenizer::SentencePieceTokenizer(std::string model)
    : model_(std::move(model)),
      processor_(std::make_unique<sentencepiece::SentencePieceProcessor>()),
      byte_ids_(256, -1) {
  require_ok(processor_->LoadFromSerializedProto(model_), "read its model",
             "the file tokenizer.model is damaged; prepare the text again");
  const int size = processor_->GetPieceSize();
  for (int id = 0; id < size; ++id) {
    const std::string& piece = processor_->IdToPiece(id);
    std::string bytes;
    if (processor_->IsByte(id)) {  // "<0xNN>"
      const int byte = std::stoi(piece.substr(3, 2), nullptr, 16);
      bytes.push_back(static_cast<char>(byte));
      byte_ids_[static_cast<size_t>(byte)] = id;
    } else if (!processor_->IsUnknown(id) && !processor_->IsControl(id)) {
      for (size_t i = 0; i < piece.size();) {
        const bool space = std::string_view(piece).substr(i, kSpaceMark.size()) == kSpaceMark;
        bytes += space ? ' ' : piece[i];
        i += space ? kSpaceMark.size() : 1;
      }
    }
    token_bytes_.push_back(std::move(bytes));
  }
  if (std::find(byte_ids_.begin(), byte_ids_.end(), -1) != byte_ids_.end())
    throw DataError("sentencepiece tokenizer", "the model has no byte tokens <0x00>..<0xFF>",
                    "train it with byte fallback, or let coldstart data prepare train it");
}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

std::vector<int32_t> SentencePieceTokenizer::encode(std::string_view bytes) const {
  std::vector<int32_t> ids;
  ids.reserve(bytes.size() / 2);
  while (!bytes.empty()) {
    const std::string_view segment = bytes.substr(0, segment_length(bytes));
    encode_segment(segment, ids);
    bytes.remove_prefix(segment.size());
  }
  return ids;
}

void SentencePieceTokenizer::encode_segment(std::string_view segment,
                                            std::vector<int32_t>& ids) const {
  size_t begin = 0, i = 0;
  const auto flush = [&] {
    if (i == begin) return;
    const std::string_view text = segment.substr(begin, i - begin);
    const std::vector<int> pieces = processor_->EncodeAsIds({text.data(), text.size()});
    ids.insert(ids.end(), pieces.begin(), pieces.end());
  };
  while (i < segment.size()) {
    if (const size_t length = exact_character(segment.substr(i)); length > 0) {
      i += length;
      continue;
    }
    flush();
    ids.push_back(byte_ids_[static_cast<unsigned char>(segment[i])]);
    begin = ++i;
  }
  flush();
}

std::string SentencePieceTokenizer::token_bytes(int32_t id) const {
  if (id < 0 || id >= vocab_size())
    throw DataError(
        "sentencepiece tokenizer",
        fmt::format("token outside the vocabulary; got {}, expected 0..{}", id, vocab_size() - 1),
        "the tokens come from another tokenizer");
  return token_bytes_[static_cast<size_t>(id)];
}

}  // namespace coldstart::data
