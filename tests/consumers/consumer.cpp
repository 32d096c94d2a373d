#include <boxfeed/boxfeed.h>

#include <cstring>
#include <fstream>
#include <iostream>

int main() {
  if (std::strcmp(boxfeed_version(), BOXFEED_VERSION) != 0) return 1;
  std::ofstream("consumer.csv") << "image,x,y,h,w\nmissing.jpg,1,2,3,4\n";
  boxfeed::CsvDataset dataset("consumer.csv", ".", boxfeed::DatasetOptions().image_size({48, 64}));
  try {
    dataset.get(0);
  } catch (const boxfeed::ImageError& error) {
    std::cout << error.what() << '\n';
    return error.reason() == boxfeed::Reason::kNotFound && *dataset.size() == 1 ? 0 : 1;
  }
  return 1;
}
