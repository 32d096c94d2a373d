#include "report/predictor.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/visual/write_png.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "data/data_sets.h"
#include "data/formatted.h"
#include "data/labels.h"
#include "data/option_words.h"
#include "report/picture.h"
#include "training/evaluation.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using boxfeed::Reason;

/// An image to be looked at.
struct Input {
  std::string folder;
  std::string name;       ///< relative to the folder
  std::string path;       ///< as it was given: what stands in the CSV
  bool optional = false;  ///< found in a folder rather than asked for
};

/// Whether it is a folder of images, or an archive of one.
bool is_folder(const std::string& path) {
  const auto extension = fs::path(path).extension();
  return fs::is_directory(path) || extension == ".tar" || extension == ".zip";
}

std::vector<Input> list_inputs(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const auto& path : paths) {
    if (is_folder(path)) {
      const std::string front = path.back() == '/' ? path : path + "/";
      for (const auto& name : boxfeed::list_files(path, {}, false)) inputs.push_back({path, name, front + name, true});
    } else {
      inputs.push_back({".", path, path});
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
  Predictor(SavedModel model, const boxfeed::DecodeOptions& decode, const Device& device)
      : model_(std::move(model)), decode_(decode), device_(device) {
    model_.network->to(device_.where);
    model_.network->eval();
  }

  const Target& target() const { return model_.description.target; }

  Labels operator()(const Input& input) {
    const torch::NoGradGuard no_grad;
    const auto& preprocessing = model_.description.preprocessing;
    auto dataset = unlabeled_photograph(input.name, input.folder, preprocessing, decode_);
    const auto images = to_input(dataset.get(0).data.unsqueeze(0), preprocessing, device_);
    const Autocast mixed(device_);
    return predicted_labels(on_cpu(model_.network(images)), 0, dataset.plan({0, 0, 0}), target());
  }

 private:
  SavedModel model_;
  boxfeed::DecodeOptions decode_;
  Device device_;
};

/// What is written below the picture beside what is drawn.
std::vector<std::string> caption(const Labels& labels, const Target& target) {
  std::vector<std::string> words;
  if (labels.class_id) words.push_back(target.classes.at(static_cast<std::size_t>(*labels.class_id)));
  for (std::size_t n = 0; n < labels.numbers.size(); ++n) {
    words.push_back(target.numbers[n].name + formatted(" %.4g", labels.numbers[n]));
  }
  return words;
}

}  // namespace

std::size_t predict(SavedModel model, const std::vector<std::string>& paths, const boxfeed::DecodeOptions& decode,
                    const Device& device, const RunFolder& folder, Console& console) {
  Predictor predictor(std::move(model), decode, device);
  const auto inputs = list_inputs(paths);
  std::string csv = csv_header(predictor.target());
  std::set<std::string> taken;
  std::size_t done = 0, left_out = 0, failed = 0;
  for (const auto& input : inputs) {
    console.progress("predicting", done + left_out + failed, inputs.size());
    try {
      const Picture picture = PictureReader(input.folder, true, decode).read(input.name, 0);
      const auto labels = predictor(input);
      csv += csv_row(input.path, labels, predictor.target());
      const auto image = captioned(drawn(picture, labels, kPredictionColor), caption(labels, predictor.target()));
      boxfeed::write_png(folder / picture_name(input, taken), image);
      ++done;
    } catch (const boxfeed::Error& error) {
      if (error.reason() == Reason::kIoWrite || error.reason() == Reason::kNoSpace) throw;
      if (input.optional && is_no_image(error)) {
        ++left_out;
      } else {
        ++failed;
        std::fprintf(stderr, "localize: %s\n", in_program_words(error.what()).c_str());
      }
    }
  }
  if (done + failed == 0) {
    throw boxfeed::Error(Reason::kEmptyFile, "expected images, found " + count_of(left_out, "other file") + " in " +
                                                 boxfeed::quoted(paths.front()));
  }
  boxfeed::write_file(folder / "predictions.csv", csv);
  console.line(std::to_string(done) + " images, " + std::to_string(left_out) + " other files left out, " +
               std::to_string(failed) + " failed: " + folder.path());
  return failed;
}

}  // namespace localization
