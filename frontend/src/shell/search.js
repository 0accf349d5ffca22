// Global search: htmx fetches suggestions, arrow keys walk them, Escape leaves.
export function startSearch() {
  const box = document.getElementById("global-search");
  if (!box) return;
  const input = box.querySelector("input");
  const list = box.querySelector(".suggestions");
  const links = () => [...list.querySelectorAll("a")];
  box.addEventListener("keydown", (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && all.length) (all[at + 1] || all[0]).focus();
    else if (event.key === "ArrowUp" && at >= 0) (at ? all[at - 1] : input).focus();
    else if (event.key === "Escape") {
      list.textContent = "";
      input.blur();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) list.textContent = "";
  });
}
