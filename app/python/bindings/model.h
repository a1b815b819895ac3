// An open model as Python holds it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "segue/model/model.h"

namespace segue::python {

// Views of the model (its vectors as arrays) share it, so that it stays mapped as long as one of them lives.
class OpenModel {
 public:
  explicit OpenModel(std::string path);

  const std::string& path() const { return path_; }
  const std::shared_ptr<model::Model>& model() const { return model_; }
  // The same model with coded vectors, which make many searches several times as fast (model::Model::code_vectors()).
  // It is a model of its own because none may be searched while its vectors are coded. Thread safe.
  std::shared_ptr<model::Model> model_for_many() const;

 private:
  std::string path_;
  std::shared_ptr<model::Model> model_;
  struct Coded;
  std::shared_ptr<Coded> coded_;
};

}  // namespace segue::python
