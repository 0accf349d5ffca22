// Adds, removes and moves lines on the spot; without it the same buttons send the form and it comes back changed.
(() => {
  if (window.shianLines) return;
  window.shianLines = true;

  function renumber(part) {
    [...part.querySelectorAll("[data-lines-list] [data-line-order]")].forEach((e, n) => (e.value = n));
  }

  function focusIn(line) {
    const first = line.querySelector(".line-fields input:not([type=hidden]), .line-fields select, .line-fields textarea");
    if (first) first.focus();
  }

  function add(part) {
    const count = part.querySelector("[data-lines-count]");
    const made = document.createElement("div");
    made.innerHTML = part.querySelector("template").innerHTML.replace(/__n__/g, count.value);
    count.value = Number(count.value) + 1;
    const line = made.firstElementChild;
    part.querySelector("[data-lines-list]").append(line);
    renumber(part);
    focusIn(line);
  }

  function remove(part, line) {
    const next = line.nextElementSibling || line.previousElementSibling;
    if (line.querySelector('[name$="-id"]').value) {
      const flag = line.querySelector("[data-line-removed]");
      flag.value = flag.value ? "" : "1";
      line.classList.toggle("removed", Boolean(flag.value));
    } else {
      line.remove();
      if (next) focusIn(next);
      else part.querySelector("[data-lines-add]").focus();
    }
    renumber(part);
  }

  function move(part, line, step, focused) {
    const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(line);
    else other.after(line);
    renumber(part);
    if (focused) focused.focus();
  }

  function act(part, line, what, focused) {
    if (what === "remove") remove(part, line);
    else move(part, line, what === "up" ? -1 : 1, focused);
    part.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-lines-add], [data-line-do]");
    const part = button && button.closest("[data-lines]");
    if (!part) return;
    event.preventDefault();
    if ("linesAdd" in button.dataset) add(part);
    else act(part, button.closest("[data-line]"), button.dataset.lineDo, button);
  });

  document.addEventListener("keydown", (event) => {
    const part = event.altKey && event.target.closest && event.target.closest("[data-lines]");
    if (!part) return;
    const line = event.target.closest("[data-line]");
    const what = { ArrowUp: "up", ArrowDown: "down", Delete: "remove", Insert: "add" }[event.key];
    if (!what || (what !== "add" && !line)) return;
    event.preventDefault();
    if (what === "add") add(part);
    else act(part, line, what, event.target);
  });
})();
