#include "coldstart/train/idle_options.h"

#include <fmt/format.h>

#include <utility>

#include "coldstart/data/corpus.h"

namespace coldstart::train {

std::vector<std::string> idle_options(const ResolvedConfig& config) {
  std::vector<std::string> idle;
  const auto because = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    idle.push_back(fmt::format(format, std::forward<Args>(args)...));
  };
  const RunConfig& c = config.config;
  const RunConfig defaults;
  if (c.schedule.shape != schedule::Shape::trapezoid &&
      c.schedule.cooldown != defaults.schedule.cooldown)
    because("cooldown {} has no effect: shape = {}", c.schedule.cooldown,
            enum_name(c.schedule.shape));
  if (c.model.position != model::Position::rope && c.model.rope_theta != defaults.model.rope_theta)
    because("rope_theta {} has no effect: position = {}", c.model.rope_theta,
            enum_name(c.model.position));
  if (c.data.tokenizer != TokenizerKind::sentencepiece &&
      c.data.vocab_size != defaults.data.vocab_size)
    because("vocab_size {} has no effect: tokenizer = {}", c.data.vocab_size,
            enum_name(c.data.tokenizer));
  const bool stories = c.data.path == data::kBuiltinStories;
  if (!stories && c.data.stories_bytes != defaults.data.stories_bytes)
    because("stories_bytes {} has no effect: path = {}", c.data.stories_bytes, c.data.path);
  if (!stories && c.data.stories_seed != defaults.data.stories_seed)
    because("stories_seed {} has no effect: path = {}", c.data.stories_seed, c.data.path);
  const bool files = c.data.path == data::kBuiltinFiles;
  if (!files && c.data.kinds != defaults.data.kinds)
    because("kinds {} has no effect: path = {}", c.data.kinds, c.data.path);
  if (!files && c.data.examples != defaults.data.examples)
    because("examples {} has no effect: path = {}", c.data.examples, c.data.path);
  if (c.model.kind == ModelKind::mlp && c.model.norm != defaults.model.norm)
    because("norm {} has no effect: kind = mlp", enum_name(c.model.norm));
  if (config.schedule.fall.shape == schedule::DecayShape::none &&
      c.schedule.final_ratio != defaults.schedule.final_ratio)
    because("final_ratio {} has no effect: the rate never decays", c.schedule.final_ratio);
  if (c.train.target_loss > 0 && c.train.eval_every == 0 && c.train.eval_at.empty())
    because("target_loss {} has no effect: nothing is evaluated before the end",
            c.train.target_loss);
  return idle;
}

}  // namespace coldstart::train
