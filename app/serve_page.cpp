#include "app/serve_page.h"

#include <fmt/format.h>
#include <httplib.h>

#include <mutex>

#include "coldstart/core/error.h"
#include "coldstart/report/escape.h"

namespace coldstart::app {

namespace {

// The page of the newest version; made once for it, whoever asks.
class Cache {
 public:
  Cache(const std::function<std::string()>& page, const std::function<std::string()>& version)
      : page_(page), version_(version) {}

  std::string page() {
    const std::lock_guard lock(mutex_);
    const std::string now = version_();
    if (now == made_for_ && !text_.empty()) return text_;
    try {
      text_ = page_();
      made_for_ = now;
    } catch (const Error& error) {
      return fmt::format(
          "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"3\">"
          "<title>report</title><pre>{}</pre>",
          report::html(error.message()));
    }
    return text_;
  }

 private:
  std::mutex mutex_;
  const std::function<std::string()>&page_, &version_;
  std::string text_, made_for_;
};

std::string without_port(const std::string& host) {
  const size_t colon = host.rfind(':');
  if (colon == std::string::npos || host.ends_with(']')) return host;
  return host.substr(0, colon);
}

bool is_own_host(const std::string& header, const std::string& host) {
  const std::string name = without_port(header);
  if (name == host || name == "[" + host + "]") return true;
  if (host == "0.0.0.0" || host == "::") return true;  // every address was asked for
  return (host == "127.0.0.1" || host == "localhost") &&
         (name == "localhost" || name == "127.0.0.1");
}

}  // namespace

void serve_page(const std::function<std::string()>& page,
                const std::function<std::string()>& version, const ServeOptions& options,
                const std::function<void(const std::string&)>& ready) {
  httplib::Server server;
  Cache cache(page, version);
  server.set_pre_routing_handler([&](const httplib::Request& request, httplib::Response& response) {
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Cache-Control", "no-store");
    if (request.method != "GET" && request.method != "HEAD")
      response.status = 405;
    else if (!is_own_host(request.get_header_value("Host"), options.host))
      response.status = 403;
    else
      return httplib::Server::HandlerResponse::Unhandled;
    return httplib::Server::HandlerResponse::Handled;
  });
  server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(cache.page(), "text/html; charset=utf-8");
  });
  server.Get("/version", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(version(), "text/plain; charset=utf-8");
  });
  int port = options.port;
  const bool bound = port == 0 ? (port = server.bind_to_any_port(options.host)) > 0
                               : server.bind_to_port(options.host, port);
  if (!bound)
    throw ResourceError("report --watch",
                        fmt::format("cannot listen on {}:{}", options.host, options.port),
                        "choose another --port, or --port 0 for any that is free");
  ready(fmt::format("http://{}:{}/", options.host, port));
  if (!server.listen_after_bind())
    throw ResourceError("report --watch", "the server ended", "start it again");
}

}  // namespace coldstart::app
