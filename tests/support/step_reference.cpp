#include "tests/support/step_reference.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace segue::train {

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

double loss_of(const std::vector<double>& dots, const ReferenceRows& rows) {
  double loss = 0;
  for (std::size_t j = 0; j < dots.size(); ++j) {
    loss += j < rows.played ? negative_log_sigmoid(dots[j]) : rows.noise_weight * negative_log_sigmoid(-dots[j]);
  }
  return loss;
}

}  // namespace

double reference_step(const ReferenceRows& rows, double rate, double damping) {
  const std::vector<double> h = mean_of(rows.inputs, rows.dim);
  const std::vector<double> dots = dots_of(rows.outputs, h);
  const double square = dot(h.data(), h.data(), rows.dim);
  std::vector<double> e(rows.dim);
  for (std::size_t j = 0; j < dots.size(); ++j) {
    const double label = j < rows.played ? 1 : 0;
    const double weight = j < rows.played ? 1 : rows.noise_weight;
    const double s = sigmoid(dots[j]);
    const double g = rate * weight * (label - s) / (1 + damping * rate * weight * square * s * (1 - s));
    add_scaled(e.data(), g, rows.outputs[j], rows.dim);
    add_scaled(rows.outputs[j], g, h.data(), rows.dim);
  }
  for (double* input : rows.inputs) add_scaled(input, 1, e.data(), rows.dim);
  return loss_of(dots, rows);
}

double reference_loss(const ReferenceRows& rows) {
  return loss_of(dots_of(rows.outputs, mean_of(rows.inputs, rows.dim)), rows);
}

}  // namespace segue::train
