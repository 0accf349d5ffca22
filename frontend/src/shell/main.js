// What every signed-in page runs. Pages stay usable without it: links, forms and tables are the server's.
import "bootstrap/js/src/dropdown.js";
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import { startAppearance } from "./appearance.js";
import { startConfirm } from "./confirm.js";
import { startDrafts } from "./drafts.js";
import { startFiles } from "./files.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startNotify } from "./notify.js";
import { startSearch } from "./search.js";
import { startTabs } from "./tabs.js";

window.htmx = htmx;
window.Alpine = Alpine;

document.addEventListener("DOMContentLoaded", () => {
  startAppearance();
  startNotify();
  startConfirm();
  startSearch();
  startTabs();
  startLists();
  startFiles();
  startDrafts();
  startKeys();
  Alpine.start(); // after every deferred page script has registered its Alpine.data(…)
});
