#include "coldstart/io/event_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/io/protobuf.h"
#include "tests/io/event_writer.h"

namespace coldstart::io {
namespace {

EventFile parse(const std::string& bytes) {
  return parse_event_file(std::as_bytes(std::span(bytes)), "events");
}

// A TensorProto: its type, and the rest of it.
std::string tensor(uint64_t type, const std::string& rest) {
  return field_bytes(8, varint(1 << 3) + varint(type) + rest);
}

TEST(Crc32c, GivesThePublishedValue) {
  const std::string text = "123456789";  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::as_bytes(std::span(text))), 0xE3069283U);
  const std::string zeros(32, '\0');
  EXPECT_EQ(crc32c(std::as_bytes(std::span(zeros))), 0x8A9136AAU);
}

TEST(EventFile, ReadsSimpleValuesAndTensors) {
  const auto bits = [](double value) { return std::bit_cast<uint64_t>(value); };
  const EventFile file =
      parse(record(varint(3 << 3 | 2) + varint(13) + "brain.Event:2") +
            scalar(10, "train/loss", 4.5F, 7.0) +
            record(event(20, "float",
                         tensor(1, field_bytes(4, little(std::bit_cast<uint32_t>(0.5F), 4))))) +
            record(event(20, "double", tensor(2, field_bytes(6, little(bits(0.1), 8))))) +
            record(event(20, "int", tensor(9, varint(10 << 3) + varint(7)))) +
            record(event(20, "packed", tensor(9, field_bytes(10, varint(8))))) +
            record(event(20, "half", tensor(19, field_bytes(4, little(0x3C00, 2))))) +
            record(event(20, "bfloat16", tensor(14, field_bytes(4, little(0x4000, 2))))));
  ASSERT_EQ(file.scalars.size(), 7u);
  EXPECT_EQ(file.records, 8);
  EXPECT_FALSE(file.cut_off);
  EXPECT_EQ(file.scalars[0].tag, "train/loss");
  EXPECT_EQ(file.scalars[0].step, 10);
  EXPECT_EQ(file.scalars[0].wall_time, 7.0);
  const double expected[] = {4.5, 0.5, 0.1, 7, 8, 1, 2};
  for (size_t i = 0; i < 7; ++i)
    EXPECT_EQ(file.scalars[i].value, expected[i]) << file.scalars[i].tag;
  EXPECT_TRUE(file.scalars[0].single);
  EXPECT_FALSE(file.scalars[2].single);
}

TEST(EventFile, PassesOverWhatIsNoScalar) {
  const EventFile file =
      parse(record(event(1, "histogram", field_bytes(5, "xx"))) +
            record(event(1, "two", tensor(1, field_bytes(4, std::string(8, 'a'))))) +
            record(event(1, "text", tensor(7, field_bytes(8, "hello")))));
  EXPECT_TRUE(file.scalars.empty());
  EXPECT_EQ(file.records, 3);
}

// A program that was killed leaves a torn record: everything before it counts, at every length.
TEST(EventFile, ReadsAFileThatIsCutAnywhere) {
  const std::string whole = scalar(1, "a", 1) + scalar(2, "a", 2);
  const size_t first = scalar(1, "a", 1).size();
  for (size_t length = first; length < whole.size(); ++length) {
    const EventFile file = parse(whole.substr(0, length));
    EXPECT_EQ(file.scalars.size(), 1u) << length;
    EXPECT_EQ(file.cut_off, length > first) << length;
  }
}

TEST(EventFile, SeesEveryFlippedByte) {
  const std::string whole = scalar(1, "a", 1);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_THROW(parse(damaged), DataError) << i;
  }
  EXPECT_THROW(parse("this is some text and no event file"), DataError);
  EXPECT_THROW(parse("short"), DataError);
  EXPECT_TRUE(parse("").scalars.empty());
}

TEST(Protobuf, RefusesDamagedMessages) {
  for (const std::string& bad :
       {std::string("\x80"), std::string("\x0A\x05") + "abc", std::string("\x0D\x01\x02"),
        std::string("\x0B"), std::string("\x00\x01", 2), std::string(11, '\xFF')}) {
    WireReader reader(std::as_bytes(std::span(bad)));
    WireField field;
    while (reader.next(field)) {
    }
    EXPECT_TRUE(reader.damaged());
  }
}

}  // namespace
}  // namespace coldstart::io
