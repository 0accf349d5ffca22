// The items pane: which item is current, swapping one item without losing what is being typed in it.
export class List {
  constructor(holder, empty) {
    Object.assign(this, { holder, empty, filter: "", current: null });
  }

  get all() {
    return [...this.holder.children];
  }

  get shown() {
    return this.all.filter((li) => !li.hidden);
  }

  find(id) {
    return document.getElementById(`i${id}`);
  }

  // What the source pane needs to know.
  facts() {
    return this.all.map((li) => ({
      id: li.dataset.id, start: Number(li.dataset.start), end: Number(li.dataset.end), state: li.dataset.state,
      marks: JSON.parse(li.dataset.marks),
    }));
  }

  select(id, focus = true) {
    const li = this.find(id);
    if (!li) return null;
    const before = this.current && this.find(this.current);
    if (before && before !== li) before.classList.remove("current"), before.removeAttribute("aria-current");
    this.current = id;
    li.classList.add("current");
    li.setAttribute("aria-current", "true");
    li.querySelectorAll("textarea").forEach(fit);
    if (focus) li.focus({ preventScroll: true });
    this.reveal(li);
    return li;
  }

  reveal(li) {
    const box = this.holder.parentElement;
    const place = li.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (place.top < frame.top) box.scrollTop += place.top - frame.top - 4;
    else if (place.bottom > frame.bottom) box.scrollTop += Math.min(place.bottom - frame.bottom + 4, place.top - frame.top - 4);
  }

  neighbour(step, from = this.current) {
    const rows = this.shown;
    const at = rows.findIndex((li) => li.dataset.id === from);
    if (at >= 0) return rows[at + step]?.dataset.id || null;
    const order = this.all;
    const mine = order.findIndex((li) => li.dataset.id === from);
    const next = step > 0 ? order.slice(mine + 1).find((li) => !li.hidden) : order.slice(0, Math.max(0, mine)).reverse().find((li) => !li.hidden);
    return next?.dataset.id || null;
  }

  apply(filter = this.filter) {
    this.filter = filter;
    for (const li of this.all) li.hidden = Boolean(filter) && !li.dataset.flags.split(" ").includes(filter);
    this.empty.hidden = this.shown.length > 0;
  }

  // unsent: {field: value} typed here and not yet stored
  swap(html, unsent = {}) {
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    const fresh = box.content.firstElementChild;
    const old = this.find(fresh.dataset.id);
    const typing = old?.contains(document.activeElement) ? grip(document.activeElement) : null;
    const focused = old === document.activeElement;
    const opened = old?.querySelector("details")?.open;
    if (old) old.replaceWith(fresh);
    else this.holder.append(fresh);
    for (const [field, value] of Object.entries(unsent)) put(fresh, field, value);
    if (opened) fresh.querySelector("details").open = true;
    if (this.current === fresh.dataset.id) {
      fresh.classList.add("current");
      fresh.setAttribute("aria-current", "true");
      fresh.querySelectorAll("textarea").forEach(fit);
      if (typing) ungrip(fresh, typing);
      else if (focused) fresh.focus({ preventScroll: true });
    }
    return fresh;
  }

  arrange(order) {
    order.forEach((id, n) => {
      const li = this.find(id);
      if (li && this.holder.children[n] !== li) {
        const held = document.activeElement;
        this.holder.insertBefore(li, this.holder.children[n] || null);
        if (li.contains(held)) held.focus({ preventScroll: true });
      }
    });
  }
}

export function fit(area) {
  area.style.height = "auto";
  if (area.scrollHeight) area.style.height = `${area.scrollHeight + 2}px`;
}

export function put(li, field, value) {
  const input = li.querySelector(`[data-field="${field}"]`);
  if (!input) return;
  if (input.type === "checkbox") input.checked = value === "1";
  else input.value = value;
  input.classList.add("unsaved");
}

function grip(element) {
  const name = element.dataset.field ? "field" : element.dataset.add ? "add" : null;
  if (!name) return null;
  const text = element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && element.type === "text");
  return {
    name, key: element.dataset[name], value: element.value, dirty: element.classList.contains("unsaved") || name === "add",
    at: text ? [element.selectionStart, element.selectionEnd] : null,
  };
}

function ungrip(li, held) {
  const element = li.querySelector(`[data-${held.name}="${held.key}"]`);
  if (!element) return li.focus({ preventScroll: true });
  if (held.dirty) element.value = held.value;
  element.focus({ preventScroll: true });
  if (held.at) element.setSelectionRange(...held.at);
}
