// A forward and a backward transform of real numbers on a grid. Three quarters of it are zeros that prevent
// wrap-around; the zero rows are never transformed. Rows go in pairs, one as the real and one as the imaginary part;
// columns go in blocks of eight, a cache line of each row.
#include "segue/layout/convolution.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <kiss_fft.h>

#include "segue/base/error.h"

namespace segue::layout {
namespace {

using Complex = kiss_fft_cpx;

constexpr std::size_t kColumnBlock = 8;
// The coefficients of a B-spline through unit charges shrink to 0.27 from node to node: negligible beyond eight nodes.
constexpr std::size_t kMargin = 8;
constexpr std::size_t kShortest = 32;

struct FreePlan {
  void operator()(kiss_fft_cfg plan) const { kiss_fft_free(plan); }
};
using OnePlan = std::unique_ptr<kiss_fft_state, FreePlan>;

OnePlan make_plan(std::size_t length, bool inverse) {
  OnePlan plan(kiss_fft_alloc(static_cast<int>(length), inverse ? 1 : 0, nullptr, nullptr));
  if (!plan) fail(ErrorCode::no_space, "a Fourier transform of {} numbers: not enough memory", length);
  return plan;
}

Complex* complex_row(math::Matrix& matrix, std::size_t row) {
  return reinterpret_cast<Complex*>(matrix.view().row(row));
}

// The factor by which a cubic B-spline's values at the nodes, 1/6 4/6 1/6, change wave k of `length`.
double spline_wave(std::size_t k, std::size_t length) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
  return (2 + std::cos(angle)) / 3;
}

}  // namespace

struct Convolution::Plan {
  OnePlan row_forth, row_back, column_forth, column_back;
};

std::size_t Convolution::length_for(std::size_t nodes) {
  const int half = static_cast<int>(std::max(kShortest, 2 * nodes + kMargin) + 1) / 2;
  return 2 * static_cast<std::size_t>(kiss_fft_next_fast_size(half));
}

std::size_t Convolution::nodes_in(std::size_t length) {
  return (length - kMargin) / 2;
}

Convolution::Convolution(std::size_t rows, std::size_t columns, double spacing, Team& team)
    : width_(length_for(columns)),
      height_(length_for(rows)),
      rows_(nodes_in(height_)),
      columns_(nodes_in(width_)),
      spacing_(spacing),
      plan_(std::make_unique<Plan>(Plan{make_plan(width_, false), make_plan(width_, true), make_plan(height_, false),
                                        make_plan(height_, true)})),
      grid_(rows_ + 1, columns_),
      spectrum_(rows_ + 1, 2 * (width_ / 2 + 1)),
      kernel_(width_ / 2 + 1, height_ / 2 + 1) {
  make_kernel(team);
}

Convolution::~Convolution() = default;

// The function is symmetric, so its transform is real and symmetric too.
void Convolution::make_kernel(Team& team) {
  const std::size_t half_height = height_ / 2 + 1;
  const std::size_t half_width = width_ / 2 + 1;
  team.for_pieces(half_height, 8, [&](std::size_t begin, std::size_t end) {
    std::vector<Complex> in(width_), out(width_);
    for (std::size_t r = begin; r < end; ++r) {
      for (std::size_t c = 0; c < width_; ++c) {
        const double x = spacing_ * static_cast<double>(std::min(c, width_ - c));
        const double y = spacing_ * static_cast<double>(r);
        in[c] = {static_cast<float>(1 / (1 + x * x + y * y)), 0};
      }
      kiss_fft(plan_->row_forth.get(), in.data(), out.data());
      for (std::size_t c = 0; c < half_width; ++c) kernel_.view().row(c)[r] = out[c].r;
    }
  });
  const double scale = 1 / (static_cast<double>(width_) * static_cast<double>(height_));
  team.for_pieces(half_width, 8, [&](std::size_t begin, std::size_t end) {
    std::vector<Complex> in(height_), out(height_);
    for (std::size_t c = begin; c < end; ++c) {
      float* column = kernel_.view().row(c);
      for (std::size_t r = 0; r < height_; ++r) in[r] = {column[std::min(r, height_ - r)], 0};
      kiss_fft(plan_->column_forth.get(), in.data(), out.data());
      const double across = spline_wave(c, width_);
      for (std::size_t r = 0; r < half_height; ++r) {
        const double sampling = across * spline_wave(r, height_);
        column[r] = static_cast<float>(static_cast<double>(out[r].r) * scale / (sampling * sampling));
      }
    }
  });
}

