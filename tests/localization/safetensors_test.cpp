#include "model/safetensors.h"

#include <stdexcept>

#include "support/catch.h"
#include "support/error_of.h"

using boxfeed::Reason;
using localization::format_safetensors;
using localization::parse_safetensors;
using localization::Safetensors;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

/// A file with this header and this data.
std::string file_of(const std::string& header, const std::string& data = "") {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(header.size() >> shift & 0xFFU);
  return bytes + header + data;
}

void refused(const std::string& bytes, Reason reason, const std::string& message) {
  CAPTURE(bytes, message);
  try {
    parse_safetensors(bytes, "w.safetensors");
    FAIL("it was read");
  } catch (const boxfeed::Error& error) {
    CHECK(error.reason() == reason);
    CHECK(error.path() == "w.safetensors");
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("\"w.safetensors\""));
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring(message));
  }
}

void refused(const std::string& header, const std::string& data, const std::string& message) {
  refused(file_of(header, data), Reason::kSyntax, message);
}

}  // namespace

TEST_CASE("safetensors: a file is read as the format's description says") {
  // Made by hand; spaces behind the header are allowed.
  const auto bytes = file_of(R"({"b":{"dtype":"F32","shape":[1,2],"data_offsets":[2,10]},)"
                             R"("__metadata__":{"format":"pt"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                             R"("scalar":{"dtype":"BOOL","shape":[],"data_offsets":[10,11]},)"
                             R"("none":{"dtype":"I64","shape":[3,0],"data_offsets":[10,10]}}   )",
                             "xy12345678\1");
  const auto file = parse_safetensors(bytes, "w");
  REQUIRE(file.entries.size() == 4);
  CHECK(file.entries[0].name == "a");
  CHECK(file.entries[0].data == "xy");
  CHECK(file.entries[1].name == "b");
  CHECK(file.entries[1].dtype == "F32");
  CHECK(file.entries[1].shape == std::vector<std::int64_t>{1, 2});
  CHECK(file.entries[1].data == "12345678");
  CHECK(file.entries[2].name == "none");
  CHECK(file.entries[2].shape == std::vector<std::int64_t>{3, 0});
  CHECK(file.entries[2].data.empty());
  CHECK(file.entries[3].shape.empty());
  CHECK(file.entries[3].data == "\1");
  CHECK(file.metadata == std::map<std::string, std::string>{{"format", "pt"}});
}

TEST_CASE("safetensors: what is written is read again, the larger numbers first") {
  Safetensors file;
  file.metadata = {{"epoch", "7"}, {"what", "\"ä\"\n"}};
  file.entries = {
      {"mask", "BOOL", {3}, "\0\1\0"sv}, {"half", "BF16", {2, 1}, "abcd"}, {"count", "I64", {}, "12345678"}};
  const std::string bytes = format_safetensors(file);
  CHECK(bytes.size() % 8 == 7);  // 15 bytes behind a header that ends at a multiple of 8
  const auto again = parse_safetensors(bytes, "w");
  CHECK(again.metadata == file.metadata);
  REQUIRE(again.entries.size() == 3);
  CHECK(again.entries[0].name == "count");
  CHECK(again.entries[1].name == "half");
  CHECK(again.entries[1].shape == std::vector<std::int64_t>{2, 1});
  CHECK(again.entries[1].data == "abcd");
  CHECK(again.entries[2].data == "\0\1\0"sv);
  CHECK(parse_safetensors(format_safetensors({}), "w").entries.empty());
}

TEST_CASE("safetensors: nothing is written that would not be read") {
  const auto refuses = [](std::vector<localization::SafetensorsEntry> entries, const std::string& message) {
    Safetensors file;
    file.entries = std::move(entries);
    CHECK_THROWS_WITH(format_safetensors(file), Catch::Matchers::ContainsSubstring(message));
    CHECK_THROWS_AS(format_safetensors(file), std::invalid_argument);
  };
  refuses({{"a", "U8", {1}, "x"}, {"a", "U8", {1}, "x"}}, "\"a\" stands twice");
  refuses({{"__metadata__", "U8", {1}, "x"}}, "\"__metadata__\" stands twice");
  refuses({{"a", "F32", {1}, "x"}}, "expected 4 bytes");
  refuses({{"a", "F8", {1}, "x"}}, "expected the dtype");
}

TEST_CASE("safetensors: a header that is none is refused") {
  refused("", Reason::kTruncated, "got a file of 0 bytes");
  refused("\x02\0\0\0\0\0\0"s, Reason::kTruncated, "got a file of 7 bytes");
  refused("\x03\0\0\0\0\0\0\0{}"s, Reason::kTruncated, "expected a header of 3 bytes, got a file of 10 bytes");
  refused("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF{}"s, Reason::kSyntax, "got 18446744073709551615");
  refused("\x01\xE1\xF5\x05\0\0\0\0{}"s, Reason::kSyntax, "got 100000001");
  refused("PK\3\4 a zip archive", Reason::kSyntax, "expected a safetensors file");
  refused(file_of(""), Reason::kSyntax, "begins with {");
  refused(" {}", "", "begins with {");
  refused("[]", "", "begins with {");
  refused("{", "", "expected a header in JSON");
  refused("{} x", "", "expected a header in JSON");
  refused("{}\0"s, "", "expected a header without NUL");
  refused("{\"\xFF\":1}", "", "expected a header in JSON");
  refused(R"({"a":{"b":{"c":{"d":{}}}}})", "", "at most three levels");
  refused("{" + std::string(100000, '['), "", "expected a header in JSON");
  refused(R"({"a":)" + std::string(100000, '['), "", "at most three levels");
}

