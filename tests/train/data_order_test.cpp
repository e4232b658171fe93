#include "coldstart/train/data_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/data/prepare.h"
#include "tests/train/small_run.h"

namespace coldstart::train {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

RunConfig order_config(const fs::path& out, adapt::Curriculum curriculum, int64_t steps = 12) {
  RunConfig config = small_config(out, steps);
  config.order = {.curriculum = curriculum,
                  .curriculum_pace = 8,
                  .curriculum_start = 0.25,
                  .curriculum_stages = 4};
  return config;
}

std::vector<double> column(const fs::path& run, const char* key) {
  std::vector<double> values;
  for (const auto& record : metrics_of(run, "train"))
    values.push_back(record.number(key).value_or(-1));
  return values;
}

TEST(DataOrder, ACutContextDividesTheWholeOne) {
  EXPECT_EQ(curriculum_context(256, 1), 256);
  EXPECT_EQ(curriculum_context(256, 0.25), 64);
  EXPECT_EQ(curriculum_context(256, 0.49), 64);
  EXPECT_EQ(curriculum_context(60, 0.5), 30);
  EXPECT_EQ(curriculum_context(60, 0.45), 20);
  EXPECT_EQ(curriculum_context(7, 0.9), 1);
}

TEST(DataOrder, LengthReadsTheSameTokensInShorterSequences) {
  const data::TempDir temp;
  const ResolvedConfig config = resolve(order_config(temp / "r", adapt::Curriculum::length), 256);
  const auto data = open_data(config.config);
  DataOrder order(config, *data);
  const auto plain = data->loader(16, 1);
  std::vector<int32_t> tokens(4 * 16), targets(tokens.size()), plain_tokens(tokens.size()),
      plain_targets(tokens.size());
  plain->fill(4, plain_tokens, plain_targets);
  for (const auto& [position, context] :
       std::vector<std::pair<int64_t, int64_t>>{{0, 4}, {2, 4}, {4, 8}, {6, 8}, {8, 16}}) {
    order.begin_step(position);
    order.fill(4, tokens, targets);
    EXPECT_EQ(tokens, plain_tokens);
    EXPECT_EQ(targets, plain_targets);
    const model::Batch batch = order.shape(tokens, targets);
    EXPECT_EQ(batch.T, context) << position;
    EXPECT_EQ(batch.B * batch.T, 64) << "equal tokens a step";
  }
}

TEST(DataOrder, WhatIsOnIsInTheRecordOfEachStep) {
  const data::TempDir temp;
  run_small(order_config(temp / "length", adapt::Curriculum::length));
  EXPECT_THAT(column(temp / "length", "context"),
              ElementsAre(4, 4, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16));
  EXPECT_THAT(column(temp / "length", "curriculum_share"),
              ElementsAre(0.25, 0.25, 0.4375, 0.4375, 0.625, 0.625, 0.8125, 0.8125, 1, 1, 1, 1));
  run_small(order_config(temp / "own", adapt::Curriculum::self_paced));
  const auto threshold = column(temp / "own", "self_paced_threshold"),
             share = column(temp / "own", "self_paced_counted");
  EXPECT_TRUE(std::isinf(threshold[0]));
  EXPECT_LT(threshold[1], 6);
  EXPECT_TRUE(std::isinf(threshold[11]));
  EXPECT_EQ(share[0], 1);
  EXPECT_LT(std::accumulate(share.begin(), share.end(), 0.0), 12) << "some did not count";
  EXPECT_EQ(share[11], 1);
  run_small(small_config(temp / "plain"));
  EXPECT_EQ(metrics_of(temp / "plain", "train")[0].find("curriculum_share"), nullptr);
}

// After the curriculum the order is that of the shuffled run; validation is the same throughout.
TEST(DataOrder, EvaluatesOnTheSameDataInEveryOrder) {
  const data::TempDir temp;
  const auto first_eval = [&](adapt::Curriculum curriculum) {
    const fs::path out = temp / std::string(enum_name(curriculum));
    if (curriculum == adapt::Curriculum::shuffled) {
      run_small(small_config(out));
    } else {
      run_small(order_config(out, curriculum));
    }
    return metrics_of(out, "eval").at(0).line();
  };
  const std::string expected = first_eval(adapt::Curriculum::shuffled);
  for (const adapt::Curriculum c : {adapt::Curriculum::length, adapt::Curriculum::score,
                                    adapt::Curriculum::anti, adapt::Curriculum::self_paced})
    EXPECT_EQ(first_eval(c), expected) << enum_name(c);
  EXPECT_NE(column(temp / "score", "loss"), column(temp / "anti", "loss"));
  EXPECT_NE(column(temp / "score", "loss"), column(temp / "shuffled", "loss"));
}

TEST(DataOrder, ALongerRunSeesTheSamePrefixWhenThePaceIsInSteps) {
  const data::TempDir temp;
  for (const adapt::Curriculum c : {adapt::Curriculum::length, adapt::Curriculum::score,
                                    adapt::Curriculum::anti, adapt::Curriculum::self_paced}) {
    const auto losses = [&](const char* name, int64_t steps, bool share) {
      RunConfig config = order_config(temp / (name + std::string(enum_name(c))), c, steps);
      config.schedule.shape = schedule::Shape::constant;
      config.train.eval_every = 0;
      config.train.checkpoint_every = 0;
      if (share) config.order.curriculum_pace = Length::of_percent(50);
      run_small(config);
      std::vector<double> all = column(config.train.out, "loss");
      all.resize(12);
      return all;
    };
    EXPECT_EQ(losses("short", 12, false), losses("long", 16, false)) << enum_name(c);
    if (c == adapt::Curriculum::length) {
      EXPECT_NE(losses("short_share", 12, true), losses("long_share", 24, true))
          << "a share is stretched with the run";
    }
  }
}

TEST(DataOrder, SameBytesWithAnyNumberOfThreads) {
  const data::TempDir temp;
  const int before = thread_count();
  for (const adapt::Curriculum c :
       {adapt::Curriculum::length, adapt::Curriculum::score, adapt::Curriculum::self_paced}) {
    std::vector<std::string> states;
    for (const int64_t threads : {1, 3}) {
      RunConfig config = order_config(temp / fmt::format("{}{}", enum_name(c), threads), c);
      config.train.threads = threads;
      run_small(config);
      states.push_back(state_of(config.train.out, "step_00000012"));
    }
    EXPECT_TRUE(states[0] == states[1]) << enum_name(c);
  }
  set_thread_count(before);
}

TEST(DataOrder, ADatasetOfBeforeSaysWhatToDo) {
  const data::TempDir temp;
  data::PrepareOptions options;
  options.corpus.stories_bytes = 30'000;
  data::prepare({"builtin:stories"}, options, temp / "d");
  RunConfig config = order_config(temp / "run", adapt::Curriculum::score);
  config.data.path = (temp / "d").string();
  run_small(config);
  // A manifest as it was written before there were scores.
  std::string manifest = read_file(temp / "d/data.json");
  const size_t at = manifest.find(",\n  \"scores\"");
  ASSERT_NE(at, manifest.npos);
  manifest.erase(at, manifest.find('}', at) + 1 - at);
  write_file_atomic(temp / "d/data.json", manifest);
  config.train.out = temp / "other";
  try {
    run_small(config);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.message(), HasSubstr("no compression scores"));
    EXPECT_THAT(error.message(), HasSubstr("coldstart data prepare"));
  }
  EXPECT_FALSE(fs::exists(temp / "other")) << "nothing is left behind";
  config.order = {};
  EXPECT_EQ(run_small(config).outcome, Outcome::finished) << "shuffled needs none";
}

}  // namespace
}  // namespace coldstart::train
