// The print button, and the letter that shows what is being typed. Both pages work without.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const typed = document.querySelector("[data-mirror]");
if (typed) {
  const shown = document.getElementById(typed.dataset.mirror);
  typed.addEventListener("input", () => { shown.textContent = typed.value; });
}
