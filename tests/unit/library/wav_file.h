// A tenth of a second of silence with tags, as a file of music.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <taglib/tpropertymap.h>
#include <taglib/wavfile.h>

namespace segue::testing {

inline std::string number_of_bytes(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

// Folders that are missing are made.
inline void write_wav(const std::filesystem::path& file, const std::map<std::string, std::string>& tags) {
  constexpr std::uint32_t kRate = 8000;
  constexpr std::uint32_t kSamples = kRate / 10;
  std::filesystem::create_directories(file.parent_path());
  {
    std::ofstream out(file, std::ios::binary);
    out << "RIFF" << number_of_bytes(36 + kSamples, 4) << "WAVEfmt " << number_of_bytes(16, 4) << number_of_bytes(1, 2)
        << number_of_bytes(1, 2) << number_of_bytes(kRate, 4) << number_of_bytes(kRate, 4) << number_of_bytes(1, 2)
        << number_of_bytes(8, 2) << "data" << number_of_bytes(kSamples, 4) << std::string(kSamples, '\x80');
  }
  if (tags.empty()) return;
  TagLib::RIFF::WAV::File wav(file.c_str());
  TagLib::PropertyMap properties;
  for (const auto& [name, value] : tags) {
    properties.insert(name, TagLib::StringList(TagLib::String(value, TagLib::String::UTF8)));
  }
  wav.setProperties(properties);
  wav.save();
}

}  // namespace segue::testing
