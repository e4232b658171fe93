#include "coldstart/data/llmc_format.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/data/shard.h"
#include "tests/data/temp_dir.h"

namespace coldstart::data {
namespace {

template <class Token>
std::string llmc_file(int32_t magic, int32_t version, const std::vector<Token>& tokens) {
  std::vector<int32_t> header(256, 0);
  header[0] = magic;
  header[1] = version;
  header[2] = static_cast<int32_t>(tokens.size());
  std::string file(reinterpret_cast<const char*>(header.data()), 1024);
  file.append(reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(Token));
  return file;
}

TokenView parse(const std::string& file) {
  return parse_shard(std::as_bytes(std::span(file.data(), file.size())), "test");
}

TEST(LlmcFormat, ReadsGpt2AndLlama3Tokens) {
  const std::string gpt2 = llmc_file<uint16_t>(20240520, 1, {50256, 0, 464, 65});
  std::vector<int32_t> tokens(4);
  const TokenView view = parse(gpt2);
  EXPECT_EQ(view.vocab_size, 50257);
  EXPECT_EQ(view.size, 4);
  view.read(0, tokens);
  EXPECT_EQ(tokens, (std::vector<int32_t>{50256, 0, 464, 65}));

  const std::string llama = llmc_file<uint32_t>(20240801, 7, {128000, 70000, 1});
  tokens.resize(3);
  EXPECT_EQ(parse(llama).vocab_size, 128256);
  parse(llama).read(0, tokens);
  EXPECT_EQ(tokens, (std::vector<int32_t>{128000, 70000, 1}));
}

TEST(LlmcFormat, OpensAsAShard) {
  const TempDir directory;
  write_file_atomic(directory / "x_train.bin", llmc_file<uint16_t>(20240520, 1, {1, 2, 3}));
  EXPECT_EQ(TokenShard(directory / "x_train.bin").size(), 3);
}

TEST(LlmcFormat, DamagedFilesAreRefused) {
  const std::string good = llmc_file<uint16_t>(20240520, 1, {1, 2, 3});
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(parse(good.substr(0, size)), DataError) << size << " bytes";
  EXPECT_THROW(parse(good + "x"), DataError);
  EXPECT_THROW(parse(llmc_file<uint16_t>(20240520, 2, {1})), DataError);      // version
  EXPECT_THROW(parse(llmc_file<uint16_t>(20240521, 1, {1})), DataError);      // magic
  EXPECT_THROW(parse(llmc_file<uint16_t>(20240520, 1, {60000})), DataError);  // vocabulary
  std::string negative = good;
  const int32_t count = -3;
  std::memcpy(negative.data() + 8, &count, sizeof count);
  EXPECT_THROW(parse(negative), DataError);
}

}  // namespace
}  // namespace coldstart::data
