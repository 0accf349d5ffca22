// Panels of an object as tabs; the open one is part of the address (#changes), so a link can point at it.
function open(tabs, tab) {
  for (const other of tabs.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const body = document.getElementById(other.getAttribute("aria-controls"));
    if (body) body.hidden = !chosen;
  }
}

export function startTabs() {
  document.querySelectorAll("[role=tablist]").forEach((tabs) => {
    const all = [...tabs.querySelectorAll("[role=tab]")];
    const wanted = all.find((t) => `#${t.dataset.name}` === decodeURIComponent(location.hash));
    open(tabs, wanted || all.find((t) => t.getAttribute("aria-selected") === "true") || all[0]);
    tabs.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (!tab) return;
      event.preventDefault();
      open(tabs, tab);
      history.replaceState(history.state, "", `#${tab.dataset.name}`);
    });
    tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
      next.focus();
      next.click();
    });
  });
}
