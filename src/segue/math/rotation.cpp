#include "segue/math/rotation.h"

#include <Eigen/Dense>

#include "segue/base/error.h"

namespace segue::math {

namespace {

template <class Number>
using Rows = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class Number>
using RowsView = Eigen::Map<Rows<Number>>;
template <class Number>
using ConstRowsView = Eigen::Map<const Rows<Number>>;

Eigen::Index index_of(std::size_t number) {
  return static_cast<Eigen::Index>(number);
}

template <class Number>
ConstRowsView<Number> view_of(std::span<const Number> rows, std::size_t dim) {
  SEGUE_ASSERT(rows.size() % dim == 0);
  return {rows.data(), index_of(rows.size() / dim), index_of(dim)};
}

}  // namespace

Rotation::Rotation(std::size_t dim) : dim_(dim), matrix_(dim * dim) {
  for (std::size_t i = 0; i < dim; ++i) matrix_[i * dim + i] = 1;
}

void Rotation::apply(std::span<float> rows) const {
  const Rows<float> turned = view_of<float>(rows, dim_) * view_of<float>(matrix_, dim_);
  RowsView<float>(rows.data(), turned.rows(), turned.cols()) = turned;
}

RotationFit::RotationFit(std::size_t dim) : dim_(dim), products_(dim * dim) {}

void RotationFit::add(std::span<const float> x, std::span<const float> y) {
  SEGUE_ASSERT(x.size() == y.size());
  RowsView<double>(products_.data(), index_of(dim_), index_of(dim_)) +=
      (view_of(x, dim_).transpose() * view_of(y, dim_)).cast<double>();
}

Rotation RotationFit::rotation() const {
  Rotation result(dim_);
  const ConstRowsView<double> products = view_of<double>(products_, dim_);
  if (products.squaredNorm() == 0) return result;
  // With x^T y = U S V^T the best rotation is U V^T.
  const Eigen::BDCSVD<Eigen::MatrixXd> parts(products, Eigen::ComputeFullU | Eigen::ComputeFullV);
  RowsView<float>(result.matrix_.data(), index_of(dim_), index_of(dim_)) =
      (parts.matrixU() * parts.matrixV().transpose()).cast<float>();
  return result;
}

}  // namespace segue::math
