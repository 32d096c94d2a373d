#include "model/weights.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "model/safetensors.h"

namespace localization {
namespace {

using boxfeed::Error;
using boxfeed::quoted;
using boxfeed::Reason;

constexpr std::uint64_t kMaxBytes = std::uint64_t{4} << 30U;
constexpr std::size_t kMaxListed = 8;

const std::array<std::pair<const char*, torch::ScalarType>, 8> kTensorTypes{{{"BOOL", torch::kBool},
                                                                             {"U8", torch::kUInt8},
                                                                             {"I32", torch::kInt32},
                                                                             {"I64", torch::kInt64},
                                                                             {"F16", torch::kFloat16},
                                                                             {"BF16", torch::kBFloat16},
                                                                             {"F32", torch::kFloat32},
                                                                             {"F64", torch::kFloat64}}};

torch::ScalarType type_of(const std::string& dtype) {
  for (const auto& [name, type] : kTensorTypes) {
    if (dtype == name) return type;
  }
  throw std::logic_error("parse_safetensors let the dtype " + dtype + " pass");
}

std::string dtype_of(const torch::Tensor& tensor) {
  for (const auto& [name, type] : kTensorTypes) {
    if (tensor.scalar_type() == type) return name;
  }
  throw std::invalid_argument(std::string("safetensors: expected another type than ") +
                              torch::toString(tensor.scalar_type()));
}

/// "F32 (64, 3, 7, 7)".
std::string describe(const torch::Tensor& tensor) {
  std::string text = dtype_of(tensor) + " (";
  for (std::int64_t i = 0; i < tensor.dim(); ++i) text += (i > 0 ? ", " : "") + std::to_string(tensor.size(i));
  return text + ")";
}

bool belongs_to(const std::string& name, const std::vector<std::string>& modules) {
  for (const auto& module : modules) {
    if (name.compare(0, module.size() + 1, module + ".") == 0) return true;
  }
  return false;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool fits(const torch::Tensor& from, const torch::Tensor& to) {
  const bool widens = to.scalar_type() == torch::kFloat32 &&
                      (from.scalar_type() == torch::kFloat16 || from.scalar_type() == torch::kBFloat16);
  return from.sizes() == to.sizes() && (widens || from.scalar_type() == to.scalar_type());
}

/// Names of one kind of difference: how many there are, and the first of them.
class Differences {
 public:
  explicit Differences(std::string kind) : kind_(std::move(kind)) {}
  void add(const std::string& what) {
    if (++count_ <= kMaxListed) list_ += (count_ > 1 ? ", " : "") + what;
  }
  std::string text() const {
    if (count_ == 0) return "";
    const std::string more = count_ > kMaxListed ? " and " + std::to_string(count_ - kMaxListed) + " more" : "";
    return "; " + std::to_string(count_) + " " + kind_ + ": " + list_ + more;
  }

 private:
  std::string kind_;
  std::string list_;
  std::size_t count_ = 0;
};

}  // namespace

Weights parse_weights(std::string_view bytes, const std::string& path) {
  auto file = parse_safetensors(bytes, path);
  Weights weights;
  weights.metadata = std::move(file.metadata);
  for (const auto& entry : file.entries) {
    auto tensor = torch::empty(entry.shape, type_of(entry.dtype));
    if (!entry.data.empty()) std::memcpy(tensor.data_ptr(), entry.data.data(), entry.data.size());
    weights.tensors[entry.name] = tensor;
  }
  return weights;
}

std::string format_weights(const Weights& weights) {
  Safetensors file;
  file.metadata = weights.metadata;
  std::vector<torch::Tensor> tensors;  // keep the bytes that the entries show
  for (const auto& [name, tensor] : weights.tensors) {
    tensors.push_back(tensor.detach().cpu().contiguous());
    const auto& kept = tensors.back();
    file.entries.push_back(
        {name, dtype_of(kept), kept.sizes().vec(), {static_cast<const char*>(kept.data_ptr()), kept.nbytes()}});
  }
  return format_safetensors(file);
}

Weights read_weights(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  boxfeed::InputFile(path).read_all(bytes, kMaxBytes);
  return parse_weights({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

void write_weights(const std::string& path, const Weights& weights) {
  boxfeed::write_file(path, format_weights(weights));
}

std::map<std::string, torch::Tensor> state_dict(const torch::nn::Module& module) {
  std::map<std::string, torch::Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value();
  return state;
}

void load_weights(torch::nn::Module& module, const std::map<std::string, torch::Tensor>& tensors,
                  const std::string& path, const std::vector<std::string>& may_be_left_over) {
  const auto state = state_dict(module);
  Differences missing("missing"), left_over("left over"), other("of another shape or type");
  for (const auto& [name, to] : state) {
    const auto from = tensors.find(name);
    if (from == tensors.end()) {
      if (!ends_with(name, "num_batches_tracked")) missing.add(name + " " + describe(to));
    } else if (!fits(from->second, to)) {
      other.add(name + " (expected " + describe(to) + ", got " + describe(from->second) + ")");
    }
  }
  for (const auto& [name, from] : tensors) {
    if (state.count(name) == 0 && !belongs_to(name, may_be_left_over)) left_over.add(name + " " + describe(from));
  }
  if (const auto differences = missing.text() + left_over.text() + other.text(); !differences.empty()) {
    throw Error(Reason::kModelMismatch, quoted(path) + ": the weights are another network's" + differences, path);
  }
  for (const auto& [name, to] : state) {
    const auto from = tensors.find(name);
    if (from != tensors.end() && !from->second.isfinite().all().item<bool>()) {
      throw Error(Reason::kNonFinite, quoted(path) + ": expected finite weights, got NaN or infinity in " + name, path);
    }
  }
  const torch::NoGradGuard no_grad;
  for (const auto& [name, to] : state) {
    const auto from = tensors.find(name);
    if (from != tensors.end()) torch::Tensor(to).copy_(from->second);
  }
}

}  // namespace localization
