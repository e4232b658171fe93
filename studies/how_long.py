#!/usr/bin/env python3
"""Runs the transcript of docs/how_long.md again and writes down what it gives.

In the page's ```text blocks every line that begins with "$ " is a command; they are run one after
the other in an empty directory, and the lines below each become what it printed. A ```toml block
whose first line is "# NAME.toml" is written to that file when the page comes to it.

    studies/how_long.py build/coldstart        # a few minutes; rewrites the page
"""
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "how_long.md"
BLOCK = re.compile(r"```(text|toml)\n(.*?)```\n", re.S)


def run_block(block, directory, program):
    kind, body = block.group(1), block.group(2)
    if kind == "toml":
        name = re.match(r"# (\S+\.toml)", body)
        if name:
            (directory / name.group(1)).write_text(body)
        return block.group(0)
    lines = []
    names = {str(program): "coldstart", str(directory): "/home/me"}
    for command in re.findall(r"^\$ (.*)$", body, re.M):
        print("$", command, flush=True)
        result = subprocess.run(["bash", "-c", command.replace("coldstart ", f"{program} ", 1)],
                                cwd=directory, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, check=False)
        printed = result.stdout
        for theirs, ours in names.items():
            printed = printed.replace(theirs, ours)
        lines += [f"$ {command}", *printed.splitlines()]
        if result.returncode not in (0, 3, 4, 5):  # verdicts may be negative
            sys.exit(f"exit status {result.returncode}:\n{result.stdout}")
    return "```text\n" + "\n".join(lines) + "\n```\n"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        page = BLOCK.sub(lambda block: run_block(block, pathlib.Path(temporary), program),
                         PAGE.read_text())
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
