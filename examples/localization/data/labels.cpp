#include "data/labels.h"

#include "data/formatted.h"

namespace localization {
Labels true_labels(const boxfeed::AnnotationTable& table, std::size_t i, const boxfeed::transforms::Plan& plan) {
  Labels labels;
  if (!plan.boxes.empty()) labels.box = plan.to_original(plan.boxes).front();
  if (!table.class_ids(i).empty()) labels.class_id = table.class_ids(i)[0];
  labels.keypoints = plan.to_original(plan.keypoints);
  const auto numbers = table.numbers(i);
  labels.numbers.assign(numbers.begin(), numbers.end());
  return labels;
}

std::string csv_header(const Target& target) {
  std::string header = "image";
  if (target.box) header += ",x,y,h,w";
  if (!target.classes.empty()) header += ",class";
  for (const auto& name : target.keypoints) {
    for (const char* part : {"_x", "_y"}) header += "," + csv_cell(name + part);
    if (target.visibility) header += "," + csv_cell(name + "_v");
  }
  for (const auto& number : target.numbers) header += "," + csv_cell(number.name);
  return header + "\n";
}

std::string csv_row(const std::string& image, const Labels& labels, const Target& target) {
  std::string row = csv_cell(image);
  if (labels.box) {
    const auto& box = *labels.box;
    for (const float value : {box.xmin, box.ymin, box.height(), box.width()}) row += formatted(",%.2f", double{value});
  }
  if (labels.class_id) row += "," + csv_cell(target.classes.at(static_cast<std::size_t>(*labels.class_id)));
  for (const auto& point : labels.keypoints) {
    const bool missing = !(point.visibility > 0);
    row += formatted(",%.2f", missing ? -1 : double{point.x});
    row += formatted(",%.2f", missing ? -1 : double{point.y});
    if (target.visibility) row += formatted(",%.0f", double{point.visibility});
  }
  for (const double number : labels.numbers) row += formatted(",%.6g", number);
  return row + "\n";
}

std::string csv_cell(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(",;\"\r\n\t") == std::string::npos &&
                     std::string("=+-@ ").find(text.front()) == std::string::npos && text.back() != ' ';
  if (plain) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

}  // namespace localization
