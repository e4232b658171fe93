#include "coldstart/data/sentencepiece_tokenizer.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/random.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

// Words of random syllables with punctuation, indentation, blank lines and an accent.
std::string sample_text() {
  const Rng rng(5, Stream::test);
  const char* syllables[] = {"la", "nter", "kee",     "per", "wal", "king", "ho", "me",   "slow",
                             "ly", "ca",   "f\u00e9", "th",  "en",  "qui",  "et", "moun", "tain"};
  const char* gaps[] = {" ", " ", " ", " ", ", ", ".\n", ";\n    ", ".\n\n", " 42 ", " \"yes\" "};
  std::string text;
  for (uint64_t i = 0; i < 8000; i += 4) {
    for (uint64_t k = 0; k <= rng.below(i, 3); ++k)
      text += syllables[rng.below(i + 1 + k % 2, std::size(syllables))];
    text += gaps[rng.below(i + 3, std::size(gaps))];
  }
  return text;
}

class SentencePiece : public testing::TestWithParam<const char*> {
 protected:
  static std::shared_ptr<const SentencePieceTokenizer> train() {
    return SentencePieceTokenizer::train(sample_text(), {320, GetParam()});
  }
};

TEST_P(SentencePiece, RoundTripsItsText) {
  const auto tokenizer = train();
  EXPECT_EQ(tokenizer->vocab_size(), 320);
  const std::string text = sample_text();
  const auto ids = tokenizer->encode(text);
  EXPECT_EQ(tokenizer->decode(ids), text);
  EXPECT_LT(ids.size(), text.size() / 2) << "subwords must compress their own training text";
}

TEST_P(SentencePiece, RoundTripsAnyBytes) {
  const auto tokenizer = train();
  const std::string pieces[] = {
      "\u2581", " ",      "  ",   "\n",         "\t",          std::string(1, '\0'),
      "<unk>",  "<0x41>", "\xC3", "\xFF",       "\u2585",      "\uFFFD",
      "the",    "\u3000", "\r\n", "\U0001F600", "\xED\xA0\x80"};
  for (uint32_t k = 0; k < 300; ++k) {
    const Rng rng(k, Stream::test);
    std::string text;
    for (uint64_t i = 0; i < 60; ++i)
      text += rng.below(2 * i, 3) == 0
                  ? std::string(1, static_cast<char>(rng.below(2 * i + 1, 256)))
                  : pieces[rng.below(2 * i + 1, std::size(pieces))];
    const auto ids = tokenizer->encode(text);
    ASSERT_EQ(tokenizer->decode(ids), text) << "case " << k;
    ASSERT_EQ(std::count(ids.begin(), ids.end(), 0), 0) << "unknown token in case " << k;
  }
}

TEST_P(SentencePiece, RoundTripsLinesLongerThanASegment) {
  const auto tokenizer = train();
  std::string text;
  while (text.size() < 3 * SentencePieceTokenizer::kSegmentBytes) text += "the caf\u00e9 ";
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
  const std::string junk(2 * SentencePieceTokenizer::kSegmentBytes + 1, '\x80');
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(junk)), junk);
}

TEST_P(SentencePiece, TrainingIsDeterministicAndTheModelIsAllThereIs) {
  const auto first = train(), second = train();
  EXPECT_EQ(first->model(), second->model());
  const TempDir directory;
  write_file_atomic(directory / "tokenizer.model", first->model());
  const auto loaded = load_tokenizer("sentencepiece", directory.path());
  EXPECT_EQ(loaded->encode("the keeper walked home."), first->encode("the keeper walked home."));
  EXPECT_EQ(loaded->vocab_size(), 320);
}

TEST_P(SentencePiece, ATextTooPoorForTheVocabularyIsAnErrorWithTheSizeItReaches) {
  try {
    SentencePieceTokenizer::train("hello hello world\n", {4096, GetParam()});
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(error.message().find("expected 4096"), std::string::npos) << error.message();
    EXPECT_NE(error.hint().find("--vocab-size"), std::string::npos);
  }
  EXPECT_THROW(SentencePieceTokenizer::train(sample_text(), {200, GetParam()}), DataError);
  EXPECT_THROW(SentencePieceTokenizer::train(std::string(100, '\0'), {300, GetParam()}), DataError);
}

INSTANTIATE_TEST_SUITE_P(Models, SentencePiece, testing::Values("bpe", "unigram"));

TEST(SentencePieceModel, ADamagedFileIsAnError) {
  const TempDir directory;
  EXPECT_THROW(load_tokenizer("sentencepiece", directory.path()), ResourceError);
  write_file_atomic(directory / "tokenizer.model", "not a model");
  EXPECT_THROW(load_tokenizer("sentencepiece", directory.path()), DataError);
  const auto good = SentencePieceTokenizer::train(sample_text(), {320, "bpe"});
  write_file_atomic(directory / "tokenizer.model", good->model().substr(0, 2000));
  EXPECT_THROW(load_tokenizer("sentencepiece", directory.path()), DataError);
  EXPECT_THROW(good->token_bytes(320), DataError);
}

}  // namespace
}  // namespace coldstart::data
