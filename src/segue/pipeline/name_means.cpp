#include "segue/pipeline/name_means.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "segue/data/text/song_keys.h"
#include "segue/data/text/text.h"
#include "segue/math/kernels/kernels.h"

namespace segue::pipeline {

namespace {

// More songs hardly move a mean.
constexpr std::size_t kMostOfArtist = 50;
constexpr std::size_t kMostOfTag = 500;

bool to_unit(std::span<float> vector) {
  const float square = math::best_kernels().squared_norm(vector.data(), vector.size());
  if (!(square > 0)) return false;
  math::best_kernels().scale(1 / std::sqrt(square), vector.data(), vector.size());
  return true;
}

// Adds the direction of the mean of these songs' unit vectors.
void add_mean(math::MatrixView<const float> matrix, std::span<const data::SongRow> songs, std::span<float> out) {
  std::vector<float> sum(out.size());
  std::vector<float> unit(out.size());
  for (const data::SongRow song : songs) {
    std::ranges::copy(matrix[song], unit.begin());
    if (to_unit(unit)) math::best_kernels().axpy(1, unit.data(), sum.data(), sum.size());
  }
  if (to_unit(sum)) math::best_kernels().axpy(1, sum.data(), out.data(), out.size());
}

std::string artist_name(std::string_view artist) {
  return artist.empty() ? "" : "artist " + data::main_artist(artist);
}

std::string album_name(std::string_view artist, std::string_view album) {
  return artist.empty() || album.empty() ? ""
                                         : "album " + data::main_artist(artist) + "\n" + data::compared_name(album);
}

std::string tag_name(std::string_view tag) {
  return "tag " + data::compared_name(tag);
}

}  // namespace

NameMeans::NameMeans(const model::Model& model, std::span<const data::SongRecord> songs) {
  bool any_tags = false;
  std::unordered_map<std::uint64_t, bool> artists;  // whose songs are read
  for (const data::SongRecord& song : songs) {
    if (!song.artist.empty()) {
      artists[data::song_keys(song.artist, song.title, 0).artist] = true;
      groups_[artist_name(song.artist)];
      if (!song.album.empty()) groups_[album_name(song.artist, song.album)];
    }
    for (const std::string& tag : song.tags) groups_[tag_name(tag)];
    any_tags = any_tags || !song.tags.empty();
  }
  const auto add = [&](const std::string& name, data::SongRow row, std::size_t most) {
    const auto group = groups_.find(name);
    if (group != groups_.end() && group->second.size() < most) group->second.push_back(row);
  };
  for (data::SongRow row = 0; row < model.trained_songs(); ++row) {
    if (artists.contains(model.songs().keys(row).artist)) {
      const data::Song song = model.songs().song(row);
      add(artist_name(song.artist), row, kMostOfArtist);
      add(album_name(song.artist, song.album), row, kMostOfArtist);
    }
    if (!any_tags) continue;
    for (const std::string_view tag : model.songs().tags(row)) add(tag_name(tag), row, kMostOfTag);
  }
  const auto known = [&](const std::string& name) -> const Songs* {
    const auto group = groups_.find(name);
    return group == groups_.end() || group->second.empty() ? nullptr : &group->second;
  };
  for (const data::SongRecord& song : songs) {
    Names& names = names_.emplace_back();
    names.album = known(album_name(song.artist, song.album));
    names.artist = known(artist_name(song.artist));
    for (const std::string& tag : song.tags) {
      if (const Songs* const found = known(tag_name(tag))) names.tags.push_back(found);
    }
  }
}

NamesKnown NameMeans::known(std::size_t i) const {
  const Names& names = names_[i];
  const auto size = [](const Songs* songs) { return songs == nullptr ? 0 : static_cast<std::uint32_t>(songs->size()); };
  NamesKnown known{.album = size(names.album), .artist = size(names.artist)};
  if (known.album + known.artist > 0) return known;
  for (const Songs* const tag : names.tags) known.tags += size(tag);
  return known;
}

void NameMeans::mean(math::MatrixView<const float> matrix, std::size_t i, std::span<float> out) const {
  const Names& names = names_[i];
  std::ranges::fill(out, 0.0F);
  if (names.album != nullptr) add_mean(matrix, *names.album, out);
  if (names.artist != nullptr) add_mean(matrix, *names.artist, out);
  if (names.album == nullptr && names.artist == nullptr) {
    for (const Songs* const tag : names.tags) add_mean(matrix, *tag, out);
  }
  to_unit(out);
}

}  // namespace segue::pipeline
