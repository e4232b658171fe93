// A page, served while what it shows is still being written: read-only, two addresses, no files.
//
//   GET /         the page         GET /version  a word that changes when there is something new
// Everything else is refused, whatever path it names; so are requests that were meant for another
// host (a page from elsewhere that makes a browser ask here). Test: tests/e2e/report_test.cpp.
#pragma once

#include <functional>
#include <string>

namespace coldstart::app {

struct ServeOptions {
  std::string host = "127.0.0.1";  // other addresses only where somebody named them
  int port = 0;                    // 0: any that is free
};

// Serves until the process ends. page() is called again when version() has changed; what it throws
// is shown in place of the page. ready(url) is called once. ResourceError when the address is
// taken.
void serve_page(const std::function<std::string()>& page,
                const std::function<std::string()>& version, const ServeOptions& options,
                const std::function<void(const std::string&)>& ready);

}  // namespace coldstart::app
