// The form of the record: suggestions fill it in, and the example follows the kind.
"use strict";

(() => {
  const text = document.getElementById("record-text");
  const key = document.getElementById("record-key");
  const place = document.getElementById("suggestions");
  if (!text || !key || !place) return;

  key.addEventListener("change", () => {
    document.getElementById("record-example").textContent =
      `For example: ${key.selectedOptions[0].dataset.example}`;
    place.replaceChildren();
  });

  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    text.value = button.dataset.fill;
    place.replaceChildren();
    text.focus();
  });

  // Arrow down goes into the suggestions, Escape closes them.
  text.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && place.querySelector("button")) {
      event.preventDefault();
      place.querySelector("button").focus();
    } else if (event.key === "Escape") {
      place.replaceChildren();
    }
  });
  place.addEventListener("keydown", (event) => {
    const all = [...place.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") { place.replaceChildren(); text.focus(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) text.focus();
    else all[Math.min(next, all.length - 1)].focus();
  });
})();
