#include "coldstart/core/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart {

enum class Colour : uint8_t { red, green };
template <>
struct EnumText<Colour> {
  static constexpr auto names =
      enum_names<Colour>({{Colour::red, "red"}, {Colour::green, "green"}});
};

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Paint {
  int64_t layers = 2;
  double gloss = 0.5;
  bool dry = false;
  std::string name = "wall";
  Colour colour = Colour::red;
  Length warmup = Length::of_percent(2);
  std::vector<int64_t> at = {1, 2};

  template <class V>
  void fields(V&& v) {
    v("layers", layers, {"coats", between(1, 9)});
    v("gloss", gloss, {"shine", from_to_below(0, 1)});
    v("dry", dry, {"wait"});
    v("name", name, {"what"});
    v("colour", colour, {"which"});
    v("warmup", warmup, {"slow start"});
    v("at", at, {"moments", at_least(0)});
  }
};

struct Brush {
  int64_t width = 3;
  std::string name;

  template <class V>
  void fields(V&& v) {
    v("width", width, {"broad", at_least(1)});
    v("name", name, {"maker"});
  }
};

struct Fixture : testing::Test {
  Paint paint;
  Brush brush;
  FieldList list;

  Fixture() {
    list.add("paint", paint);
    list.add("brush", brush);
  }
  void flag(const std::string& name, const std::string& text) {
    list.find(name, "test").set_text(text, "--" + name);
  }
  std::string refusal(const std::string& name, const std::string& text) {
    try {
      flag(name, text);
    } catch (const ConfigError& error) {
      return error.message();
    }
    return "accepted";
  }
  std::string typed_refusal(const std::string& name, FieldValue value) {
    try {
      list.apply(std::vector<Setting>{{"", name, std::move(value), "f.toml:7"}});
    } catch (const ConfigError& error) {
      return error.message();
    }
    return "accepted";
  }
};

using Fields = Fixture;

TEST_F(Fields, EveryTypeIsSetFromText) {
  flag("layers", "7");
  flag("gloss", "0.25");
  flag("dry", "true");
  flag("paint.name", "door");
  flag("colour", "green");
  flag("warmup", "30");
  flag("at", "5,60,700");
  EXPECT_EQ(paint.layers, 7);
  EXPECT_EQ(paint.gloss, 0.25);
  EXPECT_TRUE(paint.dry);
  EXPECT_EQ(paint.name, "door");
  EXPECT_EQ(paint.colour, Colour::green);
  EXPECT_EQ(paint.warmup, Length::of_steps(30));
  EXPECT_THAT(paint.at, ElementsAre(5, 60, 700));
  flag("at", "");
  EXPECT_TRUE(paint.at.empty());
  flag("warmup", "0.5 epochs");
  EXPECT_EQ(paint.warmup, Length::of_epochs(0.5));
  EXPECT_EQ(value_text(list.find("warmup", "").value()), "0.5 epochs");
}

TEST_F(Fields, NumbersAreParsedWholeOrRefused) {
  for (const char* text : {"3x", "", " 3", "3 ", "1e3", "3.0", "0x10", "99999999999999999999"})
    EXPECT_THAT(refusal("layers", text), HasSubstr("[--layers] paint.layers cannot be used; got '"))
        << text;
  for (const char* text : {"0.5x", "", "nan", "inf", "1,5", "-"})
    EXPECT_THAT(refusal("gloss", text), HasSubstr("expected a number, at least 0, below 1"))
        << text;
  for (const char* text : {"5,,6", "5,", ",5", "5 6", "a"})
    EXPECT_NE(refusal("at", text), "accepted") << text;
  for (const char* text : {"0.05", "101%", "-3", "-3%", "%", "2%%", "nan%"})
    EXPECT_NE(refusal("warmup", text), "accepted") << text;
  for (const char* text : {"yes", "1", "True", ""})
    EXPECT_THAT(refusal("dry", text), HasSubstr("expected true or false")) << text;
  EXPECT_EQ(paint.layers, 2) << "a refused value changes nothing";
}

TEST_F(Fields, RangesIncludeAndExcludeTheirEnds) {
  EXPECT_EQ(refusal("layers", "1"), "accepted");
  EXPECT_EQ(refusal("layers", "9"), "accepted");
  EXPECT_THAT(refusal("layers", "0"), HasSubstr("got 0, expected an integer, 1 to 9"));
  EXPECT_NE(refusal("layers", "10"), "accepted");
  EXPECT_EQ(refusal("gloss", "0"), "accepted");
  EXPECT_NE(refusal("gloss", "1"), "accepted");
  EXPECT_NE(refusal("at", "4,-1"), "accepted");
  EXPECT_FALSE(above(0).contains(0));
  EXPECT_TRUE(above(0).contains(1e-300));
}

