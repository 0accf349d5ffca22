// Nothing typed is ever lost: a form with data-draft="key" keeps its fields in this browser until the server has them.
//
// A draft is dropped only when a normal page without that form, or one that says "saved", follows the submit.
// A lost connection, an error page or a sign-in page leaves it in place. Signing out drops the drafts of this browser.
import { text } from "./texts.js";

const PREFIX = "shian-draft:";
const DAYS_KEPT = 7;
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);

function fields(form) {
  return [...form.elements].filter((e) => e.name && !SKIPPED.has(e.type) && !e.closest("[data-no-draft]"));
}

function read(form) {
  const values = {};
  for (const e of fields(form)) {
    const list = (values[e.name] = values[e.name] || []);
    if (e.type === "checkbox" || e.type === "radio") e.checked && list.push(e.value);
    else if (e.multiple) list.push(...[...e.selectedOptions].map((o) => o.value));
    else list.push(e.value);
  }
  return values;
}

function write(form, values) {
  const left = JSON.parse(JSON.stringify(values));
  for (const e of fields(form)) {
    const list = left[e.name];
    if (!list) continue;
    if (e.type === "checkbox" || e.type === "radio") e.checked = list.includes(e.value);
    else if (e.multiple) [...e.options].forEach((o) => (o.selected = list.includes(o.value)));
    else e.value = list.shift() ?? "";
    e.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

function store(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
  } catch {
    // Storage full or switched off: the form itself still works.
  }
}

function offer(form, draft) {
  const banner = form.querySelector("[data-draft-banner]") || document.querySelector("[data-draft-banner]");
  if (!banner) return;
  banner.querySelector("[data-draft-time]").textContent = new Date(draft.at).toLocaleString();
  banner.hidden = false;
  banner.addEventListener("click", (event) => {
    if (event.target.closest("[data-draft-restore]")) write(form, draft.values);
    else if (event.target.closest("[data-draft-drop]")) localStorage.removeItem(PREFIX + form.dataset.draft);
    else return;
    banner.hidden = true;
  });
}

function watch(form) {
  const key = form.dataset.draft;
  const initial = JSON.stringify(read(form));
  const draft = stored(key);
  if (draft && JSON.stringify(draft.values) !== initial) offer(form, draft);
  const state = form.querySelector("[data-draft-state]");
  let timer;
  const save = () => {
    const values = read(form);
    if (JSON.stringify(values) === initial) return;
    store(key, { at: Date.now(), values });
    if (state) state.textContent = text("draft_saved", { time: new Date().toLocaleTimeString() });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  window.addEventListener("pagehide", () => stored(key)?.submitted || save());
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    store(key, { at: Date.now(), values: read(form), submitted: true });
  });
}

function sweep(open) {
  if (!document.body.hasAttribute("data-shell")) return;
  const saved = document.querySelector("#messages [data-saved]");
  for (const name of Object.keys(localStorage).filter((n) => n.startsWith(PREFIX))) {
    const key = name.slice(PREFIX.length);
    const draft = stored(key);
    const old = !draft || Date.now() - draft.at > DAYS_KEPT * 86400e3;
    if (old || (draft.submitted && (saved || !open.has(key)))) localStorage.removeItem(name);
  }
}

export function startDrafts() {
  const forms = [...document.querySelectorAll("form[data-draft]")];
  try {
    sweep(new Set(forms.map((f) => f.dataset.draft)));
  } catch {
    return; // no storage in this browser
  }
  forms.forEach(watch);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-sign-out]")) return;
    Object.keys(localStorage).filter((n) => n.startsWith(PREFIX)).forEach((n) => localStorage.removeItem(n));
  });
}
