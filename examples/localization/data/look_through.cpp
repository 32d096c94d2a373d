#include "data/look_through.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "data/image_scan.h"
#include "data/in_parallel.h"
#include "data/option_words.h"
#include "data/target.h"

namespace localization {
namespace {

using boxfeed::AnnotationTable;
using boxfeed::Error;
using boxfeed::ImageError;
using boxfeed::ImageSize;

/// What is known of an image file that had this size in bytes and this time.
struct SeenImage {
  boxfeed::FileStamp stamp;
  ImageSize size;
};

using SeenImages = std::unordered_map<std::string, SeenImage>;

/// The first line of the file: a file of another version, or of other limits, is not used.
std::string head_of(const boxfeed::DecodeOptions& decode) {
  std::ostringstream head;
  head << "boxfeed images 1 " << decode.max_pixels() << ' ' << decode.max_side() << ' ' << decode.max_scans() << ' '
       << decode.allow_tiff();
  return head.str();
}

SeenImages read_seen(const std::string& path, const std::string& head) {
  SeenImages seen;
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != head) return seen;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    SeenImage image;
    std::string name;
    if (!(fields >> image.stamp.size >> image.stamp.modified_ns >> image.size.height >> image.size.width)) return {};
    fields.get();
    std::getline(fields, name);
    if (image.size.height < 1 || image.size.width < 1) return {};
    seen[name] = image;
  }
  return seen;
}

void write_seen(const std::string& path, const std::string& head, const AnnotationTable& table,
                const std::vector<std::optional<SeenImage>>& seen) {
  std::ostringstream text;
  text << head << '\n';
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!seen[i] || table.name(i).find('\n') != std::string_view::npos) continue;
    const auto& image = *seen[i];
    text << image.stamp.size << ' ' << image.stamp.modified_ns << ' ' << image.size.height << ' ' << image.size.width
         << ' ' << table.name(i) << '\n';
  }
  try {
    boxfeed::write_file(path, text.str());
  } catch (const Error&) {  // a folder in which nothing can be written
  }
}

/// What is wrong with an image.
struct Bad {
  boxfeed::Reason reason;
  std::string text;
};

[[noreturn]] void refuse(const std::vector<Bad>& bad, const AnnotationTable& table) {
  constexpr std::size_t kListed = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(bad.size(), kListed); ++i) text += (i > 0 ? "\n" : "") + bad[i].text;
  if (bad.size() > kListed) text += "\nand " + std::to_string(bad.size() - kListed) + " more";
  if (bad.size() > 1) {
    text += "\n" + count_of(bad.size(), "image") + " of " + std::to_string(table.size()) +
            " cannot be used: --skip-bad leaves such ones out";
  } else {
    text += " (--skip-bad leaves such an image out)";
  }
  const auto is_absent = [](const Bad& image) { return image.reason == boxfeed::Reason::kNotFound; };
  if (std::any_of(bad.begin(), bad.end(), is_absent)) {
    for (const auto& remark : table.remarks()) text += (bad.size() > 1 ? "\n" : "; ") + remark;
  }
  throw Error(bad[0].reason, text);
}

/// What was found out about the images of a table, one for one: how each looks, or what is wrong with it.
struct Looks {
  std::vector<std::optional<SeenImage>> seen;
  std::vector<std::optional<Bad>> bad;
};

/// As a text, without what only the next look needs.
std::string text_of(const Looks& looks) {
  nlohmann::json images = nlohmann::json::array();
  for (std::size_t i = 0; i < looks.seen.size(); ++i) {
    if (looks.bad[i]) {
      images.push_back({static_cast<int>(looks.bad[i]->reason), looks.bad[i]->text});
    } else {
      images.push_back({looks.seen[i]->size.height, looks.seen[i]->size.width});
    }
  }
  return images.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Looks looks_of(const std::string& text) {
  Looks looks;
  for (const auto& image : nlohmann::json::parse(text)) {
    looks.seen.emplace_back();
    looks.bad.emplace_back();
    if (image[1].is_string()) {
      looks.bad.back() = Bad{static_cast<boxfeed::Reason>(image[0].get<int>()), image[1].get<std::string>()};
    } else {
      looks.seen.back() = SeenImage{{}, {image[0].get<std::int64_t>(), image[1].get<std::int64_t>()}};
    }
  }
  return looks;
}

/// Looks at each image that is not as it was when it was looked at before.
Looks look_at(const AnnotationTable& table, const std::string& images, const AnnotationFiles& files,
              const LookOptions& options) {
  const boxfeed::Folder folder(images, files.follow_links);
  ScanOptions scan;
  scan.decode = files.decode;
  const std::string head = head_of(files.decode), path = seen_file(table);
  const auto before = read_seen(path, head);
  Looks looks{std::vector<std::optional<SeenImage>>(table.size()), std::vector<std::optional<Bad>>(table.size())};
  std::atomic<bool> is_new{false};
  const auto make_work = [&]() -> Work {
    return [&, scanner = std::make_shared<ImageScanner>(folder, scan)](std::size_t i) {
      const std::string name(table.name(i));
      try {
        SeenImage image;
        image.stamp = folder.open(name).stamp();
        const auto known = before.find(name);
        if (known != before.end() && known->second.stamp == image.stamp) {
          image.size = known->second.size;
        } else {
          is_new = true;
          const auto scanned = scanner->look(name);
          if (scanned.reason) throw ImageError(*scanned.reason, folder.path_of(name), scanned.text);
          image.size = scanned.size();
        }
        looks.seen[i] = image;
      } catch (const ImageError& error) {
        looks.bad[i] = Bad{error.reason(), table.place(i).text() + ": " + error.what()};
      } catch (const Error& error) {
        const ImageError at_image(error.reason(), folder.path_of(name), error.what());
        looks.bad[i] = Bad{error.reason(), table.place(i).text() + ": " + at_image.what()};
      }
    };
  };
  in_parallel(table.size(), options.threads, make_work,
              [&](std::size_t done) { options.progress(done, table.size()); });
  if (options.keep && (is_new || before.size() != table.size())) write_seen(path, head, table, looks.seen);
  return looks;
}

}  // namespace

bool SkipBad::allows(std::size_t bad, std::size_t images) const {
  const auto most = limit < 1 ? limit * static_cast<double>(images) : limit;
  return static_cast<double>(bad) <= most && bad < std::max<std::size_t>(images, 1);
}

std::string seen_file(const AnnotationTable& table) {
  std::string path = table.path();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path + ".images";
}

LookedThrough look_through(const AnnotationTable& table, const std::string& images, const AnnotationFiles& files,
                           const LookOptions& options) {
  const auto looks = options.once
                         ? looks_of(options.once([&] { return text_of(look_at(table, images, files, options)); }))
                         : look_at(table, images, files, options);
  LookedThrough out;
  boxfeed::AnnotationTableBuilder builder(table);
  std::vector<Bad> bad;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (looks.bad[i]) {
      bad.push_back(*looks.bad[i]);
      continue;
    }
    auto record = table.record(i);
    try {
      boxfeed::apply_box_policy(record, files.box_policy, table.place(i), looks.seen[i]->size, out.report);
      builder.add(record);
      out.sizes.push_back(looks.seen[i]->size);
    } catch (const Error& error) {
      bad.push_back({error.reason(), error.what()});
    }
  }
  if (!bad.empty() && !options.skip.allows(bad.size(), table.size())) refuse(bad, table);
  for (auto& image : bad) out.bad.push_back(in_program_words(image.text));
  out.table = builder.build();
  return out;
}

}  // namespace localization
