// Data that cannot be used, and what the library says of them.
#include <boxfeed/boxfeed.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>

void shown(const std::string& title, const std::function<void()>& action) {
  std::cout << "== " << title << '\n';
  try {
    action();
  } catch (const std::exception& error) {  // boxfeed::Error for data, std::invalid_argument for wrong options
    std::cout << error.what() << '\n';
  }
}

int main() {
  std::ofstream("rows.csv") << "image,x,y,h,w\nscene-00001.jpg,10,20,30,12px\nscene-00002.jpg,10,20,30\n";
  shown("rows that cannot be read", [] { boxfeed::CsvDataset("rows.csv", "data/images"); });

  std::ofstream("names.csv") << "image,top,lefft,hight,wide\nscene-00001.jpg,10,20,30,40\n";
  shown("columns by other names", [] {
    boxfeed::CsvDataset("names.csv", "data/images", {}, boxfeed::CsvOptions().box({"left", "top", "height", "width"}));
  });

  std::ofstream("fractions.csv") << "image,x,y,h,w\nscene-00001.jpg,0.1,0.2,0.5,0.25\n";
  shown("fractions of the image", [] { boxfeed::CsvDataset("fractions.csv", "data/images"); });

  std::ofstream("outside.csv") << "image,x,y,h,w\nscene-00001.jpg,10,20,30,4000\n";
  shown("a box that leaves its image", [] { boxfeed::CsvDataset("outside.csv", "data/images").get(0); });
  shown("the same, clipped", [] {
    boxfeed::CsvDataset data(
        "outside.csv", "data/images",
        boxfeed::DatasetOptions().box_policy(boxfeed::BoxPolicy().outside(boxfeed::BoxAction::kFix)));
    data.get(0);
    std::cout << data.box_report().summary() << '\n';
  });

  std::ofstream("text.jpg") << "this is no picture";
  std::filesystem::copy("data/images/scene-00001.jpg", ".", std::filesystem::copy_options::overwrite_existing);
  std::ofstream("files.csv") << "image,x,y,h,w\nmissing.jpg,1,2,3,4\ntext.jpg,1,2,3,4\nscene-00001.jpg,10,20,100,100\n";
  const boxfeed::CsvDataset data("files.csv", ".", boxfeed::DatasetOptions().image_size({32, 32}));
  using boxfeed::samplers::SequentialSampler;
  shown("files that are no pictures", [&] {
    auto loader = boxfeed::make_data_loader<SequentialSampler>(data, boxfeed::DataLoaderOptions(1));
    for (auto& batch : *loader) std::cout << batch.data.sizes() << '\n';
  });
  shown("the same, left out", [&] {
    auto loader = boxfeed::make_data_loader<SequentialSampler>(
        data, boxfeed::DataLoaderOptions(3).error_policy(boxfeed::ErrorPolicy::kSkip).max_errors(2));
    for (auto& batch : *loader) std::cout << batch.data.sizes() << '\n';
    for (const auto& error : loader->errors()) {
      std::cout << reason_name(*error.reason) << ", example " << *error.index << ": " << error.path << '\n';
    }
  });
  shown("more of it than is allowed", [&] {
    auto loader = boxfeed::make_data_loader<SequentialSampler>(
        data, boxfeed::DataLoaderOptions(3).error_policy(boxfeed::ErrorPolicy::kSkip).max_errors(1));
    for (auto& batch : *loader) std::cout << batch.data.sizes() << '\n';
  });
  std::ofstream("small.csv") << "image,x,y,h,w\nscene-00001.jpg,10,20,3,4\n";
  shown("a box that becomes too small", [] {
    boxfeed::CsvDataset("small.csv", "data/images", boxfeed::DatasetOptions().image_size({32, 32})).get(0);
  });
  shown("all that is wrong with a file, at once", [] {
    std::vector<boxfeed::AnnotationProblem> problems;
    const auto table = boxfeed::read_csv("rows.csv", {}, problems);
    for (const auto& problem : problems) std::cout << problem.place() << ' ' << reason_name(problem.reason) << '\n';
    std::cout << table.size() << " rows can be used\n";
  });
  shown("options that cannot be", [] {
    boxfeed::CsvDataset("data/data.csv", "data/images", boxfeed::DatasetOptions().mean({123.7F, 116.3F, 103.5F}));
  });
  shown("a state of another order", [] {
    const boxfeed::CsvDataset pictures("data/data.csv", "data/images");
    auto first = boxfeed::make_data_loader(pictures, boxfeed::DataLoaderOptions(20).seed(1));
    auto second = boxfeed::make_data_loader(pictures, boxfeed::DataLoaderOptions(10).seed(2));
    second->load_state(first->state());
  });
}
