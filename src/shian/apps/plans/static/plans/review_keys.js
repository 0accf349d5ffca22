// Keys of the review screen. They come before the shell's, which would take j, k, x and ? for a list.
export function startKeys({ acts, list, source, leave, post }) {
  const plain = {
    j: () => acts.next(1), ArrowDown: () => acts.next(1), k: () => acts.next(-1), ArrowUp: () => acts.next(-1),
    a: acts.accept, Enter: acts.accept, x: acts.drop, u: acts.reset, e: acts.title, m: acts.merge, s: acts.split, n: acts.new,
    g: acts.units, t: acts.target, d: acts.deadline, v: acts.caret, r: acts.unknown, i: acts.unread, f: acts.filter,
    p: acts.publish, "?": acts.help,
  };
  const field = (target) => target.closest?.("input:not([type=checkbox]), textarea, select");
  const item = () => list.find(list.current)?.focus({ preventScroll: true });

  // In a field: Enter stores it (in an adding field, adds), Esc goes back to the item.
  function inField(event, target) {
    if (event.isComposing) return false;
    if (event.key === "Escape") return item(), true;
    if (event.key !== "Enter" || target.id === "review-filter") return false;
    if (target.dataset.add) {
      const text = target.value.trim();
      if (text) post(list.current, "add", { kind: target.dataset.add, text }), (target.value = "");
      else item();
      return true;
    }
    if (target.tagName === "TEXTAREA" && target.dataset.field === "text") return false;
    if (target.tagName === "SELECT") return false;
    return target.blur(), item(), true;
  }

  function withCaret(event) {
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End")
      return source.move(event.key, event.shiftKey, event.ctrlKey), true;
    if (event.key === "Escape" || event.key === "v") return leave(), true;
    if (event.key === "Enter" && source.caret.anchor === source.caret.focus) return acts.split(), true;
    return false;
  }

  function press(event) {
    const { key, target } = event;
    if (document.querySelector("dialog[open]") || event.isComposing) return false;
    const held = field(target);
    if (held) return (event.ctrlKey && key === "Enter") ? (held.blur(), item(), acts["accept-all"](), true) : inField(event, held);
    if (source.caret && withCaret(event)) return true;
    if ((event.ctrlKey || event.metaKey) && key === "Enter") return acts["accept-all"](), true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key === "Escape" && source.selection()) return leave(), true;
    if (key === "Enter" && target.closest?.("button, a, summary, input")) return false;
    if (!plain[key]) return false;
    plain[key]();
    return true;
  }

  window.addEventListener("keydown", (event) => {
    if (press(event)) event.preventDefault(), event.stopPropagation();
    else if (field(event.target) && event.target.closest("#review")) event.stopPropagation();
  }, true);
}
