// A model that lies elsewhere, at s3://, gs://, http:// or https://, fetched into a cache.
//
// The place holds the files of a model's folder. Its manifest says which they are and what their bytes are, so whoever
// publishes a model there uploads the manifest last. A fetched model is a folder of the cache that appears whole, and
// only if every byte is what the manifest says; a link beside it leads to the one that was fetched last. The one before
// it is kept, others are removed. Files that the last one has too are not fetched again.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "segue/base/progress.h"

namespace segue::pipeline {

// Whether it names a place elsewhere.
bool is_remote(std::string_view model);

class RemoteModel {
 public:
  // Several of one cache do not disturb each other. Throws wrong_use for a URI that is none of the four, io_failed if
  // the cache cannot be made.
  RemoteModel(std::string uri, const std::filesystem::path& cache);

  // Leads to the model that was fetched last, maybe by an earlier process; there is none before.
  const std::filesystem::path& link() const { return link_; }
  const std::string& shown() const { return shown_; }  // the URI, without its password

  // Fetches the model if it is not the one that the link leads to. Whether it was another. Throws unavailable,
  // not_found, unauthorised, corrupt, wrong_use for what is no model, no_space, io_failed, interrupted; then the link
  // leads where it led.
  bool fetch(Progress& progress, const std::stop_token& stop);

  // The digest of the model that is published there now. Throws as fetch().
  std::string published_digest() const;
  // The folder of the model with this digest in the cache, fetched if it is not there yet. Throws as fetch(), and
  // corrupt if another model is published by now.
  std::filesystem::path fetch(const std::string& digest, Progress& progress, const std::stop_token& stop);

 private:
  std::filesystem::path folder_of(const std::string& digest) const;
  void remove_others(const std::filesystem::path& now, const std::filesystem::path& before) const;

  std::string uri_;
  std::string shown_;
  std::filesystem::path link_;
};

}  // namespace segue::pipeline
