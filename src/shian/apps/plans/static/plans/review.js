// The review screen: items on the left, their source on the right, everything by keyboard.
//
// An act moves on at once and is sent in the background (review_queue.js); the answer swaps the items it changed.
import { startKeys } from "./review_keys.js";
import { List, fit } from "./review_list.js";
import { Queue } from "./review_queue.js";
import { Source } from "./review_source.js";
import { Chooser } from "./review_units.js";

const POLL = 10000;
const root = document.getElementById("review");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = read("review-words");
const base = root.dataset.base;
const head = document.getElementById("review-head");
const tools = document.getElementById("review-tools");
const saved = document.getElementById("review-saved");
const hint = document.getElementById("review-hint");
const usual = hint.textContent;

const list = new List(document.getElementById("review-items"), document.getElementById("review-empty"));
const source = new Source(document.getElementById("review-source"), read("review-text"), (id) => select(id));
const token = () => (document.cookie.match(/csrftoken=([^;]+)/) || [])[1] || root.querySelector("[name=csrfmiddlewaretoken]").value;
const queue = new Queue(root.dataset.key, token, {
  reply: (json, entry) => take(json, entry),
  clash: (json, entry) => clash(json, entry),
  refused: (text, entry) => refused(text, entry),
  state: (name, count) => showState(name, count),
  versionOf: (item) => list.find(item)?.dataset.version || null,
});
const chooser = new Chooser(document.getElementById("review-unit"), read("review-choices"), base, (item, index, choice) => {
  post(item, "resolve", { index, choice });
  list.find(item)?.focus({ preventScroll: true });
}, words);

// -- showing
function unread() {
  return JSON.parse(head.querySelector(".review-head").dataset.unread);
}

function select(id, { focus = true } = {}) {
  if (!id || !list.select(id, focus)) return;
  source.point(id);
  source.reveal();
}

function say(text, tone = "") {
  hint.textContent = text || usual;
  hint.className = `hint ${tone ? `tone-${tone}` : "muted"}`;
  clearTimeout(say.timer);
  if (text && tone !== "danger") say.timer = setTimeout(() => say(""), 6000);
}

function showState(name, count) {
  saved.className = `saved ${name}`;
  saved.querySelector("span").textContent = words[name].replace("{n}", count);
  if (name === "saved" && acts.leaving) acts.publish();
}

function redraw() {
  list.apply();
  source.show(list.facts(), unread(), list.current);
}

function unsent(id) {
  const fields = {};
  for (const e of queue.entries) if (e.item === id && e.body.field && e.url.endsWith("/edit/")) fields[e.body.field] = e.body.value;
  const typing = queue.typing;
  if (typing && typing.item === id) fields[typing.body.field] = typing.body.value;
  return fields;
}

function take(json, entry = {}) {
  const next = json.gone.map(String).includes(list.current) ? list.neighbour(1) || list.neighbour(-1) : null;
  for (const id of json.gone) list.find(id)?.remove();
  for (const item of json.items) list.swap(item.html, unsent(String(item.id)));
  list.arrange(json.order);
  head.innerHTML = json.head;
  if (!list.current || !list.find(list.current)) list.current = next || list.shown[0]?.dataset.id || null;
  redraw();
  if (json.focus) select(String(json.focus));
  else if (next) select(next);
  if (json.message) say(json.message, "success");
  return entry;
}

// Somebody else was faster: his version is shown, what was typed here stays at hand.
function clash(json, entry) {
  acts.leaving = false;
  take(json, entry);
  say(json.error, "danger");
  const li = list.find(entry.item);
  if (!li) return;
  li.clashing = entry;
  select(entry.item);
  li.querySelector("[data-do=mine]")?.focus();
}

function refused(text, entry) {
  acts.leaving = false;
  say(text, "danger");
  const li = list.find(entry.item);
  if (li) li.className = `item ${li.dataset.flags}${li.dataset.id === list.current ? " current" : ""}`;
  const field = entry.body.field && list.find(entry.item)?.querySelector(`[data-field="${entry.body.field}"]`);
  if (field) field.classList.add("is-invalid"), field.setAttribute("title", text);
  else if (entry.item && list.find(entry.item)) select(entry.item);
}

// -- acting
function post(item, verb, body = {}) {
  queue.add(`${base}items/${item}/${verb}/`, body, item);
}

function whole(verb, body = {}) {
  queue.add(`${base}${verb}/`, body);
}

