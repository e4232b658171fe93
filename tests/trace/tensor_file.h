// A safetensors file put together from numbers, for tests.
#pragma once

#include <filesystem>
#include <list>
#include <string>
#include <vector>

#include "coldstart/io/safetensors.h"

namespace coldstart {

class TensorFile {
 public:
  explicit TensorFile(DType dtype = DType::f32) : dtype_(dtype) {}

  void add(const std::string& name, const std::vector<int64_t>& shape,
           const std::vector<double>& values) {
    Entry& entry = entries_.emplace_back(Entry{name, shape, {}, {}});
    for (const double value : values) {
      entry.f32.push_back(static_cast<float>(value));
      entry.f64.push_back(value);
    }
  }

  void write(const std::filesystem::path& path) const {
    io::SafetensorsWriter writer;
    for (const Entry& entry : entries_) {
      void* data = dtype_ == DType::f32 ? static_cast<void*>(entry.f32.data())
                                        : static_cast<void*>(entry.f64.data());
      writer.add(entry.name, Tensor(data, dtype_, std::span(entry.shape)));
    }
    writer.write(path);
  }

 private:
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    mutable std::vector<float> f32;  // a Tensor views memory that may be written
    mutable std::vector<double> f64;
  };
  DType dtype_;
  std::list<Entry> entries_;
};

}  // namespace coldstart
