// Names of our parameters in files of Hugging Face transformers, GPT-2 and LLaMA, as data.
//
// A row of the table says what a parameter is called in each family. Two rules complete it:
// parameters of one layer that share a foreign name are parts of one tensor, stacked along the
// output axis in the order of the ParamList (GPT-2's c_attn = [q | k | v]); and GPT-2's Conv1D
// stores a block's matrices (in, out), the transpose of ours. Both are applied by io/weights.h.
// Test: tests/io/hf_names_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coldstart::io {

enum class Naming : uint8_t { own, gpt2, llama };

// "h.0.attn.q.weight" -> "transformer.h.0.attn.c_attn.weight"; empty when that family has no such
// tensor. Naming::own gives the name itself.
std::string foreign_name(std::string_view own, Naming naming);

// The tensor that holds this parameter is stored (in, out).
bool is_stored_transposed(std::string_view own, Naming naming);

// Tensors in such files that are no weights: causal masks and rotary tables, kept there by old
// versions of transformers, and what `coldstart trace step` writes.
bool is_ignored(std::string_view foreign);

}  // namespace coldstart::io