const acts = {
  accept() {
    const id = list.current;
    if (!id) return;
    const next = list.neighbour(1);
    if (list.find(id).dataset.state !== "accepted") post(id, "accept");
    mark(id, "accepted");
    if (next) select(next);
    else say(words.end);
  },
  drop() {
    const id = list.current;
    if (!id) return;
    const next = list.neighbour(1);
    post(id, "drop");
    mark(id, "dropped");
    if (next) select(next);
  },
  reset: () => list.current && post(list.current, "reset"),
  merge() {
    const after = list.all.slice(list.all.findIndex((li) => li.dataset.id === list.current) + 1);
    const next = after.find((li) => li.dataset.state !== "dropped");
    if (list.current) post(list.current, "merge", { next: next ? next.dataset.id : "" });
  },
  split() {
    const own = source.items.find((i) => i.id === list.current);
    const at = source.caret && source.caret.anchor === source.caret.focus ? source.caret.focus : source.selection()?.start;
    if (at === undefined || at === null) {
      if (!own) return;
      const stop = source.chars.slice(own.start, own.end).indexOf("。", 4);
      source.enter(stop >= 0 && own.start + stop + 1 < own.end ? own.start + stop + 1 : own.start + 1);
      return showSource(), source.reveal(source.caret.focus), say(words.split);
    }
    leave();
    post(list.current, "split", { offset: at });
  },
  caret() {
    const own = source.items.find((i) => i.id === list.current);
    source.enter(own ? own.start : 0);
    showSource();
    source.reveal(source.caret.focus);
    say(words.caret);
  },
  span(kind) {
    const chosen = source.selection();
    if (!chosen) return false;
    if (kind === "split") return acts.split(), true;
    leave();
    if (kind === "new") whole("new", chosen);
    else if (list.current) post(list.current, "span", { kind, ...chosen });
    return true;
  },
  title: () => acts.span("title") || field("title"),
  units() {
    if (acts.span("unit")) return;
    const li = list.find(list.current);
    const unknown = li?.querySelector(".row-line .btn-warn");
    if (unknown) unknown.click();
    else li?.querySelector("[data-add=unit]")?.focus();
  },
  target: () => acts.span("target") || list.find(list.current)?.querySelector("[data-add=target]").focus(),
  deadline: () => acts.span("deadline") || list.find(list.current)?.querySelector("[data-add=deadline]").focus(),
  "new"() {
    if (!acts.span("new")) acts.caret(), say(words.fresh);
  },
  unknown() {
    const after = (li) => list.all.indexOf(li) >= list.all.findIndex((x) => x.dataset.id === list.current);
    const open = list.all.filter((li) => li.dataset.state !== "dropped" && li.querySelector(".btn-warn"));
    const li = open.find(after) || open[0];
    if (!li) return say(words.known, "success");
    select(li.dataset.id);
    li.querySelector(".btn-warn").click();
  },
  unread() {
    const pieces = unread();
    if (!pieces.length) return say(words.readable, "success");
    acts.piece = ((acts.piece ?? -1) + 1) % pieces.length;
    const [start, , why] = pieces[acts.piece];
    const item = source.items.find((i) => i.start <= start && start < i.end);
    if (item) select(item.id);
    showSource();
    source.reveal(start);
    say(why);
  },
  next: (step) => select(list.neighbour(step)),
  "accept-all": () => whole("accept-all"),
  "create-all"() {
    document.getElementById("review-unit").close();
    whole("units");
  },
  filter: () => document.getElementById("review-filter").focus(),
  help: () => document.getElementById("review-keys").showModal(),
  publish() {
    if (queue.idle) location.assign(`${base}publish/`);
    else say(words.wait), (acts.leaving = true);
  },
};

function mark(id, state) {
  const li = list.find(id);
  li.classList.remove("pending", "accepted", "dropped");
  li.classList.add(state);
}

function field(name) {
  const input = list.find(list.current)?.querySelector(`[data-field="${name}"]`);
  input?.focus();
  input?.select?.();
}

function leave() {
  if (source.caret) source.leave();
  else document.getSelection().removeAllRanges();
  tools.hidden = true;
  say("");
}

function showSource(yes = true) {
  root.classList.toggle("show-source", yes);
  root.querySelector("[data-do=show-items]").setAttribute("aria-pressed", String(!yes));
  root.querySelector("[data-do=show-source]").setAttribute("aria-pressed", String(yes));
  if (yes) source.reveal();
  else if (list.current) list.reveal(list.find(list.current));
}

