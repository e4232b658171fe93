#include "coldstart/report/verdict_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"

namespace coldstart::report {
namespace {

TEST(VerdictJson, HoldsAllAndNamesWhatIsNotThereNull) {
  plan::Verdict verdict{
      .rule = "TD-12",
      .label = "MAYBE_TOO_SHORT",
      .text = "5 of 5",
      .evidence = {{.id = "E1", .what = "gain", .value = {.mid = 0.5}, .threshold = INFINITY}},
      .warnings = {"W-STINGY: x"},
      .standing = plan::Standing::refused};
  const auto json = nlohmann::json::parse(verdict_json(verdict));
  EXPECT_EQ(json["label"], "MAYBE_TOO_SHORT");
  EXPECT_EQ(json["standing"], "refused");
  EXPECT_EQ(json["evidence"][0]["value"], nlohmann::json::parse("[null, 0.5, null]"));
  EXPECT_TRUE(json["evidence"][0]["threshold"].is_null());
  EXPECT_EQ(json["evidence"][0]["threshold_basis"], "ours");
  EXPECT_EQ(json["warnings"][0], "W-STINGY: x");
  EXPECT_TRUE(json["length_fraction"].is_null());
}

TEST(VerdictJson, TextThatIsNoUtf8IsStillJson) {
  const plan::Verdict verdict{.rule = "TD-10", .label = "KEEP", .text = "\xff"};
  EXPECT_EQ(nlohmann::json::parse(verdict_json(verdict))["label"], "KEEP");
}

TEST(VerdictJson, IsReadBack) {
  const plan::Verdict verdict{.rule = "TD-12",
                              .label = "TOO_LONG",
                              .text = "5 of 5",
                              .evidence = {{.id = "E1",
                                            .what = "gain",
                                            .value = {1, 2, 3},
                                            .threshold = 0.5,
                                            .basis = plan::Basis::measured,
                                            .vote = "SATURATED"}},
                              .warnings = {"W-STINGY: x"},
                              .valid_for = {"T = 200"},
                              .would_change = {"noise"},
                              .next = {"coldstart noise"},
                              .standing = plan::Standing::unstable,
                              .tags = {"STALE"},
                              .length_fraction = 0.25};
  const std::string json = verdict_json(verdict);
  EXPECT_EQ(verdict_json(parse_verdict(json, "x")), json);
  EXPECT_EQ(parse_verdict(json, "x").evidence[0].basis, plan::Basis::measured);
  EXPECT_EQ(parse_verdict(R"({"label":"A","text":"b","more":1})", "x").text, "b");
}

TEST(VerdictJson, WhatIsNoVerdictIsNamed) {
  for (const char* bad : {"", "{", "[]", "{\"label\":\"A\"}", "{\"label\":1,\"text\":2}"}) {
    try {
      parse_verdict(bad, "v.json");
      ADD_FAILURE() << bad;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("v.json"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace coldstart::report
