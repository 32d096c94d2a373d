#include <boxfeed/transforms/own_transform.h>

namespace boxfeed::transforms {

std::optional<DrawnColor> OwnColor::draw(Random& random) const {
  // The function is called later, when there are pixels: its numbers are a stream of their own, begun here.
  const std::uint64_t high = random.bits(), seed = high << 32 | random.bits();
  DrawnColor drawn;
  drawn.takes_floats = true;
  drawn.function = [function = function_, seed](cv::Mat& image) {
    Random own(seed, 0, 0);
    function(image, own);
  };
  return drawn;
}

}  // namespace boxfeed::transforms
