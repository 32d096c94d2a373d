#include "core/inflater.h"

#include <boxfeed/core/error.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace boxfeed {

struct Inflater::Stream : z_stream {
  Stream() : z_stream{} {
    if (inflateInit2(this, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // nothing around the deflated bytes
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { inflateEnd(this); }
};

Inflater::Inflater(InputFile packed, bool is_deflated, std::uint64_t size, std::uint32_t crc)
    : packed_(std::move(packed)), left_(size), crc_(crc) {
  if (is_deflated) stream_ = std::make_unique<Stream>();
}

Inflater::~Inflater() = default;

void Inflater::refuse(const char* text) const {
  throw Error(Reason::kCorrupt, std::string(text) + ": " + quoted(packed_.path()), packed_.path());
}

std::size_t Inflater::inflate(void* buffer, std::size_t count) {
  stream_->next_out = static_cast<Bytef*>(buffer);
  stream_->avail_out = static_cast<uInt>(count);
  while (stream_->avail_out > 0 && !ended_) {
    if (stream_->avail_in == 0) {
      stream_->next_in = bytes_.data();
      stream_->avail_in = static_cast<uInt>(packed_.read(bytes_.data(), bytes_.size()));
      if (stream_->avail_in == 0) refuse("expected more deflated bytes, got their end");
    }
    const int result = ::inflate(stream_.get(), Z_NO_FLUSH);
    ended_ = result == Z_STREAM_END;
    if (result != Z_OK && !ended_) refuse("expected deflated bytes, got something else");
  }
  return count - stream_->avail_out;
}

std::size_t Inflater::read(void* buffer, std::size_t count) {
  std::size_t done = 0;
  while (done < count && left_ > 0) {
    const auto part = static_cast<std::size_t>(
        std::min({std::uint64_t{count - done}, left_, std::uint64_t{std::numeric_limits<uInt>::max()}}));
    auto* const at = static_cast<unsigned char*>(buffer) + done;
    const std::size_t n = stream_ != nullptr ? inflate(at, part) : packed_.read(at, part);
    if (n < part) refuse("expected as many bytes as the zip's list says, got fewer");
    seen_ = static_cast<std::uint32_t>(::crc32(seen_, at, static_cast<uInt>(n)));
    left_ -= n;
    done += n;
    if (left_ > 0) continue;
    unsigned char more = 0;
    if (stream_ != nullptr && inflate(&more, 1) > 0) refuse("expected as many bytes as the zip's list says, got more");
    if (seen_ != crc_) {
      throw Error(Reason::kChecksum,
                  "expected the checksum that the zip's list has, got another one: " + quoted(packed_.path()),
                  packed_.path());
    }
  }
  return done;
}

}  // namespace boxfeed
