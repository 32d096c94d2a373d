#include "sample_images.h"

#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace samples {
namespace {

void append(Bytes& out, std::uint64_t value, int bytes, bool little_endian) {
  for (int i = 0; i < bytes; ++i) {
    const int shift = 8 * (little_endian ? i : bytes - 1 - i);
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }
void append(Bytes& out, const std::string& text) { out.insert(out.end(), text.begin(), text.end()); }

std::size_t find_marker(const Bytes& bytes, std::uint8_t marker, std::size_t from = 2) {
  // The headers hold no 0xFF but those of markers, in what is searched here.
  for (std::size_t i = from; i + 1 < bytes.size(); ++i) {
    if (bytes[i] == 0xFF && bytes[i + 1] == marker) return i;
  }
  throw std::logic_error("no such marker");
}

std::size_t find_frame(const Bytes& bytes) {
  std::size_t at = 2;
  for (;;) {
    const std::uint8_t marker = bytes.at(at + 1);
    if (marker == 0xC0 || marker == 0xC2) return at;
    at += 2 + static_cast<std::size_t>(bytes.at(at + 2) * 256 + bytes.at(at + 3));
  }
}

cv::Mat inks_of(const cv::Mat& rgb) {
  cv::Mat inks(rgb.size(), CV_8UC4);
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      const auto p = rgb.at<cv::Vec3b>(y, x);
      inks.at<cv::Vec4b>(y, x) = {p[0], p[1], p[2], static_cast<std::uint8_t>(255 - (x + y) % 64)};
    }
  }
  return inks;
}

}  // namespace

cv::Mat picture(int height, int width) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / width, v = static_cast<double>(y) / height;
      image.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>(40 + 200 * u), static_cast<std::uint8_t>(30 + 180 * v),
                                   static_cast<std::uint8_t>(128 + 100 * std::sin(5 * u + 2 * v))};
    }
  }
  return image;
}

Bytes jpeg(const cv::Mat& rgb, const JpegStyle& style) {
  const cv::Mat pixels = style.inks ? inks_of(rgb) : rgb;
  const std::unique_ptr<void, decltype(&tjDestroy)> compressor(tjInitCompress(), &tjDestroy);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const int failed =
      tjCompress2(compressor.get(), pixels.data, pixels.cols, static_cast<int>(pixels.step), pixels.rows,
                  style.inks ? TJPF_CMYK : TJPF_RGB, &data, &size, style.color ? TJSAMP_444 : TJSAMP_GRAY,
                  style.quality, style.progressive ? TJFLAG_PROGRESSIVE : 0);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(data, &tjFree);
  if (failed != 0) throw std::runtime_error(tjGetErrorStr2(compressor.get()));
  return Bytes(data, data + size);
}

Bytes cmyk_jpeg(const cv::Mat& rgb) {
  // YCCK's label changed: the numbers then are inks themselves.
  Bytes bytes = jpeg(rgb, {95, true, false, true});
  const std::size_t adobe = find_marker(bytes, 0xEE);
  bytes.at(adobe + 15) = 0;
  return bytes;
}