// -- what the mouse and the fields do
document.addEventListener("click", (event) => {
  const span = event.target.closest("[data-span]");
  if (span) return void acts.span(span.dataset.span);
  const li = event.target.closest(".item");
  if (li && li.dataset.id !== list.current) select(li.dataset.id, { focus: !event.target.closest("input, select, textarea, button, summary") });
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const name = button.dataset.do;
  if (name === "publish") event.preventDefault();
  if (name === "choose") chooser.open(li.dataset.id, button.dataset.index, button.dataset.name);
  else if (name === "remove") post(li.dataset.id, "remove", { field: button.dataset.fieldOf });
  else if (name === "mine") settle(li, true);
  else if (name === "theirs") settle(li, false);
  else if (name === "show-items" || name === "show-source") showSource(name === "show-source");
  else acts[name]?.();
});

function settle(li, mine) {
  const entry = li.clashing;
  li.querySelector(".clash").remove();
  li.clashing = null;
  say("");
  if (mine && entry) queue.add(entry.url, withoutKey(entry.body), entry.item);
  li.focus({ preventScroll: true });
}

function withoutKey({ once_key: _key, version: _version, ...body }) {
  return body;
}

const valueOf = (input) => (input.type === "checkbox" ? (input.checked ? "1" : "") : input.value);

root.addEventListener("input", (event) => {
  const input = event.target.closest("[data-field]");
  if (!input) return;
  if (input.tagName === "TEXTAREA") fit(input);
  input.classList.add("unsaved");
  const item = input.closest(".item").dataset.id;
  queue.type(`${base}items/${item}/edit/`, { field: input.dataset.field, value: valueOf(input) }, item);
  showState("typing", 1);
});

root.addEventListener("change", (event) => {
  const input = event.target.closest("[data-field]");
  if (event.target.id === "review-filter") return list.apply(event.target.value), select(list.shown[0]?.dataset.id);
  if (!input) return;
  const item = input.closest(".item").dataset.id;
  queue.typed();
  queue.add(`${base}items/${item}/edit/`, { field: input.dataset.field, value: valueOf(input) }, item);
});

root.addEventListener("focusout", () => queue.typing && setTimeout(() => queue.idle && !queue.typing && showState("saved", 0)));

document.addEventListener("selectionchange", () => {
  const chosen = source.selection();
  tools.hidden = !chosen;
  if (!chosen) return;
  const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
  const left = Math.min(window.innerWidth - tools.offsetWidth - 8, Math.max(8, box.left));
  const below = box.bottom + 6 + tools.offsetHeight < window.innerHeight;
  tools.style.left = `${left}px`;
  tools.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - tools.offsetHeight - 6)}px`;
});
tools.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection

// -- the panes scroll together
let wheel = 0;
for (const pane of root.querySelectorAll(".pane"))
  for (const name of ["wheel", "touchmove"]) pane.addEventListener(name, () => (wheel = Date.now()), { passive: true });
root.querySelector(".source-pane").addEventListener("scroll", () => {
  if (Date.now() - wheel > 300 || tools.hidden === false) return;
  const li = list.find(source.topItem());
  const box = list.holder.parentElement;
  if (li) box.scrollTop += li.getBoundingClientRect().top - box.getBoundingClientRect().top - 4;
});

// -- what others do meanwhile
async function poll() {
  if (document.hidden || !queue.idle || queue.typing || list.all.length > 300) return;
  const held = list.all.map((li) => `${li.dataset.id}.${li.dataset.version}`).join(",");
  try {
    const response = await fetch(`${base}changes/?v=${held}`, { credentials: "same-origin", redirect: "error" });
    const json = await response.json();
    if (!queue.idle || queue.typing) return;
    if (json.state !== "reviewing") return say(words.elsewhere, "danger");
    if (json.items.length || json.gone.length) take(json), say(words.others.replace("{n}", json.items.length + json.gone.length));
  } catch {
    // The queue says so when something is to be saved.
  }
}
setInterval(poll, POLL);

startKeys({ acts, list, source, queue, leave, select, post });
redraw();
const wanted = /^#i(\d+)$/.exec(location.hash);
select(wanted && list.find(wanted[1]) ? wanted[1] : (list.all.find((li) => li.dataset.state === "pending") || list.all[0])?.dataset.id);
if (!list.all.length) say(words.empty);
queue.restore();
root.dataset.ready = "1";
