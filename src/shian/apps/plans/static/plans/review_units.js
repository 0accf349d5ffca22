// The chooser: which unit, or which set of units, a printed name means.
export class Chooser {
  constructor(dialog, choices, base, onChoose, words) {
    Object.assign(this, { dialog, choices, base, onChoose, words, rows: [], at: 0 });
    this.field = dialog.querySelector("input[type=search]");
    this.list = dialog.querySelector(".choices");
    this.field.addEventListener("input", () => this.fill());
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("click", (event) => {
      const row = event.target.closest("[data-choice]");
      if (row) this.take(row.dataset.choice);
      if (event.target.closest("[data-close]")) dialog.close();
    });
  }

  async open(item, index, name) {
    Object.assign(this, { item, index, name, found: { candidates: [], kind: "department" } });
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

  fill() {
    const typed = this.field.value.trim();
    const fits = (c) => !typed || c.label.includes(typed) || (c.name || "").includes(typed);
    const likely = this.found.candidates.map((c) => ({ ...c, note: c.reason, likely: true }));
    const seen = new Set(likely.map((c) => c.choice));
    const fresh = this.choices.kinds
      .map((k) => ({ ...k, label: this.words.create.replace("{name}", this.name), note: k.label, fresh: true }))
      .sort((a, b) => (b.choice === `new:${this.found.kind}`) - (a.choice === `new:${this.found.kind}`));
    const sets = this.choices.sets.map((s) => ({ ...s, note: s.name }));
    const units = this.choices.units.filter((u) => !seen.has(u.choice)).map((u) => ({ ...u, note: u.name === u.label ? "" : u.name }));
    this.rows = [...likely.filter(fits), ...(typed ? [] : fresh.slice(0, 1)), ...sets.filter(fits), ...units.filter(fits), ...(typed ? fresh : fresh.slice(1))];
    this.at = 0;
    this.paint();
  }

  paint() {
    this.list.textContent = "";
    this.rows.forEach((row, n) => {
      const line = document.createElement("div");
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(n === this.at));
      line.dataset.choice = row.choice;
      line.className = row.likely ? "likely" : row.fresh ? "fresh" : "";
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
      this.at = Math.min(this.rows.length - 1, Math.max(0, this.at + (event.key === "ArrowDown" ? 1 : -1)));
      [...this.list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === this.at)));
      this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      if (this.rows[this.at]) this.take(this.rows[this.at].choice);
    } else return;
    event.preventDefault();
  }

  take(choice) {
    this.dialog.close();
    this.onChoose(this.item, this.index, choice);
  }
}
