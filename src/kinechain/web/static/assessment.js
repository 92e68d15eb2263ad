// The assessment page: a switched finding is answered at once, and in full a moment later.
"use strict";

(() => {
  const form = document.getElementById("what-if");
  if (!form || !window.htmx) return;
  const PAUSE_MS = 800;
  const board = document.getElementById("board");
  const busy = form.querySelector(".busy-words");
  // Answers are ordered: by the question, and for each from the quickest to the whole.
  const modes = form.dataset.modes.split(" ");
  const first = modes.indexOf(form.dataset.first);
  const last = modes.length - 1;
  let asked = Number(form.elements.counter.value);
  let shown = asked * modes.length + last;
  let paused = true;

  document.getElementById("recompute").hidden = true;

  // Until the answer to the last switch is here, what is shown is of before.
  function mark() {
    const figures = asked * modes.length + modes.indexOf("glance");
    board.classList.toggle("behind", shown < figures);
    board.setAttribute("aria-busy", String(shown < figures));
    busy.hidden = shown >= asked * modes.length + last;
  }

  function ask(stage) {
    form.elements.counter.value = String(asked);
    // A new question aborts the one before (hx-sync); what fails is told by clinic.js.
    htmx.ajax("POST", form.action, {
      source: form, target: "#changed", swap: "innerHTML", values: { mode: modes[stage] },
    }).catch(() => {});
  }

  // The next stage once the one before is here; the whole when nothing was switched for a moment.
  function goOn() {
    const stage = shown - asked * modes.length + 1;
    if (stage <= first || stage > last) return;
    if (stage < last || paused) ask(stage);
  }

  let timer = 0;
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.form !== form || input.type !== "radio") return;
    const row = input.closest("li.toggle");
    // What was found by searching stays when the next thing is searched for.
    if (row?.closest("#found")) document.getElementById("part-questions").prepend(row);
    asked += 1;
    paused = false;
    clearTimeout(timer);
    timer = setTimeout(() => { paused = true; if (shown % modes.length === last - 1) goOn(); }, PAUSE_MS);
    mark();
    ask(first);
  });

  // Answers may come in any order: an older one never takes the place of a newer one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target.id !== "changed" || xhr.status !== 200) return;
    const order = Number(xhr.getResponseHeader("X-Order"));
    if (order < shown || order < asked * modes.length) event.detail.shouldSwap = false;
    else shown = order;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "changed") return;
    mark();
    setTimeout(goOn);  // once htmx is done with this answer
  });

  // A press elsewhere, or Escape, closes what was opened over the page.
  const openOnes = () => document.querySelectorAll("details.cite[open], details.chip[open]");
  document.addEventListener("click", (event) => {
    for (const one of openOnes()) if (!one.contains(event.target)) one.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of openOnes()) {
      if (one.contains(document.activeElement)) one.querySelector("summary").focus();
      one.open = false;
    }
  });
})();
