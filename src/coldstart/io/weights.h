// Weights from and to safetensors files, under our own names or those of Hugging Face.
//
// Reading accepts GPT-2 (with or without the prefix "transformer.") and LLaMA names as well as our
// own, and finds out which it is. Everything is checked before the first weight changes: a missing
// tensor, a wrong shape or a tensor that has no place in the model is a DataError that names the
// nearest name. Two harmless extras pass: biases that are zero throughout in a model without
// biases, and a copy of a tied head. Test: tests/io/weights_test.cpp.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/io/hf_names.h"
#include "coldstart/io/safetensors.h"
#include "coldstart/tensor/param.h"

namespace coldstart::io {

// Overwrites every weight of params; returns the naming that the file uses. source names the file.
Naming import_weights(const SafetensorsReader& file, std::string_view source, ParamList& params);

// Rows of the token embedding, under any accepted name; 0 when there is none.
int64_t stored_vocab(const SafetensorsReader& file);

// The Hugging Face family whose names fit these parameters: learned positions are GPT-2's.
Naming hf_naming(const ParamList& params);

enum class Which : uint8_t { weights, grads };

// Parameters as files hold them: renamed, stacked, transposed. Views into params where the layout
// is the same, own memory elsewhere; so params and this object must outlive a writer that holds
// them.
class ForeignTensors {
 public:
  // ConfigError for a parameter that the naming has no name for.
  ForeignTensors(const ParamList& params, Which which, Naming naming);

  struct Named {
    std::string name;
    Tensor tensor;
  };
  const std::vector<Named>& tensors() const { return tensors_; }
  void add_to(SafetensorsWriter& writer, std::string_view prefix = "") const;

 private:
  std::list<Arena> memory_;
  std::vector<Named> tensors_;
};

}  // namespace coldstart::io
