// What the lists of MetricsOptions mean.
#include <algorithm>
#include <optional>

#include "coldstart/core/text.h"
#include "coldstart/core/trim.h"
#include "coldstart/metrics/options.h"
#include "coldstart/metrics/registry.h"

namespace coldstart::metrics {

namespace {

constexpr const char* kMeasure = "metrics.measure";
constexpr const char* kGranularity = "metrics.granularity";

// "name" or "name@interval".
struct Item {
  std::string name;
  std::optional<Interval> interval;
};

Item parse_item(std::string_view text, std::string_view where) {
  const size_t at = text.find('@');
  Item item{std::string(trimmed(text.substr(0, at))), std::nullopt};
  if (at == std::string_view::npos) return item;
  const std::string_view interval = trimmed(text.substr(at + 1));
  if (interval == "eval") {
    item.interval = Interval{};
    return item;
  }
  const auto steps = parse_int(interval);
  if (!steps || *steps < 1) {
    throw ConfigError(where,
                      fmt::format("'{}' has no usable interval; got '{}', expected eval or a "
                                  "number of steps, 1 or more",
                                  item.name, interval),
                      "write NAME@100 or NAME@eval");
  }
  item.interval = Interval{.steps = *steps};
  return item;
}

std::vector<Item> parse_items(std::string_view text, std::string_view where) {
  std::vector<Item> items;
  while (!trimmed(text).empty()) {
    const size_t comma = text.find(',');
    items.push_back(parse_item(text.substr(0, comma), where));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return items;
}

class Selection {
 public:
  void add(const Item& item) {
    if (item.name == "none") {
      chosen_.clear();
    } else if (item.name == "default" || item.name == "all") {
      for (const MetricInfo& info : all_metrics()) {
        if (info.on_by_default || item.name == "all") choose(info, item.interval);
      }
    } else if (item.name.starts_with('-')) {
      const MetricInfo& info = find_metric(item.name.substr(1), kMeasure);
      std::erase_if(chosen_, [&](const ChosenMetric& c) { return c.name == info.name; });
    } else {
      choose(find_metric(item.name, kMeasure), item.interval);
    }
  }
  std::vector<ChosenMetric> take() { return std::move(chosen_); }

 private:
  // A later word about the same metric wins.
  void choose(const MetricInfo& info, const std::optional<Interval>& interval) {
    const ChosenMetric chosen{info.name, interval.value_or(info.interval)};
    const auto same = [&](const ChosenMetric& other) { return other.name == info.name; };
    const auto place = std::ranges::find_if(chosen_, same);
    if (place == chosen_.end()) {
      chosen_.push_back(chosen);
    } else {
      *place = chosen;
    }
  }

  std::vector<ChosenMetric> chosen_;
};

}  // namespace

std::vector<ChosenMetric> chosen_metrics(const MetricsOptions& options) {
  Selection selection;
  for (const Item& item : parse_items(options.measure, kMeasure)) selection.add(item);
  return selection.take();
}

std::vector<ChosenLevel> chosen_levels(const MetricsOptions& options) {
  std::vector<ChosenLevel> levels;
  for (const Item& item : parse_items(options.granularity, kGranularity)) {
    const auto level = parse_enum<Level>(item.name);
    if (!level) {
      const std::string nearest = nearest_name(item.name, enum_choices<Level>());
      throw ConfigError(
          kGranularity,
          fmt::format("there is no level '{}'; expected model, role, tensor or rows", item.name),
          nearest.empty() ? "write for example model,role@5,tensor@50"
                          : fmt::format("did you mean '{}'?", nearest));
    }
    levels.push_back({*level, item.interval ? item.interval->steps : 1});
  }
  return levels;
}

}  // namespace coldstart::metrics
