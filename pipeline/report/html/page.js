"use strict";

// What matters can be read without this script: it finds, hides and sorts, and unpacks the rows of
// long tables from the ones on that are enough to be read.

const collator = new Intl.Collator("en", { numeric: true });

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// A fingerprint is found however it is written: 02:FA:F3, 02 fa f3, 02faf3.
const hexOnly = (text) => (/^[0-9a-f]{2}([: ][0-9a-f]{2})+$/.test(text) ? text.replace(/[: ]/g, "") : text);

const words = (text) => hexOnly(plain(text).trim()).split(/\s+/).filter(Boolean);

// Makes what is in a cell a button.
function wrapped(cell) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...cell.childNodes);
  cell.append(button);
  return button;
}

// Undoes base64 and compression.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

class Table {
  constructor(table) {
    const section = table.closest("section");
    this.body = table.tBodies[0];
    this.heads = [...table.tHead.rows[0].cells];
    this.titles = this.heads.map((head) => head.textContent);
    this.form = section.querySelector("form.tools");
    this.shown = section.querySelector(".shown");
    this.most = Number(table.dataset.most ?? Infinity);
    this.limit = this.most;
    this.further = section.querySelector(".further");
    this.further?.addEventListener("click", () => this.fill(this.limit + this.most));
    this.rows = [...this.body.querySelectorAll("tr:not(.details)")].map((row) => this.read(row));
    this.rest = section.querySelector(".rest");
    this.cut = section.querySelector(".cut");
    if (this.rest) {
      const isReady = this.readRest().catch(() => {}); // an old browser shows the first rows only
      isReady.then(() => this.begin());
    } else this.begin();
  }

  begin() {
    this.ordered = this.rows;
    this.spans = new Map();
    for (const span of document.querySelectorAll("li[data-key]")) {
      this.spans.set(span.dataset.key, [...(this.spans.get(span.dataset.key) ?? []), span]);
    }
    this.heads.forEach((head, column) => this.addSortButton(head, column));
    this.form.addEventListener("input", () => this.fill(this.most));
    this.form.querySelector("button").addEventListener("click", () => this.clear());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.hidden = false;
    this.filter(); // a browser may have kept what was typed before a reload
  }