Bytes with_segment(const Bytes& jpeg, std::uint8_t marker, const Bytes& content) {
  Bytes out(jpeg.begin(), jpeg.begin() + 2);
  append(out, Bytes{0xFF, marker});
  append(out, content.size() + 2, 2, false);
  append(out, content);
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

Bytes exif(int orientation, bool little_endian) {
  Bytes out;
  append(out, std::string(little_endian ? "II" : "MM"));
  append(out, 42, 2, little_endian);
  append(out, 8, 4, little_endian);  // the directory's place
  append(out, 1, 2, little_endian);  // entries
  append(out, 0x0112, 2, little_endian);
  append(out, 3, 2, little_endian);  // SHORT
  append(out, 1, 4, little_endian);
  append(out, static_cast<std::uint64_t>(orientation), 2, little_endian);
  append(out, 0, 2, little_endian);
  append(out, 0, 4, little_endian);  // no other directory
  return out;
}

Bytes with_orientation(const Bytes& jpeg, int orientation) {
  Bytes content{'E', 'x', 'i', 'f', 0, 0};
  append(content, exif(orientation, orientation % 2 == 0));
  return with_segment(jpeg, 0xE1, content);
}

Bytes with_size(Bytes jpeg, int height, int width) {
  const std::size_t frame = find_frame(jpeg);
  jpeg.at(frame + 5) = static_cast<std::uint8_t>(height >> 8);
  jpeg.at(frame + 6) = static_cast<std::uint8_t>(height);
  jpeg.at(frame + 7) = static_cast<std::uint8_t>(width >> 8);
  jpeg.at(frame + 8) = static_cast<std::uint8_t>(width);
  return jpeg;
}

Bytes with_process(Bytes jpeg, std::uint8_t frame_marker, std::uint8_t precision) {
  const std::size_t frame = find_frame(jpeg);
  jpeg.at(frame + 1) = frame_marker;
  jpeg.at(frame + 4) = precision;
  return jpeg;
}

Bytes with_more_scans(const Bytes& jpeg, int scans) {
  const std::size_t first = find_marker(jpeg, 0xDA), second = find_marker(jpeg, 0xDA, first + 2);
  // Tables may stand between two scans: they are repeated with it.
  Bytes out(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(first));
  const Bytes scan(jpeg.begin() + static_cast<std::ptrdiff_t>(first),
                   jpeg.begin() + static_cast<std::ptrdiff_t>(second));
  for (int i = 0; i < scans; ++i) append(out, scan);
  out.insert(out.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(first), jpeg.end());
  return out;
}

Bytes png(int height, int width, const Bytes& packed, const PngStyle& style) {
  Bytes out;
  png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(writer);
  png_set_write_fn(
      writer, &out,
      [](png_structp w, png_bytep data, png_size_t count) {
        auto& bytes = *static_cast<Bytes*>(png_get_io_ptr(w));
        bytes.insert(bytes.end(), data, data + count);
      },
      nullptr);
  png_set_IHDR(writer, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), style.bit_depth,
               style.color_type, style.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette;
  for (std::size_t i = 0; i + 2 < style.palette.size(); i += 3) {
    palette.push_back({style.palette[i], style.palette[i + 1], style.palette[i + 2]});
  }
  if (!palette.empty()) png_set_PLTE(writer, info, palette.data(), static_cast<int>(palette.size()));
  if (style.color_type == 3 && !style.transparency.empty()) {
    png_set_tRNS(writer, info, style.transparency.data(), static_cast<int>(style.transparency.size()), nullptr);
  }
  png_write_info(writer, info);
  const std::size_t row_bytes = packed.size() / static_cast<std::size_t>(height);
  std::vector<png_bytep> rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back(const_cast<png_bytep>(packed.data()) + static_cast<std::size_t>(y) * row_bytes);
  }
  png_write_image(writer, rows.data());
  png_write_end(writer, nullptr);
  png_destroy_write_struct(&writer, &info);
  return out;
}

Bytes with_chunk(const Bytes& png, const std::string& name, const Bytes& content) {
  Bytes out(png.begin(), png.begin() + 33);
  append(out, content.size(), 4, false);
  Bytes checked;
  append(checked, name);
  append(checked, content);
  append(out, checked);
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : checked) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  append(out, ~crc, 4, false);
  out.insert(out.end(), png.begin() + 33, png.end());
  return out;
}

Bytes encoded(const cv::Mat& rgb, const std::string& extension, const std::vector<int>& parameters) {
  cv::Mat bgr(rgb.size(), rgb.type());
  const int channels = rgb.channels();
  const int from_to[] = {0, 2, 1, 1, 2, 0, 3, 3};
  if (channels >= 3) {
    cv::mixChannels(&rgb, 1, &bgr, 1, from_to, static_cast<std::size_t>(channels));
  } else {
    bgr = rgb;
  }
  Bytes out;
  if (!cv::imencode(extension, bgr, out, parameters)) throw std::runtime_error("imencode");
  return out;
}

Bytes animated_webp(const cv::Mat& rgb) {
  const Bytes still = encoded(rgb, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
  const Bytes image(still.begin() + 12, still.end());  // one VP8L chunk
  const auto frame = [&](int x, int y) {
    Bytes out;
    append(out, static_cast<std::uint64_t>(x / 2), 3, true);
    append(out, static_cast<std::uint64_t>(y / 2), 3, true);
    append(out, static_cast<std::uint64_t>(rgb.cols - 1), 3, true);
    append(out, static_cast<std::uint64_t>(rgb.rows - 1), 3, true);
    append(out, 100, 3, true);
    append(out, 0, 1, true);
    append(out, image);
    return out;
  };
  Bytes body;
  const auto chunk = [&](const std::string& name, const Bytes& content) {
    append(body, name);
    append(body, content.size(), 4, true);
    append(body, content);
    if (content.size() % 2 != 0) body.push_back(0);
  };
  Bytes canvas{0x12, 0, 0, 0};  // alpha and animation
  append(canvas, static_cast<std::uint64_t>(rgb.cols + 2 - 1), 3, true);
  append(canvas, static_cast<std::uint64_t>(rgb.rows + 4 - 1), 3, true);
  chunk("VP8X", canvas);
  chunk("ANIM", {0, 0, 0, 0, 0, 0});
  chunk("ANMF", frame(2, 4));
  chunk("ANMF", frame(0, 0));
  Bytes out;
  append(out, std::string("RIFF"));
  append(out, body.size() + 4, 4, true);
  append(out, std::string("WEBP"));
  append(out, body);
  return out;
}

Bytes cut(const Bytes& bytes, double share) {
  return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(bytes.size())));
}

}  // namespace samples
