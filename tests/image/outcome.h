#pragma once

#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "image/sample_images.h"
#include "support/catch.h"

namespace samples {

/// Catches what is written to the standard error.
class StandardError {
 public:
  StandardError() : file_(std::tmpfile()), before_(::dup(2)) {
    std::fflush(stderr);
    ::dup2(::fileno(file_), 2);
  }
  ~StandardError() {
    restore();
    std::fclose(file_);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;

  std::string text() {
    restore();
    std::rewind(file_);
    std::string out;
    for (int c; (c = std::fgetc(file_)) != EOF;) out.push_back(static_cast<char>(c));
    return out;
  }

 private:
  void restore() {
    if (before_ < 0) return;
    std::fflush(stderr);
    ::dup2(before_, 2);
    ::close(before_);
    before_ = -1;
  }

  std::FILE* file_;
  int before_;
};

/// Why the image is refused, by its name; "ok" where it is not. Whatever happens, nothing may be printed.
inline std::string outcome(const Bytes& bytes, const boxfeed::DecodeOptions& options = {},
                           const std::string& path = "a/b.jpg") {
  StandardError standard_error;
  std::string result = "ok";
  try {
    boxfeed::ImageDecoder decoder(options);
    decoder.decode(bytes, {0, 0}, path);
  } catch (const boxfeed::ImageError& error) {
    CHECK(error.path() == path);
    CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring(path));
    result = boxfeed::reason_name(error.reason());
  }
  CHECK(standard_error.text().empty());
  return result;
}

inline std::string text_of(const Bytes& bytes, const boxfeed::DecodeOptions& options = {}) {
  try {
    boxfeed::ImageDecoder(options).decode(bytes, {0, 0}, "x.jpg");
  } catch (const boxfeed::ImageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace samples
