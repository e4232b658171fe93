// Where the tests find the tree and the program. Defined in a file that CMake writes: as macros on
// the command line these paths would tell every test object of one checkout from those of another.
#pragma once

#include <filesystem>

namespace coldstart {

std::filesystem::path source_dir();    // the checkout
std::filesystem::path program_path();  // the built program

}  // namespace coldstart
