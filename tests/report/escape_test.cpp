#include "coldstart/report/escape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace coldstart::report {
namespace {

TEST(Escape, HtmlIsText) {
  EXPECT_EQ(html("<b a='1' b=\"2\">&"), "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;");
  EXPECT_EQ(html("gr\xC3\xBC\xC3\x9F\n"), "gr\xC3\xBC\xC3\x9F\n");
}

TEST(Escape, BadBytesAreReplaced) {
  const std::string sign = "\xEF\xBF\xBD";
  EXPECT_EQ(html(std::string("a\0b\x1B\x7F", 5)), "a" + sign + "b" + sign + sign);
  for (const char* bad : {"\xFF", "\xC3", "\xED\xA0\x80", "\xC0\xAF", "\xF5\x80\x80\x80"})
    EXPECT_TRUE(html(bad).starts_with(sign)) << bad;
  EXPECT_EQ(html("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

// Inside <script> nothing may end it or begin a comment; read back it is the same text.
TEST(Escape, JsonStaysInsideItsScript) {
  const std::string hostile = "</script><!--\\\"\n\t' & \xE2\x80\xA8\xE2\x80\xA9 x";
  const std::string text = json_string(hostile);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(text.find('>'), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xA8"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text).get<std::string>(), hostile);
}

TEST(Escape, NumbersKeepAllTheirDigits) {
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1e300, -2.0, 4.1}) {
    EXPECT_EQ(nlohmann::json::parse(json_number(value)).get<double>(), value);
  }
  EXPECT_EQ(json_number(NAN), "null");
  EXPECT_EQ(json_number(INFINITY), "null");
}

TEST(Escape, MarkdownIsText) {
  EXPECT_EQ(markdown("a|b\n<i>*x*[y](z)"), "a\\|b &lt;i&gt;\\*x\\*\\[y\\](z)");
}

}  // namespace
}  // namespace coldstart::report
