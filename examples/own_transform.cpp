// A geometric and a color transform of one's own in a dataset. Usage: own_transform CSV IMAGES
#include <boxfeed/boxfeed.h>

#include <iostream>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

namespace {

/// Makes the image warmer, at its final size. A class has options, which are checked, and stands with them in a
/// pipeline's text.
class Warm : public boxfeed::transforms::ColorTransform {
 public:
  explicit Warm(double most) : most_(most) {}
  std::string name() const override { return "Warm"; }
  void fields(boxfeed::transforms::FieldVisitor& visitor) override { visitor.field("most", most_, {0, 255}); }
  std::optional<boxfeed::transforms::DrawnColor> draw(boxfeed::Random& random) const override {
    boxfeed::transforms::DrawnColor drawn;
    const double by = random.uniform(0, most_);
    drawn.function = [by](cv::Mat& image) { cv::add(image, cv::Scalar(by, 0, -by), image); };
    drawn.parameters = {{"by", {by}}};
    return drawn;
  }

 private:
  double most_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: own_transform CSV IMAGES\n";
    return 2;
  }
  // Leans the image to one side. It says where the plane goes; pixels, boxes and keypoints all go there.
  const boxfeed::transforms::LambdaGeometry lean(
      "Lean", [](const boxfeed::transforms::SampleGeometry& sample, boxfeed::Random& random) {
        const double by = random.uniform(-0.2, 0.2), middle = static_cast<double>(sample.size.height) / 2;
        return boxfeed::transforms::DrawnMap{
            boxfeed::PlaneMap({1, by, -by * middle, 0, 1, 0, 0, 0, 1}), sample.size, {{"by", {by}}}};
      });
  try {
    const boxfeed::transforms::Pipeline pipeline(
        {boxfeed::transforms::RandomHorizontalFlip(), boxfeed::transforms::KeepBoundingBoxes({lean}), Warm(40)});
    boxfeed::CsvDataset dataset(argv[1], argv[2], boxfeed::DatasetOptions().image_size({244, 244}).pipeline(pipeline));
    std::cout << dataset.plan({/*seed=*/7, /*epoch=*/0, 0}).explain();
    auto loader = boxfeed::make_data_loader(dataset, boxfeed::DataLoaderOptions(20).workers(2).seed(7));
    for (auto& batch : *loader) std::cout << "data " << batch.data.sizes() << '\n';
  } catch (const boxfeed::Error& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
