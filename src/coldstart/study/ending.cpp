#include "coldstart/study/ending.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstring>

#include "coldstart/core/exit_status.h"

namespace coldstart::study {

namespace {

using plan::Reason;

constexpr int kCannotStart = 126, kNotFound = 127;  // as shells have it

std::string last_line(const std::string& text) {
  size_t end = text.find_last_not_of("\n\r ");
  if (end == std::string::npos) return "it printed nothing";
  const size_t before = text.rfind('\n', end);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  std::string line = text.substr(begin, end + 1 - begin);
  constexpr size_t kMost = 300;
  if (line.size() > kMost) line.resize(kMost);
  return line;
}

// "error: ..." of this program says what is wrong, the hint after it what to do.
std::string error_line(const std::string& text) {
  const size_t begin = text.rfind("error: ");
  return begin == std::string::npos ? last_line(text)
                                    : last_line(text.substr(begin, text.find('\n', begin) - begin));
}

bool tells_of_memory(const std::string& output) {
  std::string text = output;
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 5> kWords = {
      "out of memory", "memoryerror", "bad_alloc", "cannot allocate memory", "not enough memory"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

Result stopped_by_us(const Ending& e) {
  switch (e.stop) {
    case Stop::time:
      return {.state = State::infeasible,
              .reason = Reason::timeout,
              .note = fmt::format("reached the time limit of {} s", e.limits.time_s)};
    case Stop::silence:
      return {.state = State::infeasible,
              .reason = Reason::timeout,
              .note = fmt::format("hung: wrote nothing for {} s", e.limits.silence_s)};
    default:
      return {.state = State::infeasible,
              .reason = Reason::crash,
              .note = fmt::format("used more than {} MB of disk", e.limits.disk_bytes / 1e6)};
  }
}

Result exited(const Ending& e) {
  switch (e.exit_status) {
    case 0:
      if (e.log.evals == 0)
        return {.state = State::failed,
                .reason = Reason::crash,
                .note = fmt::format("ended well and recorded no '{}' in metrics.jsonl", e.metric)};
      if (e.log.last_step < e.max_steps)
        return {.note = fmt::format("ended at step {} of {}", e.log.last_step, e.max_steps)};
      return {};
    case kUnstable.value:
      return {.state = State::infeasible, .reason = Reason::diverged, .note = "the loss blew up"};
    case kTimeLimit.value:
      return {.state = State::stopped, .note = "saved and ended at a time limit of its own"};
    case kOutOfMemory.value:
      return {.state = State::infeasible,
              .reason = Reason::out_of_memory,
              .note = error_line(e.output_tail)};
    case kCannotStart:
    case kNotFound:
      return {.state = State::failed,
              .reason = Reason::crash,
              .note = fmt::format("could not be started: {}", last_line(e.output_tail))};
    case 128 + SIGINT:
    case 128 + SIGTERM:
      return {.state = State::stopped, .note = "was stopped"};
    default:
      break;
  }
  if (tells_of_memory(e.output_tail))
    return {.state = State::infeasible,
            .reason = Reason::out_of_memory,
            .note = error_line(e.output_tail)};
  if (e.built_in && e.exit_status == kBadInput.value)
    return {.state = State::failed, .reason = Reason::crash, .note = error_line(e.output_tail)};
  return {.state = State::infeasible,
          .reason = Reason::crash,
          .note = fmt::format("exit status {}: {}", e.exit_status, last_line(e.output_tail))};
}

Result signalled(const Ending& e) {
  if (e.signal == SIGINT || e.signal == SIGTERM)
    return {.state = State::stopped, .note = "was stopped"};
  if (e.signal == SIGKILL && e.memory_ran_out)
    return {.state = State::infeasible,
            .reason = Reason::out_of_memory,
            .note = "the system killed it when memory ran out"};
  if (e.signal == SIGKILL) return {.state = State::lost, .note = "was killed from outside"};
  return {.state = State::infeasible,
          .reason = Reason::crash,
          .note = fmt::format("signal {} ({})", e.signal, strsignal(e.signal))};
}

Result verdict(const Ending& e) {
  const bool well = e.signal == 0 && e.exit_status == 0;
  if (!e.log.problem.empty())
    return {.state = State::failed, .reason = Reason::crash, .note = e.log.problem};
  if (e.stop == Stop::asked && !well) return {.state = State::stopped, .note = "was stopped"};
  if (e.log.not_finite)
    return {.state = State::infeasible,
            .reason = Reason::nan,
            .note = fmt::format("the loss was not finite at step {}", e.log.last_step)};
  if (e.stop == Stop::time || e.stop == Stop::silence || e.stop == Stop::disk)
    return stopped_by_us(e);
  return e.signal != 0 ? signalled(e) : exited(e);
}

}  // namespace

Result judge(const Ending& e) {
  Result result = verdict(e);
  result.exit_status = e.signal != 0 ? 128 + e.signal : e.exit_status;
  return result;
}

}  // namespace coldstart::study
