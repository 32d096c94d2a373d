// Reads a CSV (image, x, y, h, w) and prints the shapes of its batches. Usage: quickstart CSV IMAGES
#include <boxfeed/boxfeed.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: quickstart CSV IMAGES\n";
    return 2;
  }
  try {
    boxfeed::CsvDataset dataset(argv[1], argv[2], boxfeed::DatasetOptions().image_size({244, 244}).channels(3));
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
        dataset, boxfeed::DataLoaderOptions(20).workers(2).seed(7));
    std::cout << *dataset.size() << " examples in " << loader->size() << " batches\n";
    for (auto& batch : *loader) {
      std::cout << "data " << batch.data.sizes() << ", target " << batch.target.sizes() << '\n';
    }
  } catch (const boxfeed::Error& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
