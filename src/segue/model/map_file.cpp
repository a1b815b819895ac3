#include "segue/model/map_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/options.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

std::shared_ptr<arrow::Schema> map_schema() {
  return arrow::schema({arrow::field("x", arrow::float32(), false), arrow::field("y", arrow::float32(), false),
                        arrow::field("cluster", arrow::int32(), false)});
}

std::shared_ptr<arrow::Schema> regions_schema(bool with_source) {
  arrow::FieldVector fields = {
      arrow::field("x", arrow::float32(), false),    arrow::field("y", arrow::float32(), false),
      arrow::field("label", arrow::utf8(), false),   arrow::field("size", arrow::uint32(), false),
      arrow::field("level", arrow::uint32(), false), arrow::field("parent", arrow::int32(), false)};
  if (with_source) fields.push_back(arrow::field("source", arrow::utf8(), false));
  return arrow::schema(fields);
}

data::MappedTable table_of(const MappedFile& file, const arrow::Schema& schema) {
  const fs::path& path = file.path();
  data::MappedTable table = data::map_table(file, schema, data::Offsets::copied);
  for (const auto& batch : table.batches) {
    for (int column = 0; column < schema.num_fields(); ++column) {
      data::refuse_nulls(path, schema.field(column)->name(), *batch->column(column));
    }
  }
  return table;
}

template <class T>
const T* numbers(const arrow::RecordBatch& batch, int column) {
  return batch.column(column)->data()->GetValues<T>(1);
}

layout::Point checked_point(float x, float y, const fs::path& path, std::size_t row) {
  if (!std::isfinite(x) || !std::isfinite(y)) {
    fail(ErrorCode::corrupt, "{}: row {}: expected finite numbers, found ({}, {})", path.string(), row, x, y);
  }
  return {x, y};
}

layout::NameSource source_named(std::string_view name, const fs::path& path, std::size_t row) {
  const auto found = std::ranges::find(layout::kNameSourceNames, name);
  if (found == layout::kNameSourceNames.end()) {
    fail(ErrorCode::corrupt, "{}: row {}: expected a source of {}, found \"{}\"", path.string(), row,
         fmt::join(layout::kNameSourceNames, ", "), name);
  }
  return static_cast<layout::NameSource>(found - layout::kNameSourceNames.begin());
}

std::vector<layout::Region> read_regions(const MappedFile& file) {
  const fs::path& path = file.path();
  std::vector<layout::Region> regions;
  const bool with_source = data::has_columns(file, *regions_schema(true));
  const data::MappedTable table = table_of(file, *regions_schema(with_source));
  for (const auto& batch : table.batches) {
    const float* x = numbers<float>(*batch, 0);
    const float* y = numbers<float>(*batch, 1);
    const auto& labels = static_cast<const arrow::StringArray&>(*batch->column(2));
    const std::uint32_t* size = numbers<std::uint32_t>(*batch, 3);
    const std::uint32_t* level = numbers<std::uint32_t>(*batch, 4);
    const std::int32_t* parent = numbers<std::int32_t>(*batch, 5);
    const auto* sources = with_source ? &static_cast<const arrow::StringArray&>(*batch->column(6)) : nullptr;
    for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
      const std::size_t row = regions.size();
      layout::Region region;
      region.centre = checked_point(x[i], y[i], path, row);
      region.label = std::string(labels.GetView(i));
      region.size = size[i];
      region.level = level[i];
      region.parent = parent[i];
      if (sources != nullptr) region.source = source_named(sources->GetView(i), path, row);
      const bool has_parent = region.parent >= 0 && static_cast<std::size_t>(region.parent) < row &&
                              regions[static_cast<std::size_t>(region.parent)].level + 1 == region.level;
      if (region.level == 0 ? region.parent != layout::kNoRegion : !has_parent) {
        fail(ErrorCode::corrupt, "{}: row {}: expected a parent of level {} before it, found {}", path.string(), row,
             static_cast<std::int64_t>(region.level) - 1, region.parent);
      }
      regions.push_back(std::move(region));
    }
  }
  return regions;
}

}  // namespace

layout::SongMap read_map(const fs::path& folder, std::uint32_t song_count) {
  return read_map(OpenFolder(folder), song_count);
}

