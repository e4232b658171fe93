#include "coldstart/study/load_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/plan/comparability.h"
#include "coldstart/study/load.h"
#include "coldstart/study/load_trial.h"
#include "tests/study/run_in_process.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LoadDocuments : public testing::Test {
 protected:
  plan::Trial load(const std::string& text) {
    write_file_atomic(temp_ / "documents.jsonl", text);
    plan::Trial trial;
    trial.evals.step = {10, 20, 30};
    load_documents(temp_.path(), trial);
    return trial;
  }
  const data::TempDir temp_;
};

TEST_F(LoadDocuments, StandBesideTheirEvaluations) {
  const plan::Trial trial = load(
      "{\"step\":10,\"set\":\"s/2\",\"losses\":[1,2]}\n{\"step\":15,\"set\":\"s/2\",\"losses\":[9,"
      "9]}\n{\"step\":30,\"set\":\"s/2\",\"losses\":[3,4]}\n{\"step\":3");
  EXPECT_THAT(trial.evals.docs,
              ElementsAre(ElementsAre(1.0F, 2.0F), IsEmpty(), ElementsAre(3.0F, 4.0F)));
  EXPECT_EQ(trial.evals.docs_set, "s/2");
}

TEST_F(LoadDocuments, OfTwoSetsOrNoneNothingIsSaid) {
  EXPECT_THAT(load("{\"step\":10,\"set\":\"s/2\",\"losses\":[1,2]}\n"
                   "{\"step\":20,\"set\":\"other\",\"losses\":[1,2]}\n")
                  .evals.docs,
              IsEmpty());
  EXPECT_THAT(load("").evals.docs, IsEmpty());
  EXPECT_THROW(load("not json\n"), DataError);
}

// Two runs of this trainer, loaded as `steps compare` does.
TEST_F(LoadDocuments, TwoRunsAreComparedOnTheSameDocuments) {
  train::RunConfig config = train::small_config(temp_ / "a");
  train::run_small(config);
  config.optimizer.lr = 0.0001;
  config.train.out = (temp_ / "b").string();
  train::run_small(config);
  const plan::Trial a = load_run(temp_ / "a"), b = load_run(temp_ / "b");
  ASSERT_EQ(a.evals.docs.size(), a.evals.size());
  const plan::Verdict verdict = plan::compare(a, b, {.asked = {"schedule"}});
  EXPECT_THAT(verdict.text, HasSubstr("more than the choice of the text explains"));
  ASSERT_FALSE(verdict.evidence.empty());
  EXPECT_EQ(verdict.evidence.back().id, "documents");
  EXPECT_LT(verdict.evidence.back().value.hi, 0) << "the second has learnt less";
}

TEST_F(LoadDocuments, TheTrialsOfAStudyHaveTheirs) {
  const auto study = make_study(temp_ / "s", R"(
goal = "g"
config = "tiny"
max_steps = 4
[set]
"train.eval_every" = 2
"train.eval_tokens" = 512
"train.batch_tokens" = 256
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-3, 1e-2]
[[trial]]
lr = 1e-3
)");
  run_in_process(study);
  const plan::Study loaded = load_study(temp_ / "s");
  EXPECT_THAT(loaded.trials[0].evals.docs, testing::SizeIs(loaded.trials[0].evals.size()));
}

}  // namespace
}  // namespace coldstart::study