void Convolution::apply(std::size_t used_rows, Team& team) {
  SEGUE_ASSERT(used_rows <= rows_);
  transform_rows(used_rows, team);
  multiply_columns(used_rows, team);
  transform_rows_back(used_rows, team);
}

// With z = a + ib, the transforms of the real rows a and b are A_k = (Z_k + Z*_-k) / 2 and B_k = (Z_k - Z*_-k) / 2i.
void Convolution::transform_rows(std::size_t used_rows, Team& team) {
  team.for_pieces((used_rows + 1) / 2, 4, [&](std::size_t begin, std::size_t end) {
    std::vector<Complex> in(width_), out(width_);
    for (std::size_t pair = begin; pair < end; ++pair) {
      const bool both = 2 * pair + 1 < used_rows;
      const float* a = grid_.view().row(2 * pair);
      const float* b = grid_.view().row(2 * pair + 1);
      for (std::size_t c = 0; c < columns_; ++c) in[c] = {a[c], both ? b[c] : 0};
      kiss_fft(plan_->row_forth.get(), in.data(), out.data());
      Complex* to_a = complex_row(spectrum_, 2 * pair);
      Complex* to_b = complex_row(spectrum_, 2 * pair + 1);
      for (std::size_t k = 0; k <= width_ / 2; ++k) {
        const Complex z = out[k];
        const Complex mirrored = out[k == 0 ? 0 : width_ - k];
        to_a[k] = {0.5F * (z.r + mirrored.r), 0.5F * (z.i - mirrored.i)};
        to_b[k] = {0.5F * (z.i + mirrored.i), 0.5F * (mirrored.r - z.r)};
      }
    }
  });
}

void Convolution::multiply_columns(std::size_t used_rows, Team& team) {
  team.for_pieces(width_ / 2 + 1, kColumnBlock, [&](std::size_t begin, std::size_t end) {
    std::vector<Complex> in(height_ * kColumnBlock), out(height_);
    const std::size_t count = end - begin;
    for (std::size_t r = 0; r < used_rows; ++r) {
      const Complex* row = complex_row(spectrum_, r) + begin;
      for (std::size_t c = 0; c < count; ++c) in[c * height_ + r] = row[c];
    }
    for (std::size_t c = 0; c < count; ++c) {
      Complex* column = in.data() + c * height_;
      kiss_fft(plan_->column_forth.get(), column, out.data());
      const float* kernel = kernel_.view().row(begin + c);
      const auto multiply = [&](std::size_t k, float by) { out[k] = {out[k].r * by, out[k].i * by}; };
      for (std::size_t k = 0; k <= height_ / 2; ++k) multiply(k, kernel[k]);
      for (std::size_t k = height_ / 2 + 1; k < height_; ++k) multiply(k, kernel[height_ - k]);
      kiss_fft(plan_->column_back.get(), out.data(), column);
    }
    for (std::size_t r = 0; r < used_rows; ++r) {
      Complex* row = complex_row(spectrum_, r) + begin;
      for (std::size_t c = 0; c < count; ++c) row[c] = in[c * height_ + r];
    }
  });
}

// Z_k = A_k + iB_k, and Z_-k = A*_k + iB*_k as a and b are real.
void Convolution::transform_rows_back(std::size_t used_rows, Team& team) {
  team.for_pieces((used_rows + 1) / 2, 4, [&](std::size_t begin, std::size_t end) {
    std::vector<Complex> in(width_), out(width_);
    for (std::size_t pair = begin; pair < end; ++pair) {
      const Complex* a = complex_row(spectrum_, 2 * pair);
      const Complex* b = complex_row(spectrum_, 2 * pair + 1);
      for (std::size_t k = 0; k <= width_ / 2; ++k) in[k] = {a[k].r - b[k].i, a[k].i + b[k].r};
      for (std::size_t k = 1; k < width_ - width_ / 2; ++k) in[width_ - k] = {a[k].r + b[k].i, b[k].r - a[k].i};
      kiss_fft(plan_->row_back.get(), in.data(), out.data());
      float* to_a = grid_.view().row(2 * pair);
      float* to_b = grid_.view().row(2 * pair + 1);
      for (std::size_t c = 0; c < columns_; ++c) {
        to_a[c] = out[c].r;
        to_b[c] = out[c].i;
      }
    }
  });
}

}  // namespace segue::layout
