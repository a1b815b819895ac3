// A file that counts the bytes read of it, for formats that are not read front to back.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace segue::data {

class CountedFile final : public arrow::io::RandomAccessFile {
 public:
  // REQUIRES: `count` outlives this object.
  CountedFile(std::shared_ptr<arrow::io::RandomAccessFile> file, std::atomic<std::uint64_t>& count)
      : file_(std::move(file)), count_(count) {}

  arrow::Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return file_->Tell(); }
  arrow::Status Seek(std::int64_t position) override { return file_->Seek(position); }
  arrow::Result<std::int64_t> GetSize() override { return file_->GetSize(); }
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override { return counted(file_->Read(size, out)); }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override { return counted(file_->Read(size)); }
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t size, void* out) override {
    return counted(file_->ReadAt(position, size, out));
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t size) override {
    return counted(file_->ReadAt(position, size));
  }

 private:
  arrow::Result<std::int64_t> counted(arrow::Result<std::int64_t> read) {
    if (read.ok()) count_ += static_cast<std::uint64_t>(*read);
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> counted(arrow::Result<std::shared_ptr<arrow::Buffer>> read) {
    if (read.ok()) count_ += static_cast<std::uint64_t>((*read)->size());
    return read;
  }

  const std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::atomic<std::uint64_t>& count_;
};

}  // namespace segue::data
