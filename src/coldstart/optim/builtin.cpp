#include "coldstart/optim/builtin.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/optim/adamw.h"
#include "coldstart/optim/lion.h"
#include "coldstart/optim/lion_a.h"
#include "coldstart/optim/lion_ar.h"
#include "coldstart/optim/muon.h"
#include "coldstart/optim/rotational_adamw.h"
#include "coldstart/optim/rotational_lion.h"
#include "coldstart/optim/schedule_free_adamw.h"
#include "coldstart/optim/sgd.h"

namespace coldstart::optim {

namespace {

void refuse_if(bool wrong, const char* option, const std::string& what, const char* hint) {
  if (wrong) throw ConfigError(fmt::format("optimizer.{}", option), what, hint);
}

void check_v_init(const OptimizerOptions& o) {
  refuse_if(o.v_init == VInit::zero && o.v_init_scale != OptimizerOptions().v_init_scale,
            "v_init_scale", "there is nothing to scale: v_init is zero",
            "set optimizer.v_init to gradient or random");
}

void check_nesterov(const OptimizerOptions& o) {
  refuse_if(!o.nesterov.value() && o.nesterov_form != NesterovForm::ema, "nesterov_form",
            "it has no effect without Nesterov momentum", "set optimizer.nesterov = true");
}

// adamw and muon turn nothing without hyperball.
void check_embeddings(const OptimizerOptions& o) {
  refuse_if(!o.hyperball && !o.rotate_embeddings, "rotate_embeddings",
            "nothing is rotational here without hyperball",
            "set optimizer.hyperball = true, or take a rotational optimizer");
  refuse_if(!o.hyperball && !o.rotation_replay.empty(), "rotation_replay",
            "nothing is rotational here without hyperball",
            "set optimizer.hyperball = true, or take a rotational optimizer");
}

// The angles of a replay are the recorded ones: what would change them, or has no meaning beside
// them, is refused.
void check_replay(const OptimizerOptions& o) {
  if (o.rotation_replay.empty()) return;
  const auto refuse = [&](bool wrong, const char* option, const char* hint) {
    refuse_if(wrong, option, "the angles are those that rotation_replay names", hint);
  };
  refuse(o.weight_decay.value() > 0, "weight_decay", "leave weight_decay out");
  refuse(o.rotation_angle != AngleRule::automatic, "rotation_angle", "leave rotation_angle out");
  refuse(o.rotation_norm_decay.value_or(0) > 0, "rotation_norm_decay",
         "with an average over steps a step turns by more or less than its angle; leave it out");
  refuse(o.inverse_bias_correction != InverseBiasCorrection::none, "inverse_bias_correction",
         "it would shorten the first of them; leave it out");
  refuse(o.radam_mode != RadamMode::off, "radam_mode",
         "it would shorten the first of them; leave it out");
  refuse(o.row_gain, "row_gain", "gains turn a matrix as well; leave row_gain out");
}

void check_hyperball(const OptimizerOptions& o) {
  refuse_if(o.hyperball && o.weight_decay.value() > 0, "weight_decay",
            fmt::format("decay has no meaning for weights of fixed norm whose angle is lr "
                        "(hyperball); got {}, expected 0",
                        o.weight_decay.value()),
            "leave weight_decay out");
  check_replay(o);
}

void check_adamw(const OptimizerOptions& o) {
  check_v_init(o);
  check_embeddings(o);
  check_hyperball(o);
  // Below, rho_inf <= 4: the second moment is never taken as reliable.
  constexpr double kSmallestBeta2 = 0.6;
  refuse_if(o.radam_mode != RadamMode::off && o.beta2.value() <= kSmallestBeta2, "radam_mode",
            fmt::format("the rectification is not defined for this beta2; got {}, expected above "
                        "{}",
                        o.beta2.value(), kSmallestBeta2),
            "raise optimizer.beta2, or set optimizer.radam_mode = off");
}

void check_rotation(const OptimizerOptions& o) {
  check_hyperball(o);
  refuse_if(o.row_gain && (o.hyperball || o.rotation_granularity == Granularity::tensor),
            "row_gain", "row gains need rows of fixed norm",
            "set optimizer.rotation_granularity = row, without hyperball");
  refuse_if(o.row_gain && o.weight_decay.value() == 0, "row_gain",
            "nothing is rotational without weight decay, which sets the angle",
            "set optimizer.weight_decay above 0");
}

// What hyperball settles is refused beside it, not passed over.
void check_rotational(const OptimizerOptions& o) {
  check_rotation(o);
  const auto refuse_beside = [&](bool wrong, const char* option) {
    refuse_if(o.hyperball && wrong, option, "hyperball turns whole tensors by lr, not centered",
              "leave it out beside hyperball");
  };
  refuse_beside(o.rotation_center.value(), "rotation_center");
  refuse_beside(o.rotation_angle != AngleRule::automatic, "rotation_angle");
  refuse_beside(o.rotation_norm_decay.value() > 0, "rotation_norm_decay");
}

void check_rotational_adamw(const OptimizerOptions& o) {
  check_v_init(o);
  check_rotational(o);
  refuse_if(o.rotation_angle == AngleRule::sign || o.rotation_angle == AngleRule::sibling_lion,
            "rotation_angle",
            fmt::format("that angle is of sign updates; got {}, expected adamw or linear",
                        enum_name(o.rotation_angle)),
            "rotational_lion and lion_ar take it");
}

void check_schedule_free(const OptimizerOptions& o) {
  refuse_if(
      o.beta1.value() == 0, "beta1",
      "schedule-free evaluates at an average that beta1 = 0 leaves out; got 0, expected above "
      "0",
      "the default is 0.9");
}

}  // namespace

std::vector<OptimizerEntry> builtin_optimizers() {
  return {
      {.name = "adamw",
       .summary = "AdamW in PyTorch's form, with its bias corrections open",
       .options = {"weight_decay", "beta1", "beta2", "eps", "bias_correction_m",
                   "bias_correction_v", "radam_mode", "v_init", "v_init_scale", "cautious",
                   "hyperball", "rotate_embeddings", "rotation_replay"},
       .state_arenas = 2,
       .trust_ratios = {TrustRatio::lamb},
       .make = make<AdamW>,
       .check = check_adamw,
       .groups = AdamW::groups},
      {.name = "sgd",
       .summary = "momentum in PyTorch's form",
       .options = {"weight_decay", "momentum", "nesterov", "sgd_decoupled"},
       .state_arenas = 1,
       .trust_ratios = {TrustRatio::lars, TrustRatio::lamb},
       .make = make<Sgd>,
       .groups = Sgd::groups},
      {.name = "lion",
       .summary = "the sign of a momentum",
       .options = {"weight_decay", "beta1", "beta2", "cautious"},
       .state_arenas = 1,
       .sign_steps = true,
       .trust_ratios = {TrustRatio::lamb},
       .make = make<Lion>,
       .defaults = {.beta2 = 0.99},
       .groups = Lion::groups},
      {.name = "lion_a",
       .summary = "Lion with a fixed update norm that AdamW's hyper-parameters fit",
       .options = {"weight_decay", "beta", "nesterov", "nesterov_form", "lion_a_scale",
                   "inverse_bias_correction", "cautious"},
       .state_arenas = 1,
       .sign_steps = true,
       .trust_ratios = {TrustRatio::lamb},
       .make = make<LionA>,
       .check = check_nesterov,
       .groups = LionA::groups},
      {.name = "lion_ar",
       .summary = "LionA that turns every row by a set angle and keeps its norm",
       .options = {"weight_decay", "beta", "nesterov", "nesterov_form", "lion_a_scale",
                   "inverse_bias_correction", "cautious", "rotation_granularity", "rotation_center",
                   "rotation_angle", "rotate_embeddings", "row_gain", "rotation_replay"},
       .state_arenas = 1,
       .sign_steps = true,
       .make = make<LionAR>,
       .check =
           [](const OptimizerOptions& o) {
             check_nesterov(o);
             check_rotation(o);
           },
       .groups = LionAR::groups},
      {.name = "rotational_adamw",
       .summary = "Adam's direction, turned by AdamW's equilibrium angle",
       .options = {"weight_decay", "beta1", "beta2", "eps", "bias_correction_m",
                   "bias_correction_v", "v_init", "v_init_scale", "rotation_granularity",
                   "rotation_center", "rotation_angle", "rotation_norm_decay", "rotate_embeddings",
                   "row_gain", "hyperball", "rotation_replay"},
       .state_arenas = 2,
       .make = make<RotationalAdamW>,
       .defaults = {.rotation_center = true},
       .check = check_rotational_adamw,
       .groups = RotationalAdamW::groups},
      {.name = "rotational_lion",
       .summary = "Lion's sign, turned by Lion's equilibrium angle",
       .options = {"weight_decay", "beta1", "beta2", "cautious", "rotation_granularity",
                   "rotation_center", "rotation_angle", "rotation_norm_decay", "rotate_embeddings",
                   "row_gain", "hyperball", "rotation_replay"},
       .state_arenas = 1,
       .sign_steps = true,
       .make = make<RotationalLion>,
       .defaults = {.beta2 = 0.99,
                    .rotation_center = true,
                    .rotation_angle = AngleRule::sibling_lion},
       .check = check_rotational,
       .groups = RotationalLion::groups},
      {.name = "muon",
       .summary = "orthogonalised momentum for hidden matrices, AdamW for the rest",
       .options = {"weight_decay", "momentum", "nesterov", "nesterov_form", "beta1", "beta2", "eps",
                   "hyperball", "rotate_embeddings", "rotation_replay"},
       .state_arenas = 2,
       .trust_ratios = {TrustRatio::lamb},
       .make = make<Muon>,
       .defaults = {.momentum = 0.95, .nesterov = true},
       .check =
           [](const OptimizerOptions& o) {
             check_nesterov(o);
             check_embeddings(o);
             check_hyperball(o);
           },
       .groups = Muon::groups,
       .scratch_bytes = Muon::scratch_bytes},
      {.name = "schedule_free_adamw",
       .summary = "averaging in place of a decaying rate",
       .options = {"weight_decay", "beta1", "beta2", "eps", "bias_correction_v"},
       .state_arenas = 3,
       .weights_alone = false,
       .row_factors = false,
       .make = make<ScheduleFreeAdamW>,
       .check = check_schedule_free,
       .groups = ScheduleFreeAdamW::groups},
  };
}

}  // namespace coldstart::optim
