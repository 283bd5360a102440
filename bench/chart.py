"""Bar charts as SVG, for the README: no dependencies, readable on light and dark pages (the colours follow the reader's scheme, the background is
transparent)."""

import math
from xml.sax.saxutils import escape

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .note, .tick { fill: #59636e; font-size: 12px } .group { font-weight: 600 }
.own { fill: #6f4ff2 } .other { fill: #8fa3bf } .context { fill: #d0d7de } .grid { stroke: #d0d7de; stroke-width: 1 } .label-own { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note, .tick { fill: #9198a1 }
  .own { fill: #9d86ff } .other { fill: #6b7f9c } .context { fill: #3d444d } .grid { stroke: #3d444d }
}
"""
WIDTH, LEFT, RIGHT, BAR, GAP = 800, 270, 90, 18, 8


def bars(title, groups, notes=(), log=False, ticks=(), tick_text="{:g}"):
    """`groups`: (heading or None, [(label, value, text at the bar, "own" | "other" | "context")]). Bars start at 0, or with `log` at the first tick."""
    values = [v for _, rows in groups for _, v, _, _ in rows]
    low, high = (ticks[0], max(values)) if log else (0, max(values))

    def x(value):
        part = math.log(max(value, low) / low) / math.log(high / low) if log else value / high
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    body, y = [], 62
    for heading, rows in groups:
        if heading:
            body.append(f'<text x="0" y="{y + 13}" class="group">{escape(heading)}</text>')
            y += 24
        for label, value, text, kind in rows:
            own = " label-own" if kind == "own" else ""
            body.append(f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end" class="label{own}">{escape(label)}</text>'
                        f'<rect x="{LEFT}" y="{y}" width="{max(x(value) - LEFT, 1.5):.1f}" height="{BAR}" rx="3" class="{kind}"/>'
                        f'<text x="{x(value) + 6:.1f}" y="{y + 14}" class="value{own}">{escape(text)}</text>')
            y += BAR + GAP
        y += 6
    grid = [f'<line x1="{x(t):.1f}" x2="{x(t):.1f}" y1="54" y2="{y}" class="grid"/><text x="{x(t):.1f}" y="48" text-anchor="middle" class="tick">'
            f'{escape(tick_text.format(t))}</text>' for t in ticks if t <= high]
    foot = [f'<text x="0" y="{y + 18 + 16 * i}" class="note">{escape(note)}</text>' for i, note in enumerate(notes)]
    height = y + 14 + 16 * len(notes)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="{escape(title)}"><style>{STYLE}</style>\n<text x="0" y="20" class="title">{escape(title)}</text>\n'
            + "\n".join(grid + body + foot) + "\n</svg>\n")
