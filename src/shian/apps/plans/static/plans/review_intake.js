// A text too long for the server is not sent at all, so that it stays in the form.
const form = document.querySelector("form.intake");
const warning = document.getElementById("intake-too-long");

form.addEventListener("submit", (event) => {
  const tooLong = form.elements.text.value.length > Number(form.dataset.most);
  warning.hidden = !tooLong;
  if (!tooLong) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  warning.scrollIntoView({ block: "center" });
}, true);
