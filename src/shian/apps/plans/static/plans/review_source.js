// The source text with the items marked in it; selections and a keyboard caret, as offsets of the server's text.
//
// The server counts characters (code points), the DOM counts UTF-16 units: `chars` is the text by characters.
const LETTERS = (text) => Array.from(text).length;

export class Source {
  constructor(pane, text, onPick) {
    Object.assign(this, { pane, chars: Array.from(text), items: [], unread: [], current: null, caret: null });
    this.pane.textContent = "";
    this.lines = [];
    let at = 0;
    for (const line of text.split("\n")) {
      const length = LETTERS(line);
      if (line.trim()) {
        const node = document.createElement("p");
        this.pane.append(node);
        this.lines.push({ node, start: at, end: at + length });
      }
      at += length + 1;
    }
    this.bar = document.createElement("i");
    this.bar.className = "caret";
    this.bar.hidden = true;
    this.pane.append(this.bar);
    this.pane.addEventListener("click", (event) => {
      const spot = event.target.closest("[data-item]");
      if (spot && document.getSelection().isCollapsed) onPick(spot.dataset.item);
    });
  }

  // items: [{id, start, end, state, marks}]
  show(items, unread, current) {
    Object.assign(this, { items, unread, current });
    for (const line of this.lines) this.draw(line);
  }

  point(current) {
    const spans = [this.current, current].map((id) => this.items.find((i) => i.id === id)).filter(Boolean);
    this.current = current;
    const reach = spans.flatMap((i) => [[i.start, i.end], ...i.marks]);
    for (const line of this.lines) if (reach.some(([a, b]) => a < line.end && b > line.start)) this.draw(line);
  }

  draw(line) {
    const inside = (a, b) => a < line.end && b > line.start;
    const items = this.items.filter((i) => inside(i.start, i.end));
    const own = this.items.find((i) => i.id === this.current);
    const marks = [
      ...this.unread.filter(([a, b]) => inside(a, b)).map(([a, b, why]) => [a, b, "unread", why]),
      ...(own ? own.marks.filter(([a, b]) => inside(a, b)) : []),
    ];
    const cuts = new Set([line.start, line.end]);
    for (const [a, b] of [...items.map((i) => [i.start, i.end]), ...marks])
      for (const x of [a, b]) if (x > line.start && x < line.end) cuts.add(x);
    const edges = [...cuts].sort((a, b) => a - b);
    const pieces = edges.slice(0, -1).map((a, n) => this.piece(a, edges[n + 1], items, marks));
    line.node.replaceChildren ? line.node.replaceChildren(...pieces) : refill(line.node, pieces);
  }

  piece(a, b, items, marks) {
    const node = document.createElement("span");
    node.dataset.at = a;
    node.textContent = this.chars.slice(a, b).join("");
    const covering = items.filter((i) => i.start < b && i.end > a);
    const item = covering.find((i) => i.id === this.current) || covering[0];
    if (item) {
      node.dataset.item = item.id;
      node.className = `own s-${item.state}${item.id === this.current ? " cur" : ""}`;
    }
    for (const [x, y, kind, why] of marks) {
      if (x < b && y > a) node.classList.add(`m-${kind}`);
      if (why && x < b && y > a) node.title = why;
    }
    return node;
  }

