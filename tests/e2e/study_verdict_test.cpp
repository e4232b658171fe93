// One function judges a study: `coldstart study verdict` and the page of the same study give the
// same verdicts in the same order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kSpec = R"(goal = "which optimizer"
config = "run.toml"
[[space]]
name = "optimizer.name"
role = "scientific"
choices = ["adamw", "lion_ar"]
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-3, 1e-1]
)";
constexpr const char* kRun = R"([model]
layers = 1
width = 16
heads = 2
context = 16
[data]
path = "text.txt"
[train]
steps = 30
batch_tokens = 64
eval_every = 5
eval_tokens = 64
)";

std::vector<std::string> verb_says(const data::TempDir& temp) {
  std::vector<std::string> said;
  std::istringstream lines(run_program({"study", "verdict", "s", "--json"}, temp.path()).out);
  for (std::string line; std::getline(lines, line);) {
    const auto verdict = nlohmann::json::parse(line);
    said.push_back(fmt::format("{} {}", verdict["label"].get<std::string>(),
                               verdict["rule"].get<std::string>()));
  }
  return said;
}

std::vector<std::string> page_says(const data::TempDir& temp) {
  const auto drawn = run_program({"study", "report", "s", "-o", "page.html"}, temp.path());
  EXPECT_EQ(drawn.status, 0) << drawn.err;
  const std::string page = read_file(temp / "page.html");
  const size_t start = page.find("<section id=\"verdicts\"");
  const std::string section = page.substr(start, page.find("</section>", start) - start);
  const std::regex heading(
      "<span class=\"label\">([^<]*)</span> <span class=\"rule\">([^<]*)</span>");
  std::vector<std::string> said;
  for (std::sregex_iterator at(section.begin(), section.end(), heading), end; at != end; ++at)
    said.push_back((*at)[1].str() + " " + (*at)[2].str());
  return said;
}

TEST(StudyVerdict, ThePageAndTheVerbAgree) {
  const data::TempDir temp;
  std::string spec = kSpec;
  for (const char* optimizer : {"adamw", "lion_ar"})
    for (const char* rate : {"2e-3", "5e-3", "2e-2"})
      spec += fmt::format("[[trial]]\n\"optimizer.name\" = \"{}\"\nlr = {}\n", optimizer, rate);
  write_file_atomic(temp / "spec.toml", spec);
  write_file_atomic(temp / "run.toml", kRun);
  write_file_atomic(temp / "text.txt", read_file(source_dir() / "LICENSE"));
  const auto made = run_program({"study", "new", "spec.toml", "-o", "s"}, temp.path());
  ASSERT_EQ(made.status, 0) << made.err;
  const auto run = run_program({"study", "run", "s", "--quiet"}, temp.path());
  ASSERT_EQ(run.status, 0) << run.err;
  const std::vector<std::string> said = verb_says(temp);
  for (const char* rule : {"SD-10", "IS-01", "AD-01", "TD-"})
    EXPECT_THAT(said, Contains(HasSubstr(rule)));
  EXPECT_EQ(said, page_says(temp));
}

}  // namespace
}  // namespace coldstart
