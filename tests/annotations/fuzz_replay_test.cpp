// The saved inputs of the fuzz targets, each once.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.h"

void boxfeed_fuzz_csv(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_number(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_coco(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_voc(const std::uint8_t* data, std::size_t size);

namespace {

using Target = void (*)(const std::uint8_t*, std::size_t);

void replay(const std::string& name, Target target) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BOXFEED_TEST_DATA "/../fuzz/inputs/" + name)) {
    CAPTURE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    CHECK_NOTHROW(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
    ++count;
  }
  CHECK(count >= 5);
}

}  // namespace

TEST_CASE("saved CSV inputs") { replay("csv", boxfeed_fuzz_csv); }
TEST_CASE("saved numbers") { replay("number", boxfeed_fuzz_number); }
TEST_CASE("saved COCO inputs") { replay("coco", boxfeed_fuzz_coco); }
TEST_CASE("saved VOC inputs") { replay("voc", boxfeed_fuzz_voc); }
