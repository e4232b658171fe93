// `coldstart report` as a user runs it: the page in a real browser, the folder of figures, and the
// live page over HTTP.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;
using data::TempDir;
using testing::HasSubstr;
using testing::Not;

const std::string kHostile = "</script><script>document.title='owned'</script>";

double planted_loss(int trial) { return 3 + 0.01 * ((trial * 7) % 200); }
// No two trials of one optimizer and warmup have the same.
double planted_rate(int trial) {
  return 0.001 * std::pow(2, trial % 8) * (1 + 0.01 * static_cast<double>(trial / 32));
}

std::map<std::string, std::string> planted_values(int trial) {
  return {{"optimizer.lr", fmt::format("{}", planted_rate(trial))},
          {"optimizer.name", trial / 8 % 2 == 0 ? "adamw" : "lion_ar"},
          {"schedule.warmup", trial / 16 % 2 == 0 ? "0" : "5%"}};
}

void write_spec(const fs::path& study, int trials, int steps) {
  std::string spec = fmt::format(
      "format = 1\ngoal = {}\nmetric = \"val_loss\"\ndirection = \"minimize\"\n"
      "command = [\"./train\"]\nmax_steps = {}\nsampler = \"list\"\nseeds = [1]\n"
      "[[space]]\nname = \"optimizer.name\"\nrole = \"scientific\"\nkind = \"optimizer\"\n"
      "scale = \"choice\"\nchoices = [\"adamw\", \"lion_ar\"]\n"
      "[[space]]\nname = \"schedule.warmup\"\nrole = \"scientific\"\nkind = \"warmup\"\n"
      "scale = \"choice\"\nchoices = [\"0\", \"5%\"]\n"
      "[[space]]\nname = \"optimizer.lr\"\nrole = \"nuisance\"\nkind = \"base_lr\"\n"
      "scale = \"log\"\nrange = [0.001, 0.2]\n",
      nlohmann::json(kHostile).dump(), steps);
  for (int i = 0; i < trials; ++i) {
    spec += "[[trial]]\n";
    for (const auto& [name, value] : planted_values(i))
      spec += fmt::format("\"{}\" = \"{}\"\n", name, value);
  }
  write_file_atomic(study / "study.toml", spec);
}

std::string planted_metrics(int i, int steps) {
  std::string metrics;
  for (int step = 1; step <= steps; ++step) {
    const double loss = planted_loss(i) + 2.0 * (steps - step) / steps;
    metrics += fmt::format(
        "{{\"type\":\"train\",\"step\":{0},\"loss\":{1},\"lr\":{2},\"grad_norm\":{3}}}\n", step,
        loss, planted_rate(i), 1 + 0.5 * std::sin(step));
    if (step % std::max(1, steps / 100) == 0)
      metrics += fmt::format("{{\"type\":\"eval\",\"step\":{0},\"val_loss\":{1}}}\n", step, loss);
    if (step % std::max(1, steps / 50) == 0)
      metrics += fmt::format(
          "{{\"type\":\"metrics\",\"step\":{0},\"angular_update/h.0.attn.q.weight\":{1},"
          "\"angular_update/h.1.attn.q.weight\":{1},\"equilibrium.angle/"
          "h.0.attn.q.weight\":0.1}}\n",
          step, 0.3 / step);
  }
  return metrics;
}

// A study with trials of so many steps; the records of trial i end at planted_loss(i). Trial 5
// diverged.
void write_study(const fs::path& study, int trials, int steps) {
  make_directories(study);
  write_spec(study, trials, steps);
  for (int i = 0; i < trials; ++i) {
    const fs::path trial = study / fmt::format("trials/{:04}", i);
    make_directories(trial);
    write_file_atomic(trial / "metrics.jsonl", planted_metrics(i, steps));
    const nlohmann::json launch = {
        {"trial", i}, {"point", i}, {"seed", 1}, {"values", planted_values(i)}, {"attempt", 1}};
    const nlohmann::json result = {{"attempt", 1},
                                   {"state", i == 5 ? "infeasible" : "finished"},
                                   {"reason", i == 5 ? "diverged" : "none"},
                                   {"note", i == 5 ? kHostile : ""}};
    write_file_atomic(trial / "launch.json", launch.dump());
    write_file_atomic(trial / "result.json", result.dump());
  }
}

