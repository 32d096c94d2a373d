#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace boxfeed::detail {

/// The values on the CPU, contiguous, as double.
/// Throws: `std::invalid_argument` with `name` and the first place of a value that is not finite.
at::Tensor finite_values(const at::Tensor& values, const std::string& name);

/// Whole numbers on the CPU, contiguous, as int64.
/// Throws: `std::invalid_argument` for a type with fractions.
at::Tensor whole_values(const at::Tensor& values, const std::string& name);

/// Throws: `std::invalid_argument` with the shapes where they differ.
void check_same_shape(const at::Tensor& preds, const at::Tensor& target);

/// Corners (N, 4) on the CPU, contiguous, as double, none of them inverted.
/// Throws: `std::invalid_argument` with `name` and the box that is inverted, as of another format most are.
at::Tensor truth_boxes(const at::Tensor& boxes, const std::string& name);

/// The shape as LibTorch writes it: "[2, 4]".
std::string shape_of(const at::Tensor& tensor);

}  // namespace boxfeed::detail
