"""Small plots as SVG text, with a title each: no script, black on white, readable in print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Point = tuple[float, float]
WIDE, ROW, LEFT, RIGHT = 560, 20, 170, 70


def bars(title: str, rows: Sequence[tuple[str, float | None, float | None, float | None]], ours: str) -> str:
    """A bar for each (name, value, low, high) within 0..1, with its interval as a line; `ours` is drawn darker."""
    height, scale = ROW * len(rows) + 24, WIDE - LEFT - RIGHT
    parts = []
    for place, (name, value, low, high) in enumerate(rows):
        y = 4 + place * ROW
        parts.append(f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        if value is None:
            continue
        kind = "ours" if name == ours else "bar"
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y + 3}" width="{value * scale:.1f}" height="{ROW - 7}"/>')
        if low is not None and high is not None:
            x, end, middle = LEFT + low * scale, LEFT + high * scale, y + ROW / 2 - 0.5
            parts.append(f'<path class="line" d="M{x:.1f} {middle}H{end:.1f}M{x:.1f} {middle - 4}v8M{end:.1f} '
                         f'{middle - 4}v8"/>')
        parts.append(f'<text x="{WIDE - RIGHT + 8}" y="{y + 13}">{value:.3f}</text>')
    axis = "".join(f'<text x="{LEFT + tick * scale:.0f}" y="{height - 4}" text-anchor="middle">{tick:g}</text>'
                   for tick in (0, 0.25, 0.5, 0.75, 1))
    return _figure(title, (WIDE, height), "".join(parts) + axis)


def square(title: str, series: Sequence[tuple[str, Sequence[Point]]], axes: tuple[str, str]) -> str:
    """Lines within the unit square beside its diagonal: what was said against what happened."""
    size, pad = 260, 44

    def at(point: Point) -> str:
        return f"{pad + point[0] * size:.1f} {12 + (1 - point[1]) * size:.1f}"

    parts = [f'<path class="frame" d="M{at((0, 0))}L{at((1, 0))}L{at((1, 1))}L{at((0, 1))}Z"/>',
             f'<path class="dots" d="M{at((0, 0))}L{at((1, 1))}"/>']
    for number, (name, points) in enumerate(series):
        kind = "curve" if number == 0 else "dots strong"
        parts.append(f'<path class="{kind}" d="{_path([at(point) for point in points])}"/>')
        parts += [f'<circle class="{kind}" cx="{at(point).split()[0]}" cy="{at(point).split()[1]}" r="3"/>'
                  for point in points]
        sign = "—" if number == 0 else "···"
        parts.append(f'<text x="{pad + 10}" y="{28 + 15 * number}">{sign} {escape(name)}</text>')
    parts += [f'<text x="{pad + tick * size:.0f}" y="{size + 28}" text-anchor="middle">{tick:g}</text>'
              f'<text x="{pad - 6}" y="{16 + (1 - tick) * size:.0f}" text-anchor="end">{tick:g}</text>'
              for tick in (0, 0.5, 1)]
    parts.append(f'<text x="{pad + size / 2}" y="{size + 44}" text-anchor="middle">{escape(axes[0])}</text>')
    parts.append(f'<text x="12" y="{size / 2}" transform="rotate(-90 12 {size / 2})" text-anchor="middle">'
                 f"{escape(axes[1])}</text>")
    return _figure(title, (size + pad + 20, size + 52), "".join(parts))


def steps(title: str, series: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Histograms over 0..1, one outline a series, the first one full, the others dotted: (name, share of each bin)."""
    wide, high, pad = 320, 140, 44
    top = max(max(shares) for _, shares in series) or 1.0
    parts = [f'<path class="frame" d="M{pad} 8V{8 + high}H{pad + wide}"/>']
    for number, (name, shares) in enumerate(series):
        heights = [f"{8 + (1 - share / top) * high:.1f}" for share in shares]
        ends = [pad + (place + 1) / len(shares) * wide for place in range(len(shares))]
        line = "".join(f"V{height}H{end:.1f}" for height, end in zip(heights, ends, strict=True))
        kind, sign = ("curve", "—") if number == 0 else ("dots strong", "···")
        parts.append(f'<path class="{kind}" d="M{pad} {8 + high}{line}V{8 + high}"/>')
        parts.append(f'<text x="{pad + wide}" y="{20 + 15 * number}" text-anchor="end">{sign} {escape(name)}</text>')
    parts += [f'<text x="{pad + tick * wide:.0f}" y="{high + 24}" text-anchor="middle">{tick:g}</text>'
              for tick in (0, 0.5, 1)]
    parts.append(f'<text x="{pad - 4}" y="16" text-anchor="end">{top:.2f}</text>')
    return _figure(title, (wide + pad + 16, high + 30), "".join(parts))


def curve(title: str, lines: Sequence[Sequence[Point]], top: float) -> str:
    """One term: each line of (value, share of the score), the first one full, the others dotted."""
    wide, high, pad = 170, 90, 30
    values = [point[0] for line in lines for point in line]
    least, most = min(values), max(values)
    span = most - least or 1.0

    def at(point: Point) -> str:
        return f"{pad + (point[0] - least) / span * wide:.1f} {8 + (1 - point[1] / top) * high:.1f}"

    drawn = [f'<path class="{"curve" if number == 0 else "dots strong"}" d="{_path([at(point) for point in line])}"/>'
             for number, line in enumerate(lines)]
    frame = f'<path class="frame" d="M{pad} 8V{8 + high}H{pad + wide}"/>'
    ticks = (f'<text x="{pad}" y="{high + 22}" text-anchor="middle">{least:g}</text>'
             f'<text x="{pad + wide}" y="{high + 22}" text-anchor="end">{most:g}</text>'
             f'<text x="{pad - 4}" y="14" text-anchor="end">{top:.2f}</text>')
    return _figure(title, (wide + pad + 10, high + 28), frame + "".join(drawn) + ticks)


def _path(points: Sequence[str]) -> str:
    return "M" + "L".join(points)


def _figure(title: str, size: tuple[float, float], inner: str) -> str:
    name = escape(title, quote=True)
    return (f'<figure><svg role="img" aria-label="{name}" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" '
            f'height="{size[1]}" xmlns="http://www.w3.org/2000/svg">{inner}</svg><figcaption>{name}</figcaption></figure>')
