"""Line charts as SVG, without a library: enough for loss against learning rate and for traces."""
import math
import pathlib

COLOURS = ["#0b6fb8", "#d1495b", "#3a7d44", "#b07d12", "#6c4ab6", "#4a4a4a"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 380, 260, 52, 12, 30, 44


def ticks(low, high, log):
    if log:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [m * 10.0**e for e in range(first, last + 1) for m in (1, 2, 5)
                if low <= m * 10.0**e * 1.0001 and m * 10.0**e <= high * 1.0001]
    step = 10.0**math.floor(math.log10(max(high - low, 1e-12)))
    while (high - low) / step < 4:
        step /= 2
    count = int((high - low) / step) + 1
    return [math.ceil(low / step) * step + i * step for i in range(count + 1)
            if math.ceil(low / step) * step + i * step <= high * 1.0001]


def text(x, y, content, anchor="middle", extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" '
            f'font-family="sans-serif" {extra}>{content}</text>')


def panel(title, x_label, y_label, lines, log_x, log_y=False, y_range=None):
    """lines: [(name, [(x, y, error or 0), ...])]; one chart as a list of SVG elements."""
    xs = [p[0] for _, points in lines for p in points]
    ys = [p[1] + s * p[2] for _, points in lines for p in points for s in (-1, 1)]
    x0, x1 = min(xs), max(xs)
    y0, y1 = y_range or (min(ys), max(ys))
    if not log_y:
        y0, y1 = y0 - 0.05 * (y1 - y0), y1 + 0.05 * (y1 - y0)
    scale = lambda v, log: math.log(v) if log else v

    def at(x, y):
        fx = (scale(x, log_x) - scale(x0, log_x)) / max(scale(x1, log_x) - scale(x0, log_x), 1e-12)
        y = min(max(y, y0), y1)
        fy = (scale(y, log_y) - scale(y0, log_y)) / max(scale(y1, log_y) - scale(y0, log_y), 1e-12)
        return LEFT + fx * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - fy * (HEIGHT - TOP - BOTTOM)

    out = [f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
           f'height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="#999"/>',
           text(WIDTH / 2, 18, title, extra='font-weight="bold"'),
           text(WIDTH / 2, HEIGHT - 8, x_label),
           text(14, HEIGHT / 2, y_label, extra=f'transform="rotate(-90 14 {HEIGHT / 2})"')]
    for x in ticks(x0, x1, log_x):
        px = at(x, y0)[0]
        out += [f'<line x1="{px:.1f}" x2="{px:.1f}" y1="{HEIGHT - BOTTOM}" y2="{TOP}" '
                'stroke="#eee"/>', text(px, HEIGHT - BOTTOM + 15, f"{x:g}")]
    for y in ticks(y0, y1, log_y):
        py = at(x0, y)[1]
        out += [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py:.1f}" y2="{py:.1f}" '
                'stroke="#eee"/>', text(LEFT - 4, py + 4, f"{y:g}", "end")]
    for i, (name, points) in enumerate(lines):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in (at(p[0], p[1]) for p in points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        if len(points) < 30:
            for x, y, error in points:
                (px, top), bottom = at(x, y + error), at(x, y - error)[1]
                out.append(f'<line x1="{px:.1f}" x2="{px:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" '
                           f'stroke="{colour}"/><circle cx="{px:.1f}" cy="{at(x, y)[1]:.1f}" '
                           f'r="2.4" fill="{colour}"/>')
        out.append(text(WIDTH - RIGHT - 6, TOP + 14 + 13 * i, name, "end", f'fill="{colour}"'))
    return out


def write(path, panels, columns=2):
    """Charts in a grid; every panel is a list of elements from panel()."""
    rows = math.ceil(len(panels) / columns)
    width, height = WIDTH * min(columns, len(panels)), HEIGHT * rows
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           f'width="{width}" height="{height}"><rect width="100%" height="100%" fill="white"/>']
    for i, elements in enumerate(panels):
        x, y = i % columns * WIDTH, i // columns * HEIGHT
        out.append(f'<g transform="translate({x} {y})">' + "\n".join(elements) + "</g>")
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_text("\n".join(out) + "</svg>\n", encoding="utf-8")