  // The current item comes into view, a little below the top, unless it is there already.
  reveal(at = null) {
    const spot = at === null ? this.pane.querySelector(".cur") : this.nodeAt(at)?.parentElement;
    if (!spot) return;
    const box = this.pane.parentElement;
    const top = spot.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 40 || top > box.clientHeight * 0.6) box.scrollTop += top - box.clientHeight / 4;
  }

  topItem() {
    const edge = this.pane.parentElement.getBoundingClientRect().top + 40;
    const line = this.lines.find((l) => l.node.getBoundingClientRect().bottom > edge && l.node.querySelector("[data-item]"));
    return line ? line.node.querySelector("[data-item]").dataset.item : null;
  }

  // -- offsets and the DOM
  offset(node, at) {
    if (!this.pane.contains(node)) return null;
    if (node.nodeType === Node.TEXT_NODE) {
      const holder = node.parentElement.closest("[data-at]");
      return holder ? Number(holder.dataset.at) + LETTERS(node.data.slice(0, at)) : null;
    }
    const next = node.childNodes[at];
    const before = !next && node.querySelectorAll ? [...node.querySelectorAll("[data-at]")].pop() : null;
    if (before) return Number(before.dataset.at) + LETTERS(before.textContent);
    const first = next && (next.matches?.("[data-at]") ? next : next.querySelector?.("[data-at]"));
    return first ? Number(first.dataset.at) : node.dataset?.at ? Number(node.dataset.at) : null;
  }

  // The selection inside the source as {start, end}, spaces at its ends left out; null without one.
  selection() {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    let start = this.offset(range.startContainer, range.startOffset);
    let end = this.offset(range.endContainer, range.endOffset);
    if (start === null || end === null) return null;
    while (start < end && !this.chars[start].trim()) start += 1;
    while (end > start && !this.chars[end - 1].trim()) end -= 1;
    return start < end ? { start, end } : null;
  }

  nodeAt(offset) {
    const line = this.lines.find((l) => offset <= l.end) || this.lines[this.lines.length - 1];
    const spans = line ? [...line.node.children] : [];
    const holder = spans.reverse().find((s) => Number(s.dataset.at) <= offset) || spans[spans.length - 1];
    return holder ? holder.firstChild : null;
  }

  spot(offset) {
    const node = this.nodeAt(offset);
    if (!node) return null;
    const start = Number(node.parentElement.dataset.at);
    const units = this.chars.slice(start, Math.max(start, offset)).join("").length;
    return [node, Math.min(units, node.data.length)];
  }

  // -- the keyboard caret: {anchor, focus} in offsets
  enter(at) {
    this.caret = { anchor: at, focus: at };
    this.paintCaret();
  }

  leave() {
    this.caret = null;
    this.bar.hidden = true;
    document.getSelection().removeAllRanges();
  }

  move(key, extend, far) {
    const { focus } = this.caret;
    let to = focus;
    if (key === "ArrowLeft") to = far ? this.clause(focus, -1) : focus - 1;
    if (key === "ArrowRight") to = far ? this.clause(focus, 1) : focus + 1;
    if (key === "ArrowUp" || key === "ArrowDown") to = this.line(key === "ArrowUp" ? -1 : 1) ?? focus;
    if (key === "Home" || key === "End") to = this.clause(focus, key === "Home" ? -1 : 1);
    to = Math.min(this.chars.length, Math.max(0, to));
    while (to > 0 && to < this.chars.length && this.chars[to - 1] === "\n" && this.chars[to] === "\n") to += to > focus ? 1 : -1;
    this.caret = { anchor: extend ? this.caret.anchor : to, focus: to };
    this.paintCaret();
  }

  clause(from, step) {
    let at = from + step;
    while (at > 0 && at < this.chars.length && !"，。；：、（）()\n".includes(this.chars[at - 1])) at += step;
    return at;
  }

  line(step) {
    const here = this.bar.getBoundingClientRect();
    const range = document.caretRangeFromPoint(here.left, here.top + here.height / 2 + step * here.height * 1.35);
    return range && this.pane.contains(range.startContainer) ? this.offset(range.startContainer, range.startOffset) : null;
  }

  paintCaret() {
    const [anchor, focus] = [this.spot(this.caret.anchor), this.spot(this.caret.focus)];
    if (!anchor || !focus) return;
    document.getSelection().setBaseAndExtent(...anchor, ...focus);
    const range = document.createRange();
    const [node, at] = focus;
    range.setStart(node, Math.max(0, at - (at === node.data.length ? 1 : 0)));
    range.setEnd(node, Math.min(node.data.length, at + (at === node.data.length ? 0 : 1)));
    const box = range.getBoundingClientRect();
    const pane = this.pane.getBoundingClientRect();
    this.bar.hidden = false;
    this.bar.style.left = `${(at === node.data.length ? box.right : box.left) - pane.left}px`;
    this.bar.style.top = `${box.top - pane.top}px`;
    this.bar.style.height = `${box.height}px`;
    const holder = this.pane.parentElement.getBoundingClientRect();
    if (box.top < holder.top + 30 || box.bottom > holder.bottom - 20) this.reveal(this.caret.focus);
  }
}

function refill(node, pieces) {
  node.textContent = "";
  node.append(...pieces);
}
