// A live region for what happened without a page load, above all: that the connection was lost and nothing else was.
import { text } from "./texts.js";

export function notify(message, tone = "info") {
  const region = document.getElementById("messages");
  if (!region) return;
  const box = document.createElement("div");
  box.className = `alert alert-${tone}`;
  box.setAttribute("role", tone === "danger" ? "alert" : "status");
  box.textContent = message;
  region.append(box);
  if (tone !== "danger") setTimeout(() => box.remove(), 6000);
}

export function startNotify() {
  document.addEventListener("htmx:sendError", () => notify(text("connection_lost"), "danger"));
  document.addEventListener("htmx:timeout", () => notify(text("connection_lost"), "danger"));
  document.addEventListener("htmx:responseError", (event) => {
    notify(text("request_failed", { status: event.detail.xhr.status }), "danger");
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy || document.getElementById(button.dataset.copyFrom).value);
    notify(text("copied"), "success");
  });
}

// navigator.clipboard exists only on https and localhost; many offices serve plain http inside their network.
async function copy(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const area = document.createElement("textarea");
  area.value = value;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
