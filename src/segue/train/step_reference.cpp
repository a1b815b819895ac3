#include "segue/train/step_reference.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace segue {

namespace {

double dot(const double* a, const double* b, std::size_t dim) {
  double sum = 0;
  for (std::size_t i = 0; i < dim; ++i) sum += a[i] * b[i];
  return sum;
}

void add_scaled(double* target, double factor, const double* row, std::size_t dim) {
  for (std::size_t i = 0; i < dim; ++i) target[i] += factor * row[i];
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

// -log s(x) without overflow.
double negative_log_sigmoid(double x) {
  return std::max(-x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

std::vector<double> mean_of(std::span<double* const> rows, std::size_t dim) {
  std::vector<double> mean(dim);
  for (const double* row : rows) add_scaled(mean.data(), 1 / static_cast<double>(rows.size()), row, dim);
  return mean;
}

std::vector<double> dots_of(std::span<double* const> outputs, const std::vector<double>& h) {
  std::vector<double> dots;
  for (const double* output : outputs) dots.push_back(dot(output, h.data(), h.size()));
  return dots;
}

double loss_of(const std::vector<double>& dots) {
  double loss = negative_log_sigmoid(dots[0]);
  for (std::size_t j = 1; j < dots.size(); ++j) loss += negative_log_sigmoid(-dots[j]);
  return loss;
}

}  // namespace

double reference_step(std::span<double* const> inputs, std::span<double* const> outputs, std::size_t dim, double rate) {
  const std::vector<double> h = mean_of(inputs, dim);
  const std::vector<double> dots = dots_of(outputs, h);
  std::vector<double> e(dim);
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    const double label = j == 0 ? 1 : 0;
    const double g = rate * (label - sigmoid(dots[j]));
    add_scaled(e.data(), g, outputs[j], dim);
    add_scaled(outputs[j], g, h.data(), dim);
  }
  for (double* input : inputs) add_scaled(input, 1, e.data(), dim);
  return loss_of(dots);
}

double reference_loss(std::span<double* const> inputs, std::span<double* const> outputs, std::size_t dim) {
  return loss_of(dots_of(outputs, mean_of(inputs, dim)));
}

}  // namespace segue
