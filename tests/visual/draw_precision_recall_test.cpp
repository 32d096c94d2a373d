#include <boxfeed/visual/draw_curves.h>

#include <vector>

#include "support/catch.h"
#include "visual/palette.h"
#include "visual/pixels.h"

using boxfeed::CurveOptions;
using boxfeed::draw_confidence;
using boxfeed::draw_precision_recall;
using boxfeed::PrecisionRecallCurve;

namespace {

cv::Vec3b pixel(boxfeed::Color color) { return {color[0], color[1], color[2]}; }

/// The diagram's area at 300 x 400, where the margins are 58, 14, 30 and 44 pixels: from the share of x and y to a
/// pixel.
cv::Point place(double x, double y) { return {58 + cvRound(x * 328), 256 - cvRound(y * 226)}; }
const CurveOptions kOptions = CurveOptions().image_size({300, 400});

/// Whether there is a line of this color within two pixels.
bool line_at(const cv::Mat& image, cv::Point point, boxfeed::Color color) {
  const cv::Rect around = cv::Rect(point.x - 2, point.y - 2, 5, 5) & cv::Rect(59, 29, 330, 227);
  return count(image(around), pixel(color)) > 0;
}

/// A hit, a false alarm, a hit, two false alarms; two of four objects are found.
const PrecisionRecallCurve kCurve{{0.9, 0.8, 0.6, 0.5, 0.2}, {1, 0.5, 2. / 3, 0.5, 0.4}, {0.25, 0.25, 0.5, 0.5, 0.5}};

}  // namespace

TEST_CASE("the precision at a recall is the highest at that or more") {
  const cv::Mat image = draw_precision_recall({{"", kCurve}}, kOptions);
  const auto blue = boxfeed::line_color(0);
  CHECK(image.size() == cv::Size(400, 300));
  CHECK(line_at(image, place(0.1, 1), blue));
  CHECK(line_at(image, place(0.25, 0.8), blue));
  CHECK(line_at(image, place(0.4, 2. / 3), blue));
  CHECK(line_at(image, place(0.5, 0.3), blue));
  CHECK_FALSE(line_at(image, place(0.25, 0.5), blue));
  CHECK_FALSE(line_at(image, place(0.4, 0.5), blue));
  CHECK_FALSE(line_at(image, place(0.6, 0.1), blue));
  CHECK_FALSE(line_at(image, place(0.4, 1), blue));
}

TEST_CASE("each class has a color, and a class of which nothing was found none") {
  const cv::Mat image = draw_precision_recall({{"a", kCurve}, {"b", {}}, {"c", {{0.5}, {0.2}, {1}}}}, kOptions);
  CHECK(line_at(image, place(0.1, 1), boxfeed::line_color(0)));
  CHECK(line_at(image, place(0.5, 0.2), boxfeed::line_color(2)));
  CHECK(count(image.rowRange(0, 256), pixel(boxfeed::line_color(1))) == 0);
  CHECK_NOTHROW(draw_precision_recall({}));
}

TEST_CASE("precision, recall and F1 stand over the score, the best F1 is marked") {
  const cv::Mat image = draw_confidence(kCurve, CurveOptions(kOptions).x_range({{0, 1}}));
  const auto f1 = [](double p, double r) { return 2 * p * r / (p + r); };
  CHECK(line_at(image, place(0.9, f1(1, 0.25)), boxfeed::line_color(0)));
  CHECK(line_at(image, place(0.6, f1(2. / 3, 0.5)), boxfeed::line_color(0)));
  CHECK(line_at(image, place(0.89, 0.96), boxfeed::line_color(1)));
  CHECK(line_at(image, place(0.2, 0.5), boxfeed::line_color(2)));
  // The mark is a line of dashes and dots across the whole height, at 0.6.
  const auto mark = pixel(boxfeed::line_color(3));
  CHECK(count(image(cv::Rect(place(0.6, 1) - cv::Point(2, 0), place(0.6, 0) + cv::Point(3, 0))), mark) > 150);
  CHECK(count(image(cv::Rect(place(0.3, 1), place(0.55, 0.05))), mark) == 0);
}

TEST_CASE("without detections there is no mark, and no trouble") {
  const cv::Mat image = draw_confidence({}, kOptions);
  CHECK(count(image, pixel(boxfeed::line_color(3))) == 0);
  CHECK_NOTHROW(draw_confidence({{0.5}, {0}, {0}}));
}

TEST_CASE("title, name of the axis and ranges of the options go before the defaults") {
  const auto rows = [](const cv::Mat& image, int from, int to) { return image.rowRange(from, to).clone(); };
  const cv::Mat plain = draw_precision_recall({{"", kCurve}}, kOptions);
  const cv::Mat titled = draw_precision_recall({{"", kCurve}}, CurveOptions(kOptions).title("Raccoons"));
  const cv::Mat labeled = draw_precision_recall({{"", kCurve}}, CurveOptions(kOptions).x_label("share"));
  const cv::Mat ranged =
      draw_precision_recall({{"", kCurve}}, CurveOptions(kOptions).x_range({{0, 2}}).y_range({{0, 2}}));
  CHECK(count(rows(plain, 0, 28), kWhite) < 28 * 400);
  CHECK(cv::norm(rows(plain, 0, 28), rows(titled, 0, 28), cv::NORM_INF) > 0);
  CHECK(cv::norm(rows(plain, 28, 280), rows(titled, 28, 280), cv::NORM_INF) == 0);
  CHECK(cv::norm(rows(plain, 280, 300), rows(labeled, 280, 300), cv::NORM_INF) > 0);
  CHECK(line_at(ranged, place(0.05, 0.5), boxfeed::line_color(0)));
}
