// Ask before an act that cannot simply be taken back: data-confirm="…" on a form or button, hx-confirm with htmx.
// data-open-dialog="id" opens any <dialog>.
const asked = new WeakSet();

function ask(question) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("[data-question]").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function startConfirm() {
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (!question) return;
    if (asked.delete(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    ask(question).then((yes) => {
      if (!yes) return;
      asked.add(target);
      target.requestSubmit(submitter || undefined);
    });
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.matches("dialog")) event.target.close(); // the backdrop
  });
}
