// Shortcuts. Those shown by "?" come from the page (templates/ui/_keys.html); a page adds its own with data-key="n".
import { walk } from "./lists.js";

function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");
}

function press(event) {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "s") {
    const form = target.closest("form[data-primary]") || document.querySelector("form[data-primary]");
    if (!form) return false;
    form.requestSubmit(form.querySelector("[data-default]") || undefined);
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(target)) return false;
  if (document.querySelector("dialog[open]")) return false;
  if (key === "/") return focus("#global-search input");
  if (key === "f") return focus("[data-quick-search]");
  if (key === "?") return document.getElementById("keys")?.showModal(), true;
  if (walk(key)) return true;
  const own = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key);
  own?.click();
  return Boolean(own);
}

function focus(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select();
  return Boolean(field);
}

export function startKeys() {
  document.addEventListener("keydown", (event) => press(event) && event.preventDefault());
}
