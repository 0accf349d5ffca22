// A dropzone is a file input with a large label: dropping fills the input, choosing shows name and size.
function describe(zone) {
  const input = zone.querySelector("input[type=file]");
  const out = zone.querySelector("[data-chosen]");
  const files = [...input.files];
  if (out) out.textContent = files.map((f) => `${f.name} (${Math.max(1, Math.round(f.size / 1024)).toLocaleString()} KB)`).join("、");
}

export function startFiles() {
  document.querySelectorAll(".dropzone").forEach((zone) => {
    const input = zone.querySelector("input[type=file]");
    input.addEventListener("change", () => describe(zone));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
}
