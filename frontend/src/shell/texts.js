// Sentences shown by scripts come translated from the page: <script type="application/json" id="shell-texts">.
let texts;

export function text(name, values = {}) {
  if (!texts) texts = JSON.parse(document.getElementById("shell-texts")?.textContent || "{}");
  return (texts[name] || name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
