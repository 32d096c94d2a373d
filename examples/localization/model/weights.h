#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace localization {

/// Tensors by name, and texts by name.
struct Weights {
  std::map<std::string, torch::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// What the bytes of a safetensors file hold; `path` is for messages. Throws: what `parse_safetensors` throws.
Weights parse_weights(std::string_view bytes, const std::string& path);

/// The bytes of a safetensors file. Throws: `std::invalid_argument` for a tensor whose type such a file does not have.
std::string format_weights(const Weights& weights);

/// Reads a safetensors file. Throws: what `boxfeed::InputFile` and `parse_safetensors` throw.
Weights read_weights(const std::string& path);

/// Writes a safetensors file; at every moment the old or the new one is there.
/// Throws: what `boxfeed::write_file` throws; `std::invalid_argument` for a tensor whose type such a file does not
/// have.
void write_weights(const std::string& path, const Weights& weights);

/// The parameters and buffers of a module, as PyTorch's `state_dict` names them; they share the module's memory.
std::map<std::string, torch::Tensor> state_dict(const torch::nn::Module& module);

/// Copies tensors into a module of the same names, shapes and types. Numbers of half the precision (F16, BF16) widen,
/// and `num_batches_tracked` may be missing. Nothing is copied where anything does not fit.
///
/// `path` is for messages; tensors of the modules in `may_be_left_over` are passed over.
/// Throws: `boxfeed::Error` with `kModelMismatch`, listing what is missing, left over or of another shape or type, and
/// with `kNonFinite` for NaN and infinity.
void load_weights(torch::nn::Module& module, const std::map<std::string, torch::Tensor>& tensors,
                  const std::string& path, const std::vector<std::string>& may_be_left_over = {});

}  // namespace localization
