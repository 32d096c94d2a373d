#include "made_data/make_data.h"

#include <boxfeed/core/available_cpus.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <boxfeed/core/random.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <system_error>
#include <thread>
#include <vector>

#include "data/formatted.h"
#include "data/labels.h"
#include "made_data/scene.h"

namespace localization {
namespace {

namespace fs = std::filesystem;
using boxfeed::Error;
using boxfeed::Reason;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(Reason::kIoWrite, "data set " + boxfeed::quoted(path) + ": " + what, path);
}

std::string image_name(std::size_t index) { return formatted("scene-%05zu.jpg", index + 1); }

Scene render(const MadeData& what, std::size_t index) {
  switch (what.target) {
    case TargetKind::kKeypoints: return render_keypoint_scene(what.seed, index);
    case TargetKind::kNumbers: return render_number_scene(what.seed, index);
    default: return render_scene(what.seed, index);
  }
}

/// What is learned of such scenes.
Target target_of(const MadeData& what) {
  Target target;
  if (what.target == TargetKind::kKeypoints) {
    target.keypoints.assign(std::begin(kSceneKeypoints), std::end(kSceneKeypoints));
    target.visibility = true;
  } else if (what.target == TargetKind::kNumbers) {
    for (const char* name : kSceneNumbers) target.numbers.push_back({name});
  } else {
    target.box = true;
  }
  return target;
}

/// Renders one image and returns its row.
std::string make_image(const std::string& folder, const MadeData& what, std::size_t index) {
  const Scene scene = render(what, index);
  boxfeed::Random random(what.seed, 1, index);
  cv::Mat bgr;
  cv::cvtColor(scene.image, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 75 + static_cast<int>(random.below(21))});
  const std::string path = folder + "/images/" + image_name(index);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) fail(path, "cannot be written");
  const auto target = target_of(what);
  Labels labels;
  if (target.box) labels.box = scene.box;
  labels.keypoints = scene.keypoints;
  labels.numbers = scene.numbers;
  return csv_row(image_name(index), labels, target);
}

/// Makes sure that everything in the file system of `folder` is on the disk.
void synchronize(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int result = descriptor < 0 ? -1 : ::syncfs(descriptor);
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (result < 0) fail(folder, std::generic_category().message(error));
}

/// Makes all images side by side; the rows come back in order.
std::vector<std::string> make_images(const std::string& folder, const MadeData& what, Console& console) {
  std::vector<std::string> rows(what.count);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t done = 0;
  const auto work = [&] {
    try {
      for (std::size_t i; (i = next++) < what.count;) {
        rows[i] = make_image(folder, what, i);
        const std::lock_guard lock(mutex);
        console.progress("making pictures", ++done, what.count);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = what.count;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(boxfeed::available_cpus(), 8); ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return rows;
}

}  // namespace

bool has_data(const std::string& folder) {
  std::error_code error;
  return fs::exists(folder + "/data.csv", error);
}

void make_data(const std::string& folder, const MadeData& what, Console& console) {
  if (has_data(folder)) fail(folder, "data.csv is there already");
  std::error_code error;
  fs::create_directories(folder + "/images", error);
  if (error) fail(folder, "cannot be made: " + error.message());
  std::string csv = csv_header(target_of(what));
  for (const auto& row : make_images(folder, what, console)) csv += row;
  synchronize(folder);
  boxfeed::write_file(folder + "/data.csv", csv);
}

}  // namespace localization