TEST(Report, WritesAPageAndAFolderOfFigures) {
  const TempDir dir;
  write_study(dir / "s", 32, 40);
  const ProgramResult result =
      run_program({"report", dir / "s", "-o", dir / "page.html", "--figures", dir / "figures"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("page.html: "));
  const std::string page = read_file(dir / "page.html");
  EXPECT_THAT(page, HasSubstr("32 trials, 1 infeasible."));
  EXPECT_THAT(page, Not(HasSubstr(kHostile)));
  const std::string readme = read_file(dir / "figures/README.md");
  EXPECT_THAT(readme, HasSubstr("(loss_against_lr.svg)"));
  EXPECT_TRUE(fs::exists(dir / "figures/loss_against_lr.svg"));
  // One trial of it is a run, two are runs side by side, and a directory of runs is all of them.
  const std::string first = dir / "s/trials/0000", second = dir / "s/trials/0001";
  EXPECT_EQ(run_program({"report", first, "-o", dir / "run.html"}).status, 0);
  EXPECT_EQ(run_program({"report", first, second, "-o", dir / "runs.html"}).status, 0);
  EXPECT_THAT(read_file(dir / "runs.html"), HasSubstr("2 trials, 0 infeasible."));
  EXPECT_EQ(run_program({"report", dir / "s/trials", "-o", dir / "all.html"}).status, 0);
  EXPECT_THAT(read_file(dir / "all.html"), HasSubstr("32 trials, 1 infeasible."));
}

TEST(Report, AnswersAWarmupStudyWithItsTableAndVerdicts) {
  const TempDir dir;
  write_study(dir / "s", 32, 40);
  ASSERT_EQ(run_program({"report", dir / "s", "-o", dir / "page.html"}).status, 0);
  const std::string page = read_file(dir / "page.html");
  EXPECT_THAT(page, HasSubstr("<h2>Does it need warmup?</h2>"));
  EXPECT_THAT(page, HasSubstr("<td>lion_ar</td><td class=\"number\">5%</td>"));
  EXPECT_THAT(page, HasSubstr("NOT_ESTABLISHED"));
  EXPECT_THAT(page, HasSubstr("coldstart study run again"));
  // The same verdict as the verb's own.
  const ProgramResult verb = run_program({"warmup", dir / "s"});
  const size_t at = verb.out.find("adamw: NOT_ESTABLISHED: ");
  ASSERT_NE(at, std::string::npos) << verb.out << verb.err;
  const std::string reason = verb.out.substr(at + 24, verb.out.find('\n', at) - at - 24);
  EXPECT_THAT(page, HasSubstr("adamw: " + reason));
}

// What a verb printed with --json and was kept with the study.
TEST(Report, ShowsVerdictsThatWereKept) {
  const TempDir dir;
  write_study(dir / "s", 8, 40);
  make_directories(dir / "s/verdicts");
  write_file_atomic(dir / "s/verdicts/predict.json",
                    "{\"rule\":\"CB-03\",\"label\":\"GOOD\",\"text\":\"3.21 at 3x\"}\n");
  ASSERT_EQ(run_program({"report", dir / "s", "-o", dir / "page.html"}).status, 0);
  EXPECT_THAT(read_file(dir / "page.html"), HasSubstr("3.21 at 3x"));
  write_file_atomic(dir / "s/verdicts/torn.json", "{\"rule\":");
  const ProgramResult torn = run_program({"report", dir / "s", "-o", dir / "page.html"});
  EXPECT_EQ(torn.status, 2);
  EXPECT_THAT(torn.err, HasSubstr("torn.json"));
}

TEST(Report, DrawsFiguresAsPng) {
  const TempDir dir;
  write_study(dir / "s", 8, 40);
  const std::string folder = dir / "figures";
  ASSERT_EQ(run_program({"report", dir / "s", "--figures", folder, "--format", "png"}).status, 0);
  size_t pictures = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename() == "README.md") continue;
    EXPECT_EQ(entry.path().extension(), ".png");
    const std::string file = read_file(entry.path());
    ASSERT_THAT(file, testing::StartsWith("\x89PNG\r\n\x1a\n"));
    // Big-endian, the first thing in the header.
    EXPECT_EQ(static_cast<uint8_t>(file[18]) * 256 + static_cast<uint8_t>(file[19]), 1520);
    EXPECT_GT(file.size(), 12'000u) << entry.path() << " is an empty sheet";
    ++pictures;
  }
  EXPECT_GT(pictures, 8u);
  EXPECT_THAT(read_file(folder + "/README.md"), HasSubstr("(loss_against_lr.png)"));
  EXPECT_EQ(run_program({"report", dir / "s", "-o", dir / "p.html", "--format", "png"}).status, 2);
}

