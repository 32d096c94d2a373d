// A detector: finds any number of objects in a picture. Learns from data/data.csv, four pictures in one.
#include <boxfeed/boxfeed.h>
#include <boxfeed/metrics/mean_average_precision.h>
#include <boxfeed/ops/losses.h>
#include <boxfeed/ops/nms.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/to_image.h>
#include <boxfeed/visual/write_png.h>
#include <torch/torch.h>

#include <iostream>

constexpr std::int64_t kSide = 128, kCell = 8, kCells = kSide / kCell;

/// What the network says of each cell of 8 × 8 pixels, row by row.
struct Cells {
  torch::Tensor logits;  ///< (B, N): whether the middle of an object lies in it
  torch::Tensor boxes;   ///< (B, N, 4): that object's corners, in pixels
};

struct DetectorImpl : torch::nn::Module {
  DetectorImpl() {
    std::int64_t from = 3;
    for (const std::int64_t to : {16, 32, 64, 64, 64}) {
      const bool halves = layers_->size() < 9;
      layers_->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).stride(halves ? 2 : 1).padding(1)));
      layers_->push_back(torch::nn::BatchNorm2d(to));
      layers_->push_back(torch::nn::ReLU());
      from = to;
    }
    const torch::nn::Conv2d last(torch::nn::Conv2dOptions(from, 5, 3).padding(1));
    layers_->push_back(last);
    register_module("layers", layers_);
    const torch::NoGradGuard no_grad;
    last->bias[0] = -4;  // at first nothing is an object
    const auto middles = (torch::arange(kCells) + 0.5) * kCell;
    const auto x = middles.repeat({kCells}), y = middles.repeat_interleave(kCells);
    middles_ = register_buffer("middles", torch::stack({x, y, x, y}, 1));
  }

  Cells forward(const torch::Tensor& images) {
    const auto output = layers_->forward(images).flatten(2).transpose(1, 2);
    const auto edges = torch::nn::functional::softplus(output.slice(2, 1)) * kCell;  // left, top, right, bottom
    const auto signs = torch::tensor({-1, -1, 1, 1}, edges.options());
    return {output.select(2, 0), middles_ + edges * signs};
  }

 private:
  torch::nn::Sequential layers_;
  torch::Tensor middles_;
};
TORCH_MODULE(Detector);

torch::Tensor loss_of(const Cells& cells, const boxfeed::DetectionBatch& batch) {
  const auto boxes = batch.indexed_boxes();  // (M, 5): the number of the image in the batch, then the corners
  const auto image = boxes.select(1, 0).to(torch::kLong);
  const auto column = ((batch.boxes.select(1, 0) + batch.boxes.select(1, 2)) / (2 * kCell)).to(torch::kLong);
  const auto row = ((batch.boxes.select(1, 1) + batch.boxes.select(1, 3)) / (2 * kCell)).to(torch::kLong);
  const auto cell = row.clamp(0, kCells - 1) * kCells + column.clamp(0, kCells - 1);
  const auto truth = torch::zeros_like(cells.logits).index_put_({image, cell}, 1);
  const auto objects = static_cast<double>(std::max<std::int64_t>(1, batch.boxes.size(0)));
  return boxfeed::sigmoid_focal_loss(cells.logits, truth, 0.25, 2, at::Reduction::Sum) / objects +
         boxfeed::generalized_box_iou_loss(cells.boxes.index({image, cell}), batch.boxes, at::Reduction::Mean);
}

/// The boxes found in one image: those with a score, the best of each heap.
boxfeed::DetectionPrediction found_in(const Cells& cells, std::int64_t image) {
  auto scores = torch::sigmoid(cells.logits[image]);
  const auto likely = torch::nonzero(scores > 0.05).flatten();
  auto boxes = cells.boxes[image].index_select(0, likely);
  scores = scores.index_select(0, likely);
  const auto kept = boxfeed::nms(boxes, scores, 0.5);
  boxes = boxes.index_select(0, kept);
  return {boxes, scores.index_select(0, kept), torch::zeros({kept.size(0)}, torch::kLong)};
}

int main() {
  try {
    torch::manual_seed(1);
    const auto table = boxfeed::group_by_image(boxfeed::read_csv("data/data.csv"));
    const auto split = boxfeed::split_by_hash(table, 0.2);
    using namespace boxfeed::transforms;
    const Pipeline mosaic({RandomHorizontalFlip(), ColorJitter(0.2, 0.2)}, PipelineOptions().mix(Mosaic()));
    const auto options = boxfeed::DatasetOptions().image_size({kSide, kSide});
    const auto with_mosaic = boxfeed::DatasetOptions(options).pipeline(mosaic);
    auto training =
        boxfeed::make_data_loader(boxfeed::DetectionDataset(table.subset(split.train), "data/images", with_mosaic),
                                  boxfeed::DataLoaderOptions(16).seed(1));
    const boxfeed::DetectionDataset photographs(table.subset(split.validation), "data/images", options);
    auto validation =
        boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(photographs, boxfeed::DataLoaderOptions(16));

    Detector detector;
    torch::optim::AdamW optimizer(detector->parameters(), torch::optim::AdamWOptions(2e-3));
    for (int epoch = 0; epoch < 15; ++epoch) {
      detector->train();
      double sum = 0;
      for (auto& batch : *training) {  // batch.images (16, 3, 128, 128), batch.boxes (M, 4) of all of them
        const auto loss = loss_of(detector->forward(batch.images), batch);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        sum += loss.item<double>();
      }
      detector->eval();
      const torch::NoGradGuard no_grad;
      boxfeed::MeanAveragePrecision metric;
      for (auto& batch : *validation) {
        const auto cells = detector->forward(batch.images);
        for (std::int64_t i = 0; i < batch.size(); ++i) {
          const auto first = batch.offsets[i].item<std::int64_t>(), last = batch.offsets[i + 1].item<std::int64_t>();
          metric.update(found_in(cells, i), {batch.boxes.slice(0, first, last), batch.labels.slice(0, first, last)},
                        batch.image_ids[i].item<std::int64_t>());
        }
      }
      std::cout << "epoch " << epoch << ": loss " << sum / static_cast<double>(training->size()) << ", AP at IoU 0.5 "
                << metric.compute().map_50 << std::endl;
    }

    // Four pictures in one of those that were not learned from.
    const torch::NoGradGuard no_grad;
    auto unseen =
        boxfeed::make_data_loader(boxfeed::DetectionDataset(table.subset(split.validation), "data/images", with_mosaic),
                                  boxfeed::DataLoaderOptions(16).seed(1));
    const auto batch = (*unseen)[0];
    const auto cells = detector->forward(batch.images);
    std::vector<cv::Mat> pictures;
    for (std::int64_t i = 0; i < batch.size(); ++i) {
      std::vector<boxfeed::DrawnBox> drawn;
      const auto found = found_in(cells, i);
      for (std::int64_t k = 0; k < found.boxes.size(0); ++k) {
        const auto corners = found.boxes[k];
        const auto at = [&corners](int j) { return corners[j].item<float>(); };
        if (found.scores[k].item<float>() > 0.3) drawn.push_back({{at(0), at(1), at(2), at(3)}});
      }
      pictures.push_back(boxfeed::draw_bounding_boxes(boxfeed::to_image(batch.images[i]), drawn));
    }
    boxfeed::write_png("found.png", boxfeed::make_grid(pictures, 4));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