layout::SongMap read_map(const OpenFolder& folder, std::uint32_t song_count) {
  layout::SongMap map;
  map.regions = read_regions(folder.map(kClustersName));
  const MappedFile file = folder.map(kMapName);
  const fs::path& path = file.path();
  const data::MappedTable table = table_of(file, *map_schema());
  for (const auto& batch : table.batches) {
    const float* x = numbers<float>(*batch, 0);
    const float* y = numbers<float>(*batch, 1);
    const std::int32_t* regions = numbers<std::int32_t>(*batch, 2);
    for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
      const std::size_t row = map.layout.size();
      map.layout.push_back(checked_point(x[i], y[i], path, row));
      const std::int32_t region = regions[i];
      if (region < layout::kNoRegion || region >= static_cast<std::int64_t>(map.regions.size())) {
        fail(ErrorCode::corrupt, "{}: row {}: expected a cluster from -1 to {}, found {}", path.string(), row,
             static_cast<std::int64_t>(map.regions.size()) - 1, region);
      }
      map.region.push_back(region);
    }
  }
  if (map.layout.size() != song_count) {
    fail(ErrorCode::corrupt, "{}: expected {} rows, one a song, found {}", path.string(), song_count,
         map.layout.size());
  }
  return map;
}

void write_map(const fs::path& folder, const layout::SongMap& map) {
  SEGUE_ASSERT(map.region.size() == map.layout.size());
  const std::string subject = folder.string();
  const auto check = [&](const arrow::Status& status) { data::check_arrow(ErrorCode::io_failed, subject, status); };
  const auto finished = [&](arrow::ArrayBuilder& builder) {
    return data::arrow_value(ErrorCode::io_failed, subject, builder.Finish());
  };
  {
    arrow::FloatBuilder x;
    arrow::FloatBuilder y;
    arrow::Int32Builder region;
    for (std::size_t song = 0; song < map.layout.size(); ++song) {
      check(x.Append(map.layout[song].x));
      check(y.Append(map.layout[song].y));
      check(region.Append(map.region[song]));
    }
    data::TableWriter writer(folder / kMapName, map_schema());
    const auto rows = static_cast<std::int64_t>(map.layout.size());
    writer.write(*arrow::RecordBatch::Make(map_schema(), rows, {finished(x), finished(y), finished(region)}));
    writer.close();
  }
  arrow::FloatBuilder x;
  arrow::FloatBuilder y;
  arrow::StringBuilder label;
  arrow::UInt32Builder size;
  arrow::UInt32Builder level;
  arrow::Int32Builder parent;
  arrow::StringBuilder source;
  for (const layout::Region& region : map.regions) {
    check(x.Append(region.centre.x));
    check(y.Append(region.centre.y));
    check(label.Append(region.label));
    check(size.Append(region.size));
    check(level.Append(region.level));
    check(parent.Append(region.parent));
    check(source.Append(choice_name(region.source)));
  }
  data::TableWriter writer(folder / kClustersName, regions_schema(true));
  writer.write(*arrow::RecordBatch::Make(regions_schema(true), static_cast<std::int64_t>(map.regions.size()),
                                         {finished(x), finished(y), finished(label), finished(size), finished(level),
                                          finished(parent), finished(source)}));
  writer.close();
}

std::string map_stream(const layout::SongMap& map) {
  const std::size_t songs = map.layout.size();
  std::vector<float> x(songs);
  std::vector<float> y(songs);
  std::vector<std::int16_t> regions(songs);
  for (std::size_t row = 0; row < songs; ++row) {
    x[row] = map.layout[row].x;
    y[row] = map.layout[row].y;
    std::int32_t region = map.region[row];
    while (region > std::numeric_limits<std::int16_t>::max()) {
      region = map.regions[static_cast<std::size_t>(region)].parent;
    }
    regions[row] = static_cast<std::int16_t>(region);
  }
  const auto schema =
      arrow::schema({arrow::field("x", arrow::float32(), false), arrow::field("y", arrow::float32(), false),
                     arrow::field("cluster", arrow::int16(), false)});
  const auto length = static_cast<std::int64_t>(songs);
  const auto batch =
      arrow::RecordBatch::Make(schema, length,
                               std::vector<std::shared_ptr<arrow::Array>>{
                                   std::make_shared<arrow::FloatArray>(length, arrow::Buffer::Wrap(x)),
                                   std::make_shared<arrow::FloatArray>(length, arrow::Buffer::Wrap(y)),
                                   std::make_shared<arrow::Int16Array>(length, arrow::Buffer::Wrap(regions)),
                               });
  const auto sink = data::arrow_value(ErrorCode::no_space, "map", arrow::io::BufferOutputStream::Create());
  const auto writer = data::arrow_value(ErrorCode::no_space, "map", arrow::ipc::MakeStreamWriter(sink, schema));
  data::check_arrow(ErrorCode::no_space, "map", writer->WriteRecordBatch(*batch));
  data::check_arrow(ErrorCode::no_space, "map", writer->Close());
  return data::arrow_value(ErrorCode::no_space, "map", sink->Finish())->ToString();
}

}  // namespace segue::model
