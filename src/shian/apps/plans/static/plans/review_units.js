const WAIT = 120;
const fits = (c, typed) => !typed || c.label.includes(typed) || (c.name || "").includes(typed);

// The chooser: which unit, or which set of units, a printed name means.
export class Chooser {
  constructor(dialog, choices, base, onChoose, words) {
    Object.assign(this, { dialog, choices, base, onChoose, words, rows: [], at: 0 });
    this.field = dialog.querySelector("input[type=search]");
    this.list = dialog.querySelector(".choices");
    this.field.addEventListener("input", () => {
      this.moved = false;
      this.fill();
    });
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("click", (event) => {
      const row = event.target.closest("[data-choice]");
      if (row) this.take(row.dataset.choice);
      if (event.target.closest("[data-close]")) dialog.close();
    });
  }

  async open(item, index, name) {
    Object.assign(this, { item, index, name, moved: false, rows: [], found: { candidates: [], kind: "department" } });
    this.dialog.querySelector("[data-name]").textContent = name;
    this.field.value = "";
    this.fill();
    this.dialog.showModal();
    this.field.focus();
    try {
      const response = await fetch(`${this.base}candidates/?name=${encodeURIComponent(name)}`, { credentials: "same-origin" });
      const found = await response.json();
      if (this.name !== name || !this.dialog.open) return;
      this.found = found;
      if (!this.field.value) this.fill();
    } catch {
      // Without candidates the list of all units still works.
    }
  }

  // Few units stand in the page; many are asked for (`choices.ask`), and Enter waits for what is on its way.
  fill() {
    const typed = this.field.value.trim();
    this.arrange(typed, this.choices.units.filter((u) => fits(u, typed)).map((u) => ({ ...u, note: u.name === u.label ? "" : u.name })));
    clearTimeout(this.timer);
    this.asked = this.choices.ask ? new Promise((done) => (this.timer = setTimeout(() => done(this.ask(typed)), typed ? WAIT : 0))) : null;
  }

  async ask(typed) {
    const address = new URL(this.choices.ask, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await (await fetch(address, { credentials: "same-origin" })).json();
      if (typed !== this.field.value.trim() || !this.dialog.open) return;
      const units = answer.results.map((u) => ({ choice: `u:${u.id}`, label: u.text, note: u.hint }));
      this.arrange(typed, answer.more ? [...units, { label: this.words.more, note: "" }] : units);
    } catch {
      // The line is down: candidates, sets and a new unit can still be chosen.
    }
  }

  arrange(typed, units) {
    const held = this.rows[this.at]?.choice;
    const likely = this.found.candidates.filter((c) => fits(c, typed)).map((c) => ({ ...c, note: c.reason, likely: true }));
    const seen = new Set(likely.map((c) => c.choice));
    const fresh = this.choices.kinds
      .map((k) => ({ ...k, label: this.words.create.replace("{name}", this.name), note: k.label, fresh: true }))
      .sort((a, b) => (b.choice === `new:${this.found.kind}`) - (a.choice === `new:${this.found.kind}`));
    const sets = this.choices.sets.map((s) => ({ ...s, note: s.name })).filter((s) => fits(s, typed));
    const others = units.filter((u) => !seen.has(u.choice));
    this.rows = [...likely, ...(typed ? [] : fresh.slice(0, 1)), ...sets, ...others, ...(typed ? fresh : fresh.slice(1))];
    this.at = this.moved ? Math.max(0, this.rows.findIndex((row) => row.choice === held)) : 0;
    this.paint();
  }

  paint() {
    this.list.textContent = "";
    this.rows.forEach((row, n) => {
      const line = document.createElement("div");
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(n === this.at));
      if (row.choice) line.dataset.choice = row.choice;
      line.className = row.likely ? "likely" : row.fresh ? "fresh" : row.choice ? "" : "muted";
      line.append(row.label);
      const note = document.createElement("small");
      note.textContent = row.note || "";
      line.append(note);
      this.list.append(line);
    });
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    event.stopPropagation();
    if (event.isComposing || event.target !== this.field) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.moved = true;
      this.at = Math.min(this.rows.length - 1, Math.max(0, this.at + (event.key === "ArrowDown" ? 1 : -1)));
      [...this.list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === this.at)));
      this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      this.enter();
    } else return;
    event.preventDefault();
  }

  async enter() {
    if (!this.moved && this.field.value.trim()) await this.asked;
    const row = this.rows[this.at];
    if (row?.choice && this.dialog.open) this.take(row.choice);
  }

  take(choice) {
    this.dialog.close();
    this.onChoose(this.item, this.index, choice);
  }
}
