// Lists: pick rows, pick all that match, walk with j and k, submit filters when they change.
import { text } from "./texts.js";

function boxes(form) {
  return [...form.querySelectorAll("input[name=pk]")];
}

function refresh(form) {
  const all = boxes(form);
  const picked = all.filter((b) => b.checked);
  all.forEach((b) => b.closest("tr").classList.toggle("picked", b.checked));
  const head = form.querySelector("[data-pick-page]");
  if (head) {
    head.checked = picked.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  const bar = form.querySelector(".bulk-bar");
  if (!bar) return;
  const every = bar.querySelector("input[name=all_matching]");
  if (picked.length < all.length) every.value = "";
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-picked]").textContent =
    every.value ? text("picked_all", { n: bar.dataset.total }) : text("picked", { n: picked.length });
  const more = bar.querySelector("[data-pick-all]");
  if (more) more.hidden = Boolean(every.value) || picked.length < all.length || !bar.hasAttribute("data-more");
}

function watchPicks(form) {
  let last;
  form.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=pk]");
    if (box && event.shiftKey && last) {
      const all = boxes(form);
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((b) => (b.checked = box.checked));
    }
    if (box) last = box;
    if (event.target.matches("[data-pick-page]")) boxes(form).forEach((b) => (b.checked = event.target.checked));
    if (event.target.closest("[data-pick-all]")) form.querySelector("input[name=all_matching]").value = "1";
    if (event.target.closest("[data-pick-none]")) boxes(form).forEach((b) => (b.checked = false));
    refresh(form);
  });
  refresh(form);
}

// j, k: move; o or Enter: open; x: pick.
export function walk(key) {
  const rows = [...document.querySelectorAll("[data-rows] > tr, .todo > li")];
  if (!rows.length) return false;
  const now = rows.findIndex((r) => r.classList.contains("at"));
  if (key === "j" || key === "k") {
    const next = rows[Math.min(rows.length - 1, Math.max(0, now + (key === "j" ? 1 : -1)))];
    rows.forEach((r) => r.classList.toggle("at", r === next));
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("a")?.focus({ preventScroll: true });
    return true;
  }
  if (now < 0) return false;
  if (key === "o") rows[now].querySelector("a")?.click();
  else if (key === "x") rows[now].querySelector("input[name=pk]")?.click();
  else return false;
  return true;
}

export function startLists() {
  document.querySelectorAll("form[data-bulk]").forEach(watchPicks);
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle]");
    if (!toggle) return;
    const panel = document.getElementById(toggle.dataset.toggle);
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) panel.querySelector("input, select")?.focus();
  });
  // Unused filters stay out of the address, so it can be read and sent on.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-tidy]")) return;
    [...event.target.elements].forEach((e) => e.name && e.value === "" && (e.disabled = true));
    setTimeout(() => [...event.target.elements].forEach((e) => (e.disabled = false)));
  });
}
