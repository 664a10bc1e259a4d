"""A report as a page of HTML that needs nothing else: no network, no script."""

from __future__ import annotations

from typing import Final

from pipeline.report.report import (
    SPAN_COLUMNS,
    Report,
    iso,
    span_row,
)
from pipeline.report.safe import visible

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>trustlist</title>
<style>
:root { color-scheme: light dark; font-family: sans-serif; }
td, th { text-align: left; vertical-align: top; padding: 0 1em 0.3em 0; }
.number { text-align: right; }
.fingerprint { font-family: monospace; }
</style>
</head>
<body>
{%- macro grid(columns, rows) %}
<table>
<tr>{% for column in columns %}<th scope="col">{{ column.title|visible }}</th>{% endfor %}</tr>
{%- for row in rows %}
<tr>
{%- for value in row -%}
<td class="{{ columns[loop.index0].kind }}">{{ value|visible }}</td>
{%- endfor -%}
</tr>
{%- endfor %}
</table>
{%- endmacro %}
{%- for kind, block in blocks %}
{%- if kind == "Paragraph" %}
<p>{{ block.text|visible }}</p>
{%- elif kind == "Grid" %}
{{- grid(block.columns, block.rows) }}
{%- elif kind == "Listing" %}
<h2>{{ block.title|visible }}</h2>
<ul>
{%- for item in block["items"] %}
<li><span class="fingerprint">{{ item.fingerprint|visible }}</span> {{ item.remark|visible }}
<br>{{ item.subject|visible }}</li>
{%- endfor %}
</ul>
{%- elif kind == "Timeline" %}
<h2>{{ block.title|visible }}</h2>
{{- grid(span_columns, block.spans|map("span_row")|list) }}
{%- for mark in block.marks %}
<p>{{ mark.label|visible }}: {{ mark.at|iso }}</p>
{%- endfor %}
{%- endif %}
{%- endfor %}
</body>
</html>
"""


def render(report: Report, width: int | None = None) -> str:
    """Give the blocks of a report, one below the other."""
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    page.filters.update(visible=visible, span_row=span_row, iso=iso)
    blocks = [(type(block).__name__, block) for block in report.blocks]
    return page.from_string(_PAGE).render(blocks=blocks, span_columns=SPAN_COLUMNS)