  // A row and, if it has more to show, the row below it with that. A search looks at the first
  // block there: who looks for "microsoft" doesn't mean all that Microsoft has in store.
  read(row) {
    const details = row.nextElementSibling?.matches(".details") ? row.nextElementSibling : null;
    const cells = [...row.cells].flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim()));
    const entry = { row, details, cells, text: null, button: null };
    if (details) {
      entry.button = wrapped(row.cells[0]);
      entry.button.setAttribute("aria-controls", details.id);
      entry.button.addEventListener("click", () => this.open(entry, details.hidden));
      this.open(entry, false);
    }
    return entry;
  }

  // What a search looks at; most readers never search.
  textOf(entry) {
    const more = entry.details?.querySelector("div").firstElementChild;
    return (entry.text ??= plain(`${entry.row ? entry.row.textContent : entry.cells.join("\t")} ${more?.textContent ?? ""}`));
  }

  // The rows that are packed; each becomes a row of the table when it is shown first.
  async readRest() {
    this.signs = new Map();
    for (const box of this.form.querySelectorAll("fieldset input")) {
      this.signs.set(box.value, box.parentElement.querySelector(".sign"));
    }
    const columns = (await unpacked(this.rest.textContent)).split("\t").map((column) => column.split("\n"));
    for (let at = 0; at < columns[0].length; at++) {
      const cells = columns.map((column) => column[at]);
      this.rows.push({ row: null, details: null, cells, text: null, button: null });
    }
    this.rest.remove();
    this.cut.remove();
  }

  made({ cells }) {
    const row = document.createElement("tr");
    row.setAttribute("role", "row");
    cells.forEach((text, column) => {
      const head = this.heads[column];
      const cell = row.insertCell();
      cell.setAttribute("role", "cell");
      cell.className = head.className;
      cell.classList.toggle("has", head.matches(".is-mark") && text === "yes");
      cell.dataset.title = this.titles[column];
      const sign = head.matches(".is-status") && this.signs.get(text);
      cell.append(sign ? sign.cloneNode(true) : text);
    });
    return row;
  }

  open({ details, button }, isOpen) {
    button?.setAttribute("aria-expanded", isOpen);
    if (details) details.hidden = !isOpen;
  }

  filter() {
    const wanted = words(this.form.querySelector("input[type=search]").value);
    const facets = [...this.form.querySelectorAll("fieldset")]
      .map((set) => [
        Number(set.dataset.column),
        [...set.querySelectorAll(":checked")].map((box) => box.value),
      ])
      .filter(([, values]) => values.length > 0);
    let found = 0;
    const shown = [];
    for (const entry of this.ordered) {
      const { row, details, cells, button } = entry;
      const fits =
        wanted.every((word) => this.textOf(entry).includes(word)) &&
        facets.every(([column, values]) => values.includes(cells[column]));
      found += fits;
      const isShown = fits && found <= this.limit;
      if (this.rest) {
        if (isShown) shown.push(entry);
        continue;
      }
      row.hidden = !isShown;
      if (details) details.hidden = !isShown || button.ariaExpanded !== "true";
      for (const span of this.spans.get(row.dataset.key) ?? []) span.hidden = !isShown;
    }
    if (this.rest) this.body.replaceChildren(...shown.map((entry) => (entry.row ??= this.made(entry))));
    const all = this.rows.length;
    const first = found > this.limit ? `, the first ${this.limit} shown` : "";
    this.shown.textContent = (found === all ? `${all} rows` : `${found} of ${all} rows`) + first;
    if (this.further) this.further.hidden = found <= this.limit;
  }

  // Shows so many rows at most: a browser takes long over tens of thousands.
  fill(limit) {
    this.limit = limit;
    this.filter();
  }

  clear() {
    this.form.reset();
    this.fill(this.most);
  }

  addSortButton(head, column) {
    head.ariaSort = "none";
    wrapped(head).addEventListener("click", () => this.sort(column));
  }

  // Up, down, and back to the order of the page; empty cells always come last.
  sort(column) {
    const next = { none: "ascending", ascending: "descending", descending: "none" };
    const order = next[this.heads[column].ariaSort];
    for (const head of this.heads) head.ariaSort = "none";
    this.heads[column].ariaSort = order;
    const sign = order === "descending" ? -1 : 1;
    const sorted = [...this.rows];
    if (order !== "none") {
      sorted.sort(({ cells: a }, { cells: b }) =>
        a[column] && b[column]
          ? sign * collator.compare(a[column], b[column])
          : Boolean(b[column]) - Boolean(a[column]),
      );
    }
    this.ordered = sorted;
    if (!this.rest) {
      this.body.append(...sorted.flatMap(({ row, details }) => (details ? [row, details] : [row])));
    }
    if (this.rows.length > this.most) this.filter();
  }

  // Shows the row of a link, whatever is filtered.
  show(row) {
    const fold = row.closest("details");
    if (fold) fold.open = true;
    if (row.hidden) this.clear();
    if (row.hidden) this.fill(Infinity);
    const entry = this.rows.find((each) => each.row === row);
    this.open(entry, true);
    row.scrollIntoView({ block: "center" });
    entry.button?.focus({ preventScroll: true });
  }
}

// Shows the roots that what is typed into the site's search may mean, as links.
class Suggestions {
  constructor(input) {
    this.input = input;
    this.list = input.form.querySelector(".hits");
    this.asked = 0;
    input.addEventListener("input", () => this.ask());
    input.form.addEventListener("keydown", (event) => event.key === "Escape" && this.show([]));
    document.addEventListener("click", (event) => input.form.contains(event.target) || this.show([]));
  }

  async ask() {
    const text = this.input.value.trim();
    const number = ++this.asked;
    if (text.length < 2) return this.show([]);
    const answer = await fetch(`${this.input.dataset.suggest}?text=${encodeURIComponent(text)}`).catch(() => null);
    if (number === this.asked) this.show(answer?.ok ? await answer.json() : []);
  }

  show(found) {
    this.list.hidden = found.length === 0;
    this.list.replaceChildren(
      ...found.map(([name, fingerprint]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = `${this.input.form.getAttribute("action")}?text=${encodeURIComponent(fingerprint)}`;
        link.textContent = name;
        item.append(link);
        return item;
      }),
    );
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);

const tables = [...document.querySelectorAll("table[data-sortable]")].map((table) => new Table(table));

function follow() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (row?.matches("tr")) tables.find(({ body }) => body.contains(row))?.show(row);
}

addEventListener("hashchange", follow);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link.hash === location.hash) follow(); // no change, no event
});
follow();
