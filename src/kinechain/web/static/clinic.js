// Small helpers for all pages. Each is found by a data attribute; nothing is inline.
"use strict";

// A region that says what changed, for those who do not see it: data-say on swapped parts.
document.addEventListener("htmx:afterSwap", (event) => {
  const words = event.target.querySelector?.("[data-say]")?.dataset.say;
  if (words) document.getElementById("said").textContent = words;
});

// A server that refuses or cannot be reached is told, not swallowed.
function tell(words) {
  let box = document.getElementById("trouble");
  if (!box) {
    box = document.createElement("p");
    box.id = "trouble";
    box.className = "wrong";
    box.setAttribute("role", "alert");
    document.getElementById("main").prepend(box);
  }
  box.textContent = words;
}
document.addEventListener("htmx:sendError", () =>
  tell("The server cannot be reached. Nothing was saved; try again when the connection is back."));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) { location.assign("/sign-in"); return; }
  tell(status === 409 ? "Somebody else changed this in the meantime. Load the page again to see it."
    : `The server refused this (${status}). Nothing was saved.`);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("trouble")?.remove();
});
