#include "coldstart/study/log_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

// Everything that a log said, as one text.
class Heard : public LogSink {
 public:
  void on_eval(const EvalPoint& p) override {
    text += fmt::format("e{}:{}/{}/{} ", p.step, p.val, p.val_se, p.train);
  }
  void on_step(const StepPoint& p) override {
    text += fmt::format("s{}:{}/{}/{}/{} ", p.step, p.loss, p.lr, p.grad_norm, p.clipped);
  }
  void on_rewind(int64_t step) override { text += fmt::format("r{} ", step); }
  std::string text;
};

std::string heard(const std::string& log, LogPosition& position,
                  const std::string& metric = "val_loss") {
  const data::TempDir temp;
  append(temp / "m.jsonl", log);
  Heard sink;
  LogReader(metric).read(temp / "m.jsonl", position, sink);
  return sink.text;
}
std::string heard(const std::string& log) {
  LogPosition position;
  return heard(log, position);
}

TEST(LogReader, UnderstandsTheContract) {
  EXPECT_EQ(heard(R"({"step":100,"lr":0.003,"train_loss":4.5,"grad_norm":1.5,"clipped":true}
{"step":100,"val_loss":4.25,"val_se":0.5,"train_probe":4.75}
{"anything":"else"}
)"),
            "s100:4.5/0.003/1.5/1 e100:4.25/0.5/4.75 ");
}

TEST(LogReader, UnderstandsTheBuiltInTrainer) {
  EXPECT_EQ(heard(R"({"type":"eval","step":0,"val_loss":5.5,"train_loss":5.25}
{"type":"train","step":1,"loss":5.5,"lr":0.1,"grad_norm":2.0,"clipped":0}
{"type":"metrics","step":1,"update_l2/h.0":[1,2,3,4,5]}
{"type":"warning","step":1,"text":"x"}
)"),
            "e0:5.5/nan/5.25 s1:5.5/0.1/2/0 ");
}

TEST(LogReader, ARateAloneIsOfAStepAndNoLoss) {
  LogPosition position;
  EXPECT_EQ(heard("{\"step\":1,\"train_loss\":2.5}\n{\"step\":2,\"lr\":0.1}\n", position),
            "s1:2.5/nan/nan/nan s2:nan/0.1/nan/nan ");
  EXPECT_FALSE(position.not_finite) << "no loss is no loss that is not finite";
  EXPECT_EQ(position.last_loss, 2.5);
}

TEST(LogReader, TakesAnotherMetric) {
  LogPosition position;
  EXPECT_EQ(heard("{\"step\":1,\"accuracy\":0.5}\n", position, "accuracy"), "e1:0.5/nan/nan ");
}

TEST(LogReader, SeesWhatIsNotFinite) {
  LogPosition position;
  heard("{\"step\":1,\"val_loss\":NaN}\n", position);
  EXPECT_TRUE(position.not_finite);
  position = {};
  heard("{\"step\":1,\"train_loss\":\"Infinity\"}\n", position);
  EXPECT_TRUE(position.not_finite);
}

// DS-05: a file cut at every byte of its last line gives no error and no half a record, and what
// comes later is read once.
TEST(LogReader, ATornLineWaits) {
  const std::string first = "{\"step\":1,\"val_loss\":2.5}\n",
                    last = "{\"step\":2,\"val_loss\":1.5}\n";
  for (size_t cut = 0; cut < last.size(); ++cut) {
    const data::TempDir temp;
    const auto file = temp / "m.jsonl";
    append(file, first + last.substr(0, cut));
    LogPosition position;
    Heard sink;
    const LogReader reader("val_loss");
    reader.read(file, position, sink);
    EXPECT_EQ(sink.text, "e1:2.5/nan/nan ") << cut;
    reader.read(file, position, sink);
    append(file, last.substr(cut));
    reader.read(file, position, sink);
    reader.read(file, position, sink);
    EXPECT_EQ(sink.text, "e1:2.5/nan/nan e2:1.5/nan/nan ") << cut;
    EXPECT_EQ(position.problem, "");
  }
}

TEST(LogReader, AResumeSupersedesWhatLiesAboveIt) {
  LogPosition position;
  EXPECT_EQ(heard(R"({"step":10,"val_loss":3.5}
{"step":20,"val_loss":2.5}
{"event":"resume","from_step":10}
{"step":20,"val_loss":2.25}
)",
                  position),
            "e10:3.5/nan/nan e20:2.5/nan/nan r10 e20:2.25/nan/nan ");
  EXPECT_EQ(position.problem, "");
}

TEST(LogReader, AShorterFileIsReadAnew) {
  const data::TempDir temp;
  const auto file = temp / "m.jsonl";
  append(file, "{\"step\":1,\"val_loss\":2.5}\n{\"step\":2,\"val_loss\":1.5}\n");
  LogPosition position;
  Heard sink;
  LogReader("val_loss").read(file, position, sink);
  write_file_atomic(file, "{\"step\":1,\"val_loss\":2.25}\n");
  LogReader("val_loss").read(file, position, sink);
  EXPECT_EQ(sink.text, "e1:2.5/nan/nan e2:1.5/nan/nan r-1 e1:2.25/nan/nan ");
}

TEST(LogReader, SaysHowTheContractIsBroken) {
  const auto problem = [](const std::string& log) {
    LogPosition position;
    heard(log, position);
    return position.problem;
  };
  EXPECT_EQ(problem("{\"step\":1,\"val_loss\":2}\nepoch 3: loss 2.5\n"),
            "line 2 of metrics.jsonl is no JSON object");
  EXPECT_EQ(problem("{\"val_loss\":2}\n"), "line 1 of metrics.jsonl has no step");
  EXPECT_EQ(problem("{\"step\":-1,\"val_loss\":2}\n"), "line 1 of metrics.jsonl has no step");
  EXPECT_EQ(problem("{\"step\":5,\"val_loss\":2}\n{\"step\":4,\"val_loss\":2}\n"),
            "line 2 of metrics.jsonl goes back from step 5 to 4");
  EXPECT_EQ(problem("{\"event\":\"resume\"}\n"), "line 1 of metrics.jsonl resumes from no step");
}

}  // namespace
}  // namespace coldstart::study
