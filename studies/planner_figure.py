#!/usr/bin/env python3
"""The figure of docs/planner_accuracy.md, from the tables of that page alone.

    studies/planner_figure.py    writes docs/figures/predicted_against_measured.svg

A dot is a prediction and the bar its range, in % of the loss that the long run then had; the dashed
line is that loss. A design that was refused has no bar. One that is graded POOR is given as a range
without a point: its dot is hollow.
"""
import re

import figures
from trials import ROOT

PAGE = ROOT / "docs" / "planner_accuracy.md"
FIGURE = ROOT / "docs" / "figures" / "predicted_against_measured.svg"
WIDTH, LEFT, TOP, ROW, BAR = 620, 210, 44, 46, 12
LIMIT = 7  # per cent at the edges


def tables():
    """{target: (sizes, [(runs, design, [(error, low, high) or None, ...]), ...])}"""
    found, target, sizes = {}, None, []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("Target: "):
            target = line.removeprefix("Target: ").rstrip(".")
        elif line.startswith("| runs of at most") and target:
            sizes = [cell.strip() for cell in line.split("|")[3:-1]]
            found[target] = (sizes, [])
        elif line.startswith("|") and target in found and not line.startswith("|--"):
            cells = [cell.strip() for cell in line.split("|")[1:-1]]
            numbers = [re.findall(r"[-+]\d+\.\d+", cell) for cell in cells[2:]]
            found[target][1].append((cells[0], cells[1],
                                     [tuple(map(float, n)) if n else None for n in numbers]))
        elif line.startswith("What it says"):
            break
    return found


def x_of(percent):
    return LEFT + (percent + LIMIT) / (2 * LIMIT) * (WIDTH - LEFT - 16)


def panel(target, sizes, rows, top):
    bottom = top + TOP + ROW * len(rows)
    out = [figures.text(WIDTH / 2, top + 18, f"target: {target}", extra='font-weight="bold"')]
    for percent in range(-6, 7, 2):
        dash = 'stroke="#444" stroke-dasharray="4 3"' if percent == 0 else 'stroke="#e5e5e5"'
        out.append(f'<line x1="{x_of(percent):.1f}" x2="{x_of(percent):.1f}" y1="{top + TOP - 12}" '
                   f'y2="{bottom}" {dash}/>')
        out.append(figures.text(x_of(percent), bottom + 14, f"{percent:+d} %" if percent else "0"))
    for i, (runs, design, predictions) in enumerate(rows):
        y = top + TOP + ROW * i
        out.append(figures.text(LEFT - 12, y + BAR, runs, "end"))
        out.append(figures.text(LEFT - 12, y + BAR + 14, design, "end", 'fill="#777"'))
        for k, prediction in enumerate(predictions):
            if prediction is None:
                continue
            (error, low, high), colour = prediction, figures.COLOURS[k]
            at = y + BAR * k + 4
            out.append(f'<line x1="{x_of(low):.1f}" x2="{x_of(high):.1f}" y1="{at}" y2="{at}" '
                       f'stroke="{colour}" stroke-width="3" stroke-opacity="0.4"/>')
            fill = "white" if design == "POOR" else colour
            out.append(f'<circle cx="{x_of(error):.1f}" cy="{at}" r="3.4" fill="{fill}" '
                       f'stroke="{colour}"/>')
    for k, size in enumerate(sizes):
        out.append(figures.text(LEFT - 12 - 70 * (len(sizes) - 1 - k), top + TOP - 14, size, "end",
                                f'fill="{figures.COLOURS[k]}"'))
    return out, bottom + 24


def main():
    out, height = [], 0
    for target, (sizes, rows) in tables().items():
        elements, height = panel(target, sizes, rows, height)
        out += elements
    out.append(figures.text(WIDTH / 2, height + 8, "predicted loss against the measured one"))
    FIGURE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + 18}" '
        f'width="{WIDTH}" height="{height + 18}"><rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(out) + "\n</svg>\n", encoding="utf-8")


if __name__ == "__main__":
    main()
