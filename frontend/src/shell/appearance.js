// Theme, print size and folded navigation: a cookie the server reads, so no page flashes in the wrong look.
const root = document.documentElement;
const ATTRIBUTE = { theme: "data-bs-theme", print: "data-print", nav: "data-nav" };

function set(name, value) {
  root.setAttribute(ATTRIBUTE[name], value);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `shian_${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  document.dispatchEvent(new CustomEvent("shian:appearance", { detail: { name, value } }));
}

function openNavigation(open) {
  const side = document.getElementById("side");
  side?.classList.toggle("open", open);
  document.querySelector("[data-nav-open]")?.setAttribute("aria-expanded", String(open));
  if (open) side?.querySelector("a")?.focus();
}

export function startAppearance() {
  // The same switch works as a form post where scripts are off.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-appearance]");
    if (!form) return;
    event.preventDefault();
    const [name, one, other] = form.dataset.appearance.split(" ");
    set(name, root.getAttribute(ATTRIBUTE[name]) === one ? other : one);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-nav-open]")) openNavigation(true);
    else if (!event.target.closest("#side")) openNavigation(false);
    if (event.target.closest("[data-print-page]")) window.print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") openNavigation(false);
  });
}
