// The search box of a related row. Listens on the document, so that fields added later work at once.
// Without it the form still works: the typed name is looked up when the form is sent.
(() => {
  if (window.shianChoiceBox) return;
  window.shianChoiceBox = true;
  const WAIT = 140;
  const states = new WeakMap();

  const boxOf = (node) => node instanceof Element && node.closest("[data-box]");
  const part = (box, name) => box.querySelector(`[data-box-${name}]`);
  const listOf = (box) => box.querySelector('[role="listbox"]');
  const options = (box) => [...listOf(box).querySelectorAll('[role="option"]')];

  function state(box) {
    if (!states.has(box)) states.set(box, { at: -1, timer: 0, asked: 0 });
    return states.get(box);
  }

  function close(box) {
    const input = part(box, "text");
    listOf(box).hidden = true;
    state(box).at = -1;
    state(box).asked += 1;
    clearTimeout(state(box).timer);
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function line(text, hint) {
    const li = document.createElement("li");
    li.append(text);
    if (hint) {
      const small = document.createElement("small");
      small.append(hint);
      li.append(small);
    }
    return li;
  }

  function show(box, answer) {
    const list = listOf(box);
    const input = part(box, "text");
    const taken = new Set([...box.querySelectorAll(".box-chosen input:checked")].map((e) => e.value));
    list.textContent = "";
    answer.results.forEach((each, n) => {
      if (taken.has(String(each.id))) return;
      const li = line(each.text, each.hint);
      li.id = `${list.id}_${n}`;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      li.dataset.id = each.id;
      li.dataset.text = each.text;
      list.append(li);
    });
    const note = !options(box).length ? box.dataset.none : answer.more ? box.dataset.more : "";
    if (note) {
      const li = line(note);
      li.className = "box-note";
      li.setAttribute("role", "presentation");
      list.append(li);
    }
    box.querySelector('[role="status"]').textContent = note || String(options(box).length);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    state(box).at = -1;
    if (input.value.trim() && options(box).length) move(box, 1);
  }

  function move(box, step) {
    const all = options(box);
    if (!all.length) return;
    const mine = state(box);
    mine.at = mine.at < 0 && step < 0 ? all.length - 1 : (mine.at + step + all.length) % all.length;
    all.forEach((li, n) => li.setAttribute("aria-selected", String(n === mine.at)));
    part(box, "text").setAttribute("aria-activedescendant", all[mine.at].id);
    all[mine.at].scrollIntoView({ block: "nearest" });
  }

  async function ask(box) {
    const mine = state(box);
    const turn = (mine.asked += 1);
    const address = new URL(box.dataset.box, location.href);
    const input = part(box, "text");
    const unchanged = input.value === part(box, "was").value;
    address.searchParams.set("q", unchanged ? "" : input.value);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (turn === mine.asked) show(box, found);
    } catch (error) {
      if (turn === mine.asked) box.querySelector('[role="status"]').textContent = box.dataset.failed;
    }
  }

  function later(box) {
    clearTimeout(state(box).timer);
    state(box).timer = setTimeout(() => ask(box), WAIT);
  }

  function choose(box, li) {
    const input = part(box, "text");
    if ("many" in box.dataset) {
      const row = line("");
      row.innerHTML = '<label class="form-check"><input class="form-check-input" type="checkbox" checked> </label>';
      const tick = row.querySelector("input");
      tick.name = box.dataset.name;
      tick.value = li.dataset.id;
      row.firstChild.append(li.dataset.text);
      box.querySelector(".box-chosen").append(row);
      input.value = "";
    } else {
      part(box, "id").value = li.dataset.id;
      input.value = li.dataset.text;
    }
    part(box, "was").value = input.value;
    const asked = box.querySelector(".box-candidates");
    if (asked) asked.remove();
    close(box);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-box-text]")) later(boxOf(event.target));
  });

  document.addEventListener("click", (event) => {
    const box = boxOf(event.target);
    if (box && event.target.matches("[data-box-text]") && listOf(box).hidden) later(box);
  });

  document.addEventListener("mousedown", (event) => {
    const li = event.target.closest && event.target.closest('.box-list [role="option"]');
    if (event.target.closest && event.target.closest(".box-list")) event.preventDefault(); // the text keeps the focus
    if (li) choose(boxOf(li), li);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches || !event.target.matches("[data-box-text]") || event.isComposing) return;
    const box = boxOf(event.target);
    const open = !listOf(box).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) move(box, event.key === "ArrowDown" ? 1 : -1);
      else later(box);
    } else if (event.key === "Enter" && open && state(box).at >= 0) {
      event.preventDefault();
      choose(box, options(box)[state(box).at]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close(box);
    }
  }, true);

  document.addEventListener("focusout", (event) => {
    if (event.target.matches && event.target.matches("[data-box-text]")) close(boxOf(event.target));
  });

  // A filter's address names only what is chosen; a text that was not resolved goes to the server.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const box of event.target.querySelectorAll("[data-box]")) {
      const input = part(box, "text");
      const was = part(box, "was");
      const idle = input.value === was.value ? [input, was] : [];
      idle.forEach((e) => (e.disabled = true));
      setTimeout(() => idle.forEach((e) => (e.disabled = false)));
    }
  }, true);

  // Whoever typed before this script arrived gets an answer too.
  const early = document.activeElement;
  if (early && early.matches("[data-box-text]") && early.value !== part(boxOf(early), "was").value) later(boxOf(early));
})();
