// Augments data/data.csv, and shows what that does to each picture and its box: augmented.png.
#include <boxfeed/boxfeed.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/write_png.h>

#include <fstream>
#include <iostream>

int main() {
  try {
    using namespace boxfeed::transforms;
    const Pipeline pipeline({RandomHorizontalFlip(), KeepBoundingBoxes({RandomAffine(15).scale({0.7, 1.3})}),
                             ColorJitter(0.3, 0.3, 0.3), RandomApply({GaussianBlur(5)}, 0.2)});
    const boxfeed::CsvDataset data("data/data.csv", "data/images",
                                   boxfeed::DatasetOptions().image_size({128, 128}).pipeline(pipeline));

    // What is drawn for an example is a function of (seed, epoch, index), which a loader counts up.
    const std::uint64_t seed = 7;
    std::vector<cv::Mat> pictures;
    for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
      for (std::size_t index = 0; index < 3; ++index) {
        const auto example = data.explain({seed, epoch, index});
        std::vector<boxfeed::DrawnBox> boxes;
        for (const auto& box : example.plan.boxes) boxes.push_back({box});
        pictures.push_back(boxfeed::draw_bounding_boxes(example.image, boxes));
      }
    }
    boxfeed::write_png("augmented.png", boxfeed::make_grid(pictures, 6));

    const auto plan = data.plan({seed, 1, 0});
    std::cout << "Example 0 in epoch 1:\n" << plan.explain();
    const auto there = plan.boxes.at(0), back = plan.to_original(plan.boxes).at(0);
    std::cout << "Its box has its corner at " << there.xmin << ", " << there.ymin << ", in the photograph at "
              << back.xmin << ", " << back.ymin << '\n';

    std::ofstream("pipeline.json") << to_json(pipeline);
    auto loader = boxfeed::make_data_loader(data, boxfeed::DataLoaderOptions(20).seed(seed));
    const auto batch = (*loader)[0];
    std::cout << "A batch: " << batch.data.sizes() << ", " << batch.target.sizes() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