TEST(Report, SaysWhatItCannotDraw) {
  const TempDir dir;
  write_study(dir / "s", 2, 4);
  const auto refused = [](const std::vector<std::string>& arguments) {
    const ProgramResult result = run_program(arguments);
    EXPECT_EQ(result.status, 2);
    return result.err;
  };
  const std::string page = dir / "page.html", study = dir / "s", trial = dir / "s/trials/0000";
  EXPECT_THAT(refused({"report", dir.path(), "-o", page}), HasSubstr("neither a run nor a study"));
  EXPECT_THAT(refused({"report", study, trial, "-o", page}), HasSubstr("not the only path"));
  EXPECT_THAT(refused({"report", study}), HasSubstr("it is not said where to put it"));
  EXPECT_THAT(refused({"report", study, "-o", page, "--port", "80"}), HasSubstr("--watch"));
  EXPECT_THAT(refused({"report", study, "--figures", page, "--format", "gif"}), HasSubstr("gif"));
  fs::remove_all(dir / "s/trials");
  EXPECT_THAT(refused({"report", study, "-o", page}), HasSubstr("has no trials yet"));
  EXPECT_FALSE(fs::exists(page));
}

// The program serving a page, ended with the test.
class Served {
 public:
  explicit Served(const std::string& study) {
    int ends[2];
    if (pipe(ends) != 0) return;
    const std::string program = program_path().string();
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(program.c_str(), program.c_str(), "report", study.c_str(), "--watch", nullptr);
      _exit(127);
    }
    close(ends[1]);
    for (char c = 0; read(ends[0], &c, 1) == 1 && c != '\n';) said_ += c;
    close(ends[0]);
    const size_t at = said_.find("http://127.0.0.1:");
    if (at != std::string::npos) port_ = std::atoi(said_.c_str() + at + 17);
  }
  ~Served() {
    if (child_ <= 0) return;
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  int port() const { return port_; }
  const std::string& said() const { return said_; }

  // The whole answer to a request, head and body.
  std::string ask(const std::string& line, const std::string& host = "127.0.0.1") const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      const std::string request = fmt::format(
          "{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", line, host);
      if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
        char buffer[4096];
        for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;)
          answer.append(buffer, static_cast<size_t>(n));
      }
    }
    close(fd);
    return answer;
  }

 private:
  pid_t child_ = -1;
  int port_ = 0;
  std::string said_;
};

