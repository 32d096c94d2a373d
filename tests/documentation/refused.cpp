// What the guide on errors shows of programs that the compiler refuses, each with the sentence that it says.
#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

//! [dataset]
// refused: its first argument is no dataset. Derive it from torch::data::datasets::Dataset and give it get(index)
struct Pictures {
  torch::optional<std::size_t> size() const { return 10; }
};
void load_pictures() { auto loader = boxfeed::make_data_loader(Pictures(), boxfeed::DataLoaderOptions(20)); }
//! [dataset]

//! [collation]
// refused: the collation or transform that is mapped on this dataset takes another type of batch than the dataset gives
void load_detections(const boxfeed::DetectionDataset& dataset) {
  auto loader = boxfeed::make_data_loader(boxfeed::DetectionDataset(dataset).map(torch::data::transforms::Stack<>()),
                                          boxfeed::DataLoaderOptions(20));
}
//! [collation]

//! [sampler]
// refused: this sampler is of the wrong kind for the dataset
void load_a_stream(const boxfeed::CsvDataset& dataset) {
  auto loader = boxfeed::make_data_loader(dataset, torch::data::samplers::StreamSampler(100), 20);
}
//! [sampler]

//! [loop]
// refused: a loop over *make_data_loader(...) would outlive the loader. Keep it in a variable
void train(const boxfeed::CsvDataset& dataset) {
  for (auto& batch : *boxfeed::make_data_loader(dataset, 20)) static_cast<void>(batch);
}
//! [loop]
