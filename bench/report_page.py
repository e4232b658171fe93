#!/usr/bin/env python3
"""How long a report page takes: to write, and to open in a browser.

  bench/report_page.py [--program build/coldstart] [--trials 200] [--steps 2000]

Makes a study with so many trials and records a trial (three hundred thousand lines and more), writes
its page, and opens it in headless Chromium. The page is served with one script more, which reports
the time since the navigation began: until all of it was read, until the figures in sight were drawn,
and until all were. Five times; the median is printed. docs/report.md has its figures from here.
"""
import argparse
import http.server
import json
import math
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

PROBE = b"""<script>
addEventListener('load', () => {
  const read = performance.now();
  let seen = 0;
  const inSight = () => [...document.querySelectorAll('figure[data-panel]')]
    .filter(f => f.getBoundingClientRect().top < innerHeight).every(f => f.dataset.drawn);
  const wait = () => {
    if (!seen && inSight()) seen = performance.now();
    if (!document.body.dataset.drawn) { setTimeout(wait, 5); return; }
    navigator.sendBeacon('/took', JSON.stringify({ read, seen, all: performance.now() }));
  };
  wait();
});
</script></body>"""


def write_study(study, trials, steps):
    spec = f'''format = 1
goal = "how fast its page is"
metric = "val_loss"
direction = "minimize"
command = ["./train"]
max_steps = {steps}
sampler = "list"
seeds = [1]
[[space]]
name = "optimizer.lr"
role = "nuisance"
kind = "base_lr"
scale = "log"
range = [0.001, 0.2]
[[space]]
name = "optimizer.name"
role = "scientific"
kind = "optimizer"
scale = "choice"
choices = ["adamw", "lion_ar"]
'''
    for i in range(trials):
        values = {"optimizer.lr": str(0.001 * 2 ** (i % 8) * (1 + 0.01 * (i // 16))),
                  "optimizer.name": ["adamw", "lion_ar"][i // 8 % 2]}
        spec += "[[trial]]\n" + "".join(f'"{k}" = "{v}"\n' for k, v in values.items())
        trial = study / "trials" / f"{i:04}"
        trial.mkdir(parents=True)
        launch = {"trial": i, "point": i, "seed": 1, "values": values, "attempt": 1}
        result = {"attempt": 1, "state": "finished", "reason": "none", "note": ""}
        (trial / "launch.json").write_text(json.dumps(launch))
        (trial / "result.json").write_text(json.dumps(result))
        with open(trial / "metrics.jsonl", "w") as out:
            for step in range(1, steps + 1):
                loss = 3 + 0.01 * (i * 7 % 200) + 3 / math.sqrt(step) + 0.02 * math.sin(step * (i + 1))
                out.write(f'{{"type":"train","step":{step},"loss":{loss:.6f},"lr":0.001,'
                          f'"grad_norm":{1 + 0.5 * math.sin(step):.6f}}}\n')
                if step % max(1, steps // 100) == 0:
                    out.write(f'{{"type":"eval","step":{step},"val_loss":{loss:.6f}}}\n')
                if step % max(1, steps // 200) == 0:
                    places = {f"{m}/h.{layer}.{p}.weight": 0.3 / step
                              for m in ("angular_update", "update_l2", "rrc.train", "snr")
                              for layer in range(4) for p in ("attn.q", "mlp.up")}
                    out.write(json.dumps({"type": "metrics", "step": step, **places}) + "\n")
    (study / "study.toml").write_text(spec)


def open_once(page, scratch):
    """Seconds until read, seen and all drawn."""
    took, arrived = {}, threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(page)

        def do_POST(self):
            took.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={scratch}", "--window-size=1280,900", "--remote-debugging-port=0",
         f"http://127.0.0.1:{server.server_port}/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not arrived.wait(120):
            raise SystemExit("the page was not drawn within two minutes")
    finally:
        browser.terminate()
        browser.wait()
        server.shutdown()
    return {name: value / 1000 for name, value in took.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", default="build/coldstart")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        write_study(scratch / "study", args.trials, args.steps)
        begin = time.monotonic()
        subprocess.run([args.program, "report", scratch / "study", "-o", scratch / "page.html"], check=True)
        print(f"written in {time.monotonic() - begin:.2f} s")
        page = (scratch / "page.html").read_bytes()
        page = page.replace(b"default-src 'none'", b"default-src 'none'; connect-src 'self'")
        page = PROBE.join(page.rsplit(b"</body>", 1))
        runs = [open_once(page, scratch / f"profile{i}") for i in range(args.repeats)]
        for name, what in (("read", "read"), ("seen", "figures in sight drawn"), ("all", "all drawn")):
            print(f"{what:<24} {statistics.median(run[name] for run in runs):.2f} s")


if __name__ == "__main__":
    main()
