// Containers of logs: zip, 7z and tar archives, and files compressed by gzip, zstd, xz, bzip2 or lz4. By libarchive.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>

#include "segue/data/log/input/byte_stream.h"

namespace segue::data {

// Bytes from the start of a file that tell whether it is a container.
inline constexpr std::size_t kContainerBytes = 512;
bool is_container(std::string_view first_bytes);  // false for documents of Office, which are zips too
bool is_office_document(std::string_view first_bytes);

// Calls visit(member, stream) for each file in the container, in its order; `member` is "" for a compressed file
// that is no archive. With `file`, which may be null, archives are read by their directory. Throws bad_input for a
// truncated or damaged container, naming `name`.
void for_each_member(PeekableStream& stream, const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                     const std::string& name,
                     const std::function<void(const std::string& member, std::unique_ptr<ByteStream>)>& visit);

}  // namespace segue::data