TEST(ReportWatch, ServesThePageAndNothingElse) {
  const TempDir dir;
  write_study(dir / "s", 4, 40);
  const Served served(dir / "s");
  ASSERT_GT(served.port(), 0) << served.said();
  const std::string page = served.ask("GET /");
  EXPECT_THAT(page, testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(page, HasSubstr("4 trials"));
  EXPECT_THAT(page, HasSubstr("data-live"));
  for (const char* line : {"GET /../../../../etc/passwd", "GET /trials/0000/metrics.jsonl",
                           "GET /%2e%2e/%2e%2e/etc/passwd", "GET /study.toml"})
    EXPECT_THAT(served.ask(line), testing::StartsWith("HTTP/1.1 404")) << line;
  EXPECT_THAT(served.ask("POST /"), testing::StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(served.ask("DELETE /"), testing::StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(served.ask("GET /", "evil.example"), testing::StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(served.ask("GET /", fmt::format("localhost:{}", served.port())),
              testing::StartsWith("HTTP/1.1 200"));
  // Something new: another version, another page.
  EXPECT_THAT(page, HasSubstr("4 trials, 0 infeasible."));
  const std::string before = served.ask("GET /version");
  write_file_atomic(dir / "s/trials/0003/result.json",
                    R"({"attempt":1,"state":"infeasible","reason":"timeout","note":""})");
  EXPECT_NE(served.ask("GET /version"), before);
  EXPECT_THAT(served.ask("GET /"), HasSubstr("4 trials, 1 infeasible."));
}

// What stands in the page after a browser has drawn it, asked by a script that is added to it.
constexpr const char* kProbe = R"(<script>
addEventListener('load', function wait() {
  if (!document.body.dataset.drawn) { setTimeout(wait, 20); return; }
  const figures = [...document.querySelectorAll('figure[data-panel]')].map(figure => {
    const canvas = figure.querySelector('canvas'), chart = Chart.getChart(canvas);
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let ink = 0;
    for (let i = 3; i < pixels.length; i += 4) ink += pixels[i] > 0;
    return { id: figure.id, ink, sets: chart && figure.id.match(/^(loss|axis)/) ? chart.data.datasets
      .map(set => ({ label: set.label, points: set.data })) : null };
  });
  const first = document.getElementById('loss_against_lr'), chart = Chart.getChart(first.querySelector('canvas'));
  const before = [chart.options.scales.y.type, chart.isDatasetVisible(0)];
  [...first.querySelectorAll('.tools button')].at(-1).click();
  first.querySelector('.legend button').click();
  const select = document.querySelector('#norm_by_step select');
  select.selectedIndex = 1;
  select.dispatchEvent(new Event('change'));
  const probe = document.createElement('script');
  probe.type = 'application/json';
  probe.id = 'probe';
  probe.textContent = JSON.stringify({ figures, before, after: [chart.options.scales.y.type, chart.isDatasetVisible(0)],
    picked: document.querySelector('#norm_by_step select').selectedIndex, title: document.title,
    cells: document.querySelectorAll('#trials tbody tr').length }).replace(/</g, '\\u003c');
  document.body.append(probe);
});
</script></body>)";

struct Browsed {
  std::string dom, console;
};

Browsed browse(const fs::path& page, const fs::path& scratch) {
  const std::string command = fmt::format(
      "cd '{0}' && timeout 240 chromium --headless --no-sandbox --disable-gpu --no-first-run "
      "--user-data-dir='{0}/profile' --enable-logging=stderr --window-size=1280,900 "
      "--virtual-time-budget=60000 --dump-dom 'file://{1}' >dom.txt 2>log.txt",
      scratch.string(), page.string());
  EXPECT_EQ(std::system(command.c_str()), 0);
  return {read_file(scratch / "dom.txt"), read_file(scratch / "log.txt")};
}

nlohmann::json probe_of(const std::string& dom) {
  const std::string mark = "id=\"probe\">";
  const size_t begin = dom.find(mark);
  if (begin == std::string::npos) return {};
  const size_t end = dom.find("</script>", begin);
  return nlohmann::json::parse(dom.substr(begin + mark.size(), end - begin - mark.size()), nullptr,
                               false);
}

TEST(SlowReportPage, DrawsEveryChartOfABigStudyInABrowser) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "chromium is not installed: scripts/setup.sh --dev installs it";
  constexpr int kTrials = 200, kSteps = 2000;
  const TempDir dir;
  write_study(dir / "big", kTrials, kSteps);
  ASSERT_EQ(run_program({"report", dir / "big", "-o", dir / "page.html"}).status, 0);
  std::string page = read_file(dir / "page.html");
  page.replace(page.rfind("</body>"), 7, kProbe);
  write_file_atomic(dir / "probed.html", page);
  const Browsed browsed = browse(dir / "probed.html", dir.path());
  EXPECT_THAT(browsed.console, Not(HasSubstr("CONSOLE")));
  const nlohmann::json probe = probe_of(browsed.dom);
  ASSERT_TRUE(probe.is_object()) << browsed.console;

  // Every figure has ink, those below the fold too.
  std::map<std::string, nlohmann::json> figures;
  for (const auto& figure : probe["figures"]) {
    EXPECT_GT(figure["ink"].get<int>(), 2000) << figure["id"];
    figures[figure["id"].get<std::string>()] = figure["sets"];
  }
  for (const char* id :
       {"loss_against_lr", "curves_best", "curves_flagged", "curves_all", "trace_angular_update",
        "heat", "norm_by_step", "norm_histogram", "axis_1", "axis_2", "isolation_1", "best_of_n"})
    EXPECT_TRUE(figures.contains(id)) << id;

  // The numbers in the page are those of the records.
  std::multimap<double, double> drawn, written;
  for (const auto& set : figures["axis_1"])
    for (const auto& point : set["points"])
      if (set["label"] != "infeasible")
        drawn.emplace(point["x"].get<double>(), point["y"].get<double>());
  for (int i = 0; i < kTrials; ++i)
    if (i != 5) written.emplace(planted_rate(i), planted_loss(i));
  const auto sorted = [](const std::multimap<double, double>& map) {
    std::vector<std::pair<double, double>> pairs(map.begin(), map.end());
    std::ranges::sort(pairs);
    return pairs;
  };
  EXPECT_EQ(sorted(drawn), sorted(written));
  EXPECT_EQ(probe["cells"], kTrials);

  // Switches, legend and pickers do what they say.
  EXPECT_EQ(probe["before"], nlohmann::json({"linear", true}));
  EXPECT_EQ(probe["after"], nlohmann::json({"logarithmic", false}));
  EXPECT_EQ(probe["picked"], 1);
  EXPECT_EQ(probe["title"], "big") << "hostile text was shown, not run";
}

}  // namespace
}  // namespace coldstart
