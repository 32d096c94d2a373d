// A dataset of one's own, loaded by threads that write each example straight into its row of the batch.
// Usage: own_dataset FRAMES, a file of gray pictures of 32 × 32 bytes, one after the other. The target is how bright
// each is.
#include <boxfeed/core/error.h>
#include <boxfeed/data/row_batch_builder.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>

//! [dataset]
/// It has a size, and makes what builds its batches: two rows, and a function that fills them.
struct Frames {
  static constexpr std::int64_t kBytes = 32 * 32;
  std::string path;

  torch::optional<std::size_t> size() const { return std::filesystem::file_size(path) / kBytes; }

  std::unique_ptr<boxfeed::RowBatchBuilder> make_batch_builder() const {
    return std::make_unique<boxfeed::RowBatchBuilder>(
        boxfeed::RowSpec{{1, 32, 32}, torch::kByte}, boxfeed::RowSpec{{1}, torch::kFloat},
        [this](const boxfeed::ExampleKey& key, void* data, void* target, boxfeed::StageTimes&) {
          std::ifstream file(path, std::ios::binary);
          file.seekg(static_cast<std::int64_t>(key.index) * kBytes);
          if (!file.read(static_cast<char*>(data), kBytes)) throw boxfeed::Error(boxfeed::Reason::kIoRead, path);
          const auto* pixels = static_cast<const std::uint8_t*>(data);
          *static_cast<float*>(target) = std::accumulate(pixels, pixels + kBytes, 0.0F) / kBytes;
        });
  }
};
static_assert(boxfeed::is_batch_buildable_v<Frames>, "a misspelt method would only be slow");
//! [dataset]

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: own_dataset FRAMES\n";
    return 2;
  }
  try {
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
        Frames{argv[1]}, boxfeed::DataLoaderOptions(4).workers(2));
    for (auto& batch : *loader) {
      std::cout << "data " << batch.data.sizes() << ", target";
      for (std::int64_t i = 0; i < batch.target.size(0); ++i) std::cout << ' ' << batch.target[i].item<float>();
      std::cout << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
