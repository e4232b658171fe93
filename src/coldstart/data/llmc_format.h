// Token files of llm.c: int32 header[256], then tokens up to the end of the file.
//
//   header[0] = 20240520, header[1] = 1, header[2] = tokens: uint16 tokens of GPT-2 (50257)
//   header[0] = 20240801, header[1] = 7, header[2] = tokens: uint32 tokens of Llama 3 (128256)
// These files carry no checksum: only sizes and token range can be checked. Test:
// tests/data/llmc_format_test.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "coldstart/data/shard_format.h"

namespace coldstart::data {

bool looks_like_llmc(std::span<const std::byte> file);
TokenView parse_llmc(std::span<const std::byte> file, std::string_view where);

}  // namespace coldstart::data