TEST_F(Fields, TypedValuesMustHaveTheRightType) {
  EXPECT_EQ(typed_refusal("gloss", int64_t{0}), "accepted") << "an integer is a number";
  EXPECT_THAT(typed_refusal("layers", 3.0), HasSubstr("[f.toml:7] paint.layers"));
  EXPECT_NE(typed_refusal("layers", std::string("3")), "accepted");
  EXPECT_NE(typed_refusal("dry", int64_t{1}), "accepted");
  EXPECT_NE(typed_refusal("paint.name", int64_t{1}), "accepted");
  EXPECT_NE(typed_refusal("at", int64_t{1}), "accepted");
  EXPECT_NE(typed_refusal("colour", int64_t{1}), "accepted");
  EXPECT_THAT(typed_refusal("warmup", 0.02), HasSubstr("percent sign"));
  EXPECT_EQ(typed_refusal("warmup", int64_t{5}), "accepted");
}

TEST_F(Fields, UnknownNamesAndChoicesPointToTheNearest) {
  EXPECT_THAT(refusal("colour", "gren"), HasSubstr("hint: did you mean 'green'?"));
  EXPECT_THAT(refusal("layer", "3"), HasSubstr("did you mean 'layers'?"));
  EXPECT_THAT(refusal("paint.glos", "3"), HasSubstr("did you mean 'paint.gloss'?"));
  EXPECT_THAT(refusal("qqqqqqqqqq", "3"), HasSubstr("docs/options.md"));
}

TEST_F(Fields, ABareKeyWorksOnlyWhereOneTableHasIt) {
  EXPECT_EQ(refusal("width", "4"), "accepted");
  EXPECT_EQ(brush.width, 4);
  EXPECT_THAT(refusal("name", "x"), HasSubstr("write one of paint.name, brush.name"));
  EXPECT_EQ(list.short_name(list.find("paint.name", "")), "paint.name");
  EXPECT_EQ(list.short_name(list.find("brush.width", "")), "width");
}

TEST_F(Fields, SettingsGiveBackWhatTheyTook) {
  flag("gloss", "0.1");
  flag("colour", "green");
  flag("warmup", "0.5%");
  flag("at", "7,8");
  Paint other_paint;
  Brush other_brush;
  FieldList other;
  other.add("paint", other_paint);
  other.add("brush", other_brush);
  EXPECT_THAT(differences(other, list),
              ElementsAre("paint.gloss: 0.5 -> 0.1", "paint.colour: red -> green",
                          "paint.warmup: 2% -> 0.5%", "paint.at: 1,2 -> 7,8"));
  other.apply(list.settings());
  EXPECT_THAT(differences(other, list), testing::IsEmpty());
  EXPECT_EQ(other_paint.gloss, 0.1);
  EXPECT_EQ(other_paint.warmup, Length::of_percent(0.5));
}

struct Open {
  Auto<double> share;
  Auto<bool> fast;

  template <class V>
  void fields(V&& v) {
    v("share", share, {"how much", between(0, 1)});
    v("fast", fast, {"hurry"});
  }
};

TEST(FieldsAuto, IsAutoUntilItIsSet) {
  Open open;
  FieldList list;
  list.add("open", open);
  const Field &share = list.find("share", ""), &fast = list.find("fast", "");
  EXPECT_EQ(value_text(share.value()), "auto");
  share.set_text("0.25", "flag");
  fast.set(true, "file");
  EXPECT_EQ(open.share.value(), 0.25);
  EXPECT_TRUE(open.fast.value());
  EXPECT_EQ(value_text(share.value()), "0.25");
  share.set_text("auto", "flag");
  fast.set(std::string("auto"), "file");
  EXPECT_TRUE(open.share.is_open());
  EXPECT_TRUE(open.fast.is_open());
  share.set(int64_t{1}, "file");
  EXPECT_EQ(open.share.value(), 1) << "an integer is a number";
}

TEST(FieldsAuto, RefusesWhatItsTypeWould) {
  Open open;
  FieldList list;
  list.add("open", open);
  EXPECT_THROW(list.find("share", "").set_text("1.5", "flag"), ConfigError);
  EXPECT_THROW(list.find("share", "").set_text("otto", "flag"), ConfigError);
  EXPECT_THROW(list.find("fast", "").set_text("yes", "flag"), ConfigError);
  EXPECT_THROW(list.find("fast", "").set(0.5, "file"), ConfigError);
}

TEST(FieldsAuto, AFallbackNeverReplacesAChoice) {
  Auto<double> open, chosen = 2;
  open.otherwise(1);
  chosen.otherwise(1);
  EXPECT_EQ(open.value(), 1);
  EXPECT_EQ(chosen.value(), 2);
}

}  // namespace
}  // namespace coldstart
