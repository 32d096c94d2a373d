// The saved inputs of the fuzz targets, each once.
#include "fuzz/saved_inputs.h"

void boxfeed_fuzz_csv(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_number(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_coco(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_voc(const std::uint8_t* data, std::size_t size);
void boxfeed_fuzz_yolo(const std::uint8_t* data, std::size_t size);

namespace {

template <typename Target>
void replay(const std::string& name, const Target& target) {
  fuzz::for_each_saved_input(
      name, 5, [&](const std::vector<std::uint8_t>& bytes) { CHECK_NOTHROW(target(bytes.data(), bytes.size())); });
}

}  // namespace

TEST_CASE("saved CSV inputs") { replay("csv", boxfeed_fuzz_csv); }
TEST_CASE("saved numbers") { replay("number", boxfeed_fuzz_number); }
TEST_CASE("saved COCO inputs") { replay("coco", boxfeed_fuzz_coco); }
TEST_CASE("saved VOC inputs") { replay("voc", boxfeed_fuzz_voc); }
TEST_CASE("saved YOLO inputs") { replay("yolo", boxfeed_fuzz_yolo); }