TEST_CASE("safetensors: names that stand twice are refused") {
  const std::string a = R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  refused("{" + a + "," + a + "}", "x", "the name \"a\" stands twice");
  refused(R"({"__metadata__":{"k":"1","k":"2"}})", "", "the name \"k\" stands twice");
  refused(R"({"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}})", "x",
          "the name \"shape\" stands twice");
}

TEST_CASE("safetensors: an entry has three members of the right kind") {
  const auto entry = [](const std::string& members) { return R"({"a":{)" + members + "}}"; };
  refused(R"({"a":1})", "", "tensor \"a\": expected dtype, shape and data_offsets and nothing else");
  refused(entry(R"("dtype":"U8","shape":[1])"), "x", "and nothing else");
  refused(entry(R"("dtype":"U8","shape":[1],"data_offsets":[0,1],"more":0)"), "x", "and nothing else");
  refused(entry(R"("dtype":"U8","shape":[1],"offsets":[0,1])"), "x", "got no data_offsets");
  refused(entry(R"("dtype":8,"shape":[1],"data_offsets":[0,1])"), "x", "got dtype: 8");
  refused(entry(R"("dtype":"U8","shape":1,"data_offsets":[0,1])"), "x", "got shape: 1");
  refused(entry(R"("dtype":"U8","shape":[-1],"data_offsets":[0,1])"), "x", "expected sizes to be whole numbers");
  refused(entry(R"("dtype":"U8","shape":[1.0],"data_offsets":[0,1])"), "x", "expected sizes to be whole numbers");
  refused(entry(R"("dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1])"), "x", "got 9223372036854775808");
  refused(entry(R"("dtype":"U8","shape":[1],"data_offsets":[0])"), "x", "expected two data_offsets, got 1");
  refused(entry(R"("dtype":"U8","shape":[1],"data_offsets":[0,1e0])"), "x", "expected data_offsets to be whole");
  refused(entry(R"("dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1])"), "x",
          "at most 16 dimensions, got 17");
  refused(file_of(entry(R"("dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1])"), "x"), Reason::kUnsupported,
          R"(tensor "a": expected the dtype BOOL, U8, I32, I64, F16, BF16, F32 or F64, got "F8_E4M3")");
  refused(R"({"__metadata__":[]})", "", "expected __metadata__ to be texts by name");
  refused(R"({"__metadata__":{"k":1}})", "", "expected __metadata__ to be texts by name, got 1");
}

TEST_CASE("safetensors: lengths follow from shapes, and every byte of the data belongs to one tensor") {
  const auto one = [](const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
    return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  refused(one("[2]", "[0,4]"), "1234", "expected 8 bytes for F32 of shape [2], got data_offsets [0,4]");
  refused(one("[1]", "[4,0]"), "1234", "got data_offsets [4,0]");
  refused(one("[0]", "[0,4]"), "1234", "expected 0 bytes");
  refused(one("[4611686018427387904,2]", "[0,0]"), "", "more numbers than can be counted");
  refused(one("[4294967296,4294967296,4294967296,0]", "[0,4]"), "1234", "expected 0 bytes");
  refused(one("[1]", "[1,5]"), "12345", "expected data without gaps from byte 0 on, got data from byte 1 on");
  refused(one("[1]", "[0,4]"), "12345", "expected 4 bytes of data, as the header says, got 5");
  refused(one("[2]", "[0,2]", "BOOL"), "\1\2", "expected the bytes 0 and 1 for BOOL");
  refused(file_of(one("[2]", "[0,8]"), "1234567"), Reason::kTruncated, "expected data up to byte 8, got 7 bytes");
  refused(file_of(one("[1000000000000]", "[0,4000000000000]"), "1234"), Reason::kTruncated,
          "expected data up to byte 4000000000000");
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + first +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + second + "}}";
  };
  refused(two("[0,2]", "[1,3]"), "123", "expected data without overlaps from byte 2 on, got data from byte 1 on");
  refused(two("[0,2]", "[0,2]"), "12", "expected data without overlaps");
  refused(two("[0,2]", "[3,5]"), "12345", "expected data without gaps from byte 2 on");
  CHECK(parse_safetensors(file_of(two("[2,4]", "[0,2]"), "1234"), "w").entries[0].name == "b");
}

TEST_CASE("safetensors: a file cut anywhere is refused") {
  Safetensors file;
  file.entries = {{"a", "F32", {2}, "12345678"}, {"b", "U8", {1}, "x"}};
  const std::string bytes = format_safetensors(file);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(parse_safetensors(std::string_view(bytes).substr(0, size), "w"), boxfeed::Error);
  }
}
