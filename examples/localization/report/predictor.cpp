#include "report/predictor.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/write_png.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "data/data_sets.h"
#include "report/picture.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using boxfeed::Reason;

/// An image to be looked at.
struct Input {
  std::string folder;
  std::string name;       ///< relative to the folder: what stands in the CSV
  bool optional = false;  ///< found in a folder rather than asked for
};

std::vector<Input> list_folder(const std::string& folder) {
  std::vector<Input> inputs;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file(error)) inputs.push_back({folder, it->path().filename().string(), true});
  }
  if (error) throw boxfeed::Error(Reason::kIoRead, "cannot list " + boxfeed::quoted(folder) + ": " + error.message());
  std::sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.name < b.name; });
  return inputs;
}

std::vector<Input> list_inputs(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const auto& path : paths) {
    if (fs::is_directory(path)) {
      for (auto& input : list_folder(path)) inputs.push_back(std::move(input));
    } else {
      inputs.push_back({".", path});
    }
  }
  return inputs;
}

bool is_no_image(const boxfeed::Error& error) {
  return error.reason() == Reason::kUnknownFormat || error.reason() == Reason::kFormatNotAllowed ||
         error.reason() == Reason::kEmptyFile;
}

/// A name for the picture of an image that no other picture has.
std::string picture_name(const Input& input, std::set<std::string>& taken) {
  const std::string stem = fs::path(input.name).filename().string();
  std::string name = stem + ".png";
  for (int number = 2; !taken.insert(name).second; ++number) name = stem + "-" + std::to_string(number) + ".png";
  return name;
}

/// A network and what it needs to look at photographs.
class Predictor {
 public:
  Predictor(TrainedModel model, torch::Device device) : model_(std::move(model)), device_(device) {
    model_.network->to(device);
    model_.network->eval();
  }

  /// The box in pixels of the photograph, which has this size.
  boxfeed::Box operator()(const Input& input, boxfeed::ImageSize photograph) {
    const torch::NoGradGuard no_grad;
    auto dataset = unlabeled_data_set({input.name}, input.folder, model_.description.preprocessing);
    const auto boxes = model_.network(dataset.get(0).data.unsqueeze(0).to(device_)).cpu();
    return box_in_photograph(model_.description.preprocessing.pipeline, photograph, box_at(boxes, 0));
  }

 private:
  TrainedModel model_;
  torch::Device device_;
};

}  // namespace

std::string csv_cell(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(",;\"\r\n\t") == std::string::npos &&
                     std::string("=+-@ ").find(text.front()) == std::string::npos && text.back() != ' ';
  if (plain) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

std::size_t predict(TrainedModel model, const std::vector<std::string>& paths, torch::Device device,
                    const RunFolder& folder, Console& console) {
  Predictor predictor(std::move(model), device);
  const auto inputs = list_inputs(paths);
  std::string csv = "image,x,y,h,w\n";
  std::set<std::string> taken;
  std::size_t done = 0, left_out = 0, failed = 0;
  for (const auto& input : inputs) {
    console.progress("predicting", done + left_out + failed, inputs.size());
    try {
      const Picture picture = PictureReader(input.folder, true).read(input.name, 0);
      const boxfeed::Box box = predictor(input, picture.original);
      char numbers[128];
      std::snprintf(numbers, sizeof numbers, ",%.2f,%.2f,%.2f,%.2f\n", double(box.xmin), double(box.ymin),
                    double(box.height()), double(box.width()));
      csv += csv_cell(input.name) + numbers;
      boxfeed::write_png(folder / picture_name(input, taken),
                         boxfeed::draw_bounding_boxes(picture.image, {{box, {230, 0, 0}}}));
      ++done;
    } catch (const boxfeed::Error& error) {
      if (error.reason() == Reason::kIoWrite || error.reason() == Reason::kNoSpace) throw;
      if (input.optional && is_no_image(error)) {
        ++left_out;
      } else {
        ++failed;
        std::fprintf(stderr, "localize: %s\n", error.what());
      }
    }
  }
  boxfeed::write_file(folder / "boxes.csv", csv);
  console.line(std::to_string(done) + " images, " + std::to_string(left_out) + " other files left out, " +
               std::to_string(failed) + " failed: " + folder.path());
  return failed;
}

}  // namespace localization
