// CRC-32C (Castagnoli): polynomial 0x1EDC6F41, reflected, and the masked form of record files.
//
// masked = rotate_right(crc, 15) + 0xa282ead8: a checksum of bytes that hold checksums stays sound
// (format of TensorFlow's record files). Test: tests/io/event_file_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace coldstart::io {

uint32_t crc32c(std::span<const std::byte> bytes);
uint32_t masked_crc32c(std::span<const std::byte> bytes);

}  // namespace coldstart::io
