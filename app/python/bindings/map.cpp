// The map of a model: laid out, and as tables.
#include <memory>
#include <string>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <nanobind/stl/string.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/pipeline/lay_out_map.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/model.h"
#include "app/python/bindings/tables.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

void check(const arrow::Status& status) {
  data::check_arrow(ErrorCode::io_failed, "map", status);
}

std::shared_ptr<arrow::Array> finished(arrow::ArrayBuilder& builder) {
  return data::arrow_value(ErrorCode::io_failed, "map", builder.Finish());
}

// A row a song: its id, its place, and its region at the finest level.
Table points_of(const layout::SongMap& map, const data::Catalogue& songs) {
  arrow::StringBuilder id;
  arrow::FloatBuilder x;
  arrow::FloatBuilder y;
  arrow::Int32Builder region;
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    check(id.Append(songs.id(row)));
    check(x.Append(map.layout[row].x));
    check(y.Append(map.layout[row].y));
    check(map.region[row] == layout::kNoRegion ? region.AppendNull() : region.Append(map.region[row]));
  }
  return {
      arrow::Table::Make(arrow::schema({arrow::field("id", arrow::utf8()), arrow::field("x", arrow::float32()),
                                        arrow::field("y", arrow::float32()), arrow::field("region", arrow::int32())}),
                         {finished(id), finished(x), finished(y), finished(region)})};
}

// A row a region, in the numbers of points_of().
Table regions_of(const layout::SongMap& map) {
  arrow::StringBuilder label;
  arrow::UInt32Builder size;
  arrow::UInt32Builder level;
  arrow::Int32Builder parent;
  arrow::FloatBuilder x;
  arrow::FloatBuilder y;
  arrow::StringBuilder source;
  for (const layout::Region& region : map.regions) {
    check(label.Append(region.label));
    check(size.Append(region.size));
    check(level.Append(region.level));
    check(region.parent == layout::kNoRegion ? parent.AppendNull() : parent.Append(region.parent));
    check(x.Append(region.centre.x));
    check(y.Append(region.centre.y));
    check(source.Append(choice_name(region.source)));
  }
  return {
      arrow::Table::Make(arrow::schema({arrow::field("label", arrow::utf8()), arrow::field("size", arrow::uint32()),
                                        arrow::field("level", arrow::uint32()), arrow::field("parent", arrow::int32()),
                                        arrow::field("x", arrow::float32()), arrow::field("y", arrow::float32()),
                                        arrow::field("source", arrow::utf8())}),
                         {finished(label), finished(size), finished(level), finished(parent), finished(x), finished(y),
                          finished(source)})};
}

nb::dict lay_out(const OpenModel& open, const nb::dict& given, const nb::object& show) {
  Keywords keywords(given);
  const auto job = job_of<MapJob>(keywords);
  const pipeline::MapResult result = watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return pipeline::lay_out_map(open.path(), *open.model(), job.layout, job.tsne, progress, stop);
  });
  nb::dict made;
  made["points"] = points_of(result.map, open.model()->songs());
  made["regions"] = regions_of(result.map);
  made["record"] = to_python(result.record);
  return made;
}

}  // namespace

void bind_map(nb::module_& m) {
  m.def("lay_out", &lay_out, nb::arg("model"), nb::arg("options"), nb::arg("show").none());
}

}  // namespace segue::python
