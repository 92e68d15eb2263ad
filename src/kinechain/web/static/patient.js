// The patient's pages. Every page works without this; with it the picture can be touched and an
// answer outlives a lost connection. Nothing is inline, nothing is fetched from elsewhere.
"use strict";

// --- Sending: an answer stays on this device until the server has it. ---------------------------
const UNSENT = "kinechain-unsent";
const WAITS_S = [2, 4, 8, 15];
let tries = 0, timer = 0, busy = false;

const kept = () => {
  try { return JSON.parse(sessionStorage.getItem(UNSENT) || "null"); } catch { return null; }
};
const keep = (one) => {
  try {
    if (one) sessionStorage.setItem(UNSENT, JSON.stringify(one));
    else sessionStorage.removeItem(UNSENT);
  } catch { /* no room, or not allowed: then it is kept in the form alone */ }
};
function banner(words) {
  let box = document.getElementById("unsent");
  if (!words) { box?.remove(); return; }
  if (!box) {
    box = document.createElement("p");
    box.id = "unsent";
    box.setAttribute("role", "alert");
    document.body.prepend(box);
  }
  if (box.textContent !== words) box.textContent = words;
}
function later() {
  banner("Not sent yet. It is kept on this device and sent as soon as possible.");
  clearTimeout(timer);
  timer = setTimeout(() => send(), 1000 * WAITS_S[Math.min(tries++, WAITS_S.length - 1)]);
}
let pending = null;
async function send() {
  const one = pending || kept();
  if (!one || busy) return;
  busy = true;
  document.querySelector("form[data-keep]")?.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(one.body);
  body.set("csrf", document.querySelector("input[name=csrf]")?.value || "");
  try {
    const answer = await fetch(one.action, { method: "POST", body, redirect: "follow",
      headers: { "X-Intake": "script" } });
    if (answer.status === 429 || answer.status >= 500) { later(); return; }
    banner(""); tries = 0;
    if (pending && pending !== one) { setTimeout(send); return; }  // chosen anew meanwhile
    pending = null; keep(null);
    if (answer.headers.get("content-type")?.includes("json")) {
      const next = (await answer.json()).next;
      if (next) { location.assign(next); return; }
    }
    show(await answer.text());
  } catch {
    later();
  } finally {
    busy = false;
    document.querySelector("form[data-keep]")?.removeAttribute("aria-busy");
  }
}
// A page that says what is wrong with an answer, in place of the one on which it was given.
function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.getElementById("main");
  if (!main) { location.reload(); return; }
  document.getElementById("main").replaceWith(document.adoptNode(main));
  enliven(document);
  const told = document.querySelector("[role=alert]:not(#unsent)");
  const first = document.querySelector("[aria-invalid]") || told || document.getElementById("main");
  if (first === told) first.tabIndex = -1;
  first.focus();
  scrollTo(0, 0);
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-keep]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  body.delete("csrf");
  pending = { action: form.getAttribute("action"), body: body.toString() };
  keep(pending);
  tries = 0;
  clearTimeout(timer);
  send();
});
addEventListener("online", () => { tries = 0; send(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// --- The body map: each region ticks a box of the list. -----------------------------------------
function chooser(root) {
  const boxes = new Map([...root.querySelectorAll("input[name=place]")].map((box) => [box.value, box]));
  const regions = [...root.querySelectorAll(".region")];
  const others = new Set((root.dataset.other || "").split(" "));
  const list = root.querySelector(".chosen"), lastBox = root.querySelector(".last");
  const details = root.querySelector(".as-list");
  let last = null;
  root.querySelector(".map-part").hidden = false;
  root.querySelector(".finder").hidden = false;
  details.open = false;

  const place = (region) => region.dataset.place;
  const at = (region) => [Number(region.dataset.x), Number(region.dataset.y)];
  const name = (value) => boxes.get(value).dataset.name;

  function paint() {
    for (const region of regions) {
      region.setAttribute("aria-checked", String(boxes.get(place(region)).checked));
      region.classList.toggle("other", others.has(place(region)));
    }
    tell();
  }
  function set(value, on) {
    boxes.get(value).checked = on;
    last = on ? value : null;
    paint();
  }
  function button(words, label, act) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "quiet";
    one.textContent = words;
    if (label) one.setAttribute("aria-label", label);
    one.addEventListener("click", act);
    return one;
  }
  // The chosen places in words; and, for who missed, what lies beside the last one.
  function tell() {
    const chosen = [...boxes.values()].filter((box) => box.checked).map((box) => box.value);
    const head = document.createElement("h2");
    const rows = document.createElement("ul");
    head.textContent = "Chosen";
    for (const value of chosen) {
      const row = document.createElement("li");
      const words = document.createElement("span");
      words.textContent = name(value);
      row.append(words, button("Remove", `Remove ${name(value)}`, () => {
        set(value, false);
        root.querySelector(".chosen button, .region[tabindex='0']")?.focus();
      }));
      rows.append(row);
    }
    list.hidden = chosen.length === 0;
    list.replaceChildren(head, rows);
    showLast();
  }
  function showLast() {
    const here = last && (regions.find((one) => place(one) === last
      && !one.closest(".figure").classList.contains("away")) || regions.find((one) => place(one) === last));
    lastBox.hidden = !here;
    lastBox.replaceChildren();
    if (!here) return;
    const words = document.createElement("p");
    const strong = document.createElement("strong");
    strong.textContent = name(last);
    words.append("Chosen: ", strong, ". Or did you mean:");
    const buttons = document.createElement("div");
    const far = (one) => Math.hypot(at(one)[0] - at(here)[0], at(one)[1] - at(here)[1]);
    const side = (one) => place(one).split(".")[1] || "";
    const beside = regions
      .filter((one) => one.parentNode === here.parentNode && !boxes.get(place(one)).checked
        && (!side(one) || !side(here) || side(one) === side(here)))
      .sort((one, two) => far(one) - far(two)).slice(0, 3);
    const was = last;
    for (const region of beside) {
      const other = place(region);
      buttons.append(button(name(other), "", () => { boxes.get(was).checked = false; set(other, true); }));
    }
    lastBox.append(words, buttons);
  }

  for (const figure of root.querySelectorAll(".figure")) {
    const own = regions.filter((one) => figure.contains(one));
    const ring = figure.querySelector(".ring");
    const move = (region) => {
      for (const one of own) one.tabIndex = one === region ? 0 : -1;
      region.focus({ preventScroll: true });
      region.scrollIntoView({ block: "center", inline: "nearest" });
    };
    (own.find((one) => boxes.get(place(one)).checked) || own[0]).tabIndex = 0;
    figure.addEventListener("focusin", (event) => {
      if (!event.target.matches(".region")) return;
      if (event.target.matches(":focus-visible")) ring.setAttribute("d", event.target.getAttribute("d"));
      for (const one of own) one.tabIndex = one === event.target ? 0 : -1;
    });
    figure.addEventListener("focusout", () => ring.setAttribute("d", ""));
    figure.addEventListener("keydown", (event) => {
      const region = event.target;
      if (!region.matches(".region")) return;
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        set(place(region), !boxes.get(place(region)).checked);
      } else if (way) {
        event.preventDefault();
        const next = nearest(own, region, way, at);
        if (next) move(next);
      } else if (event.key === "Home" || event.key === "End") {
        event.preventDefault();
        move(event.key === "Home" ? own[0] : own[own.length - 1]);
      }
    });
    // A finger that lands beside the body means the region that is nearest, if one is near.
    figure.querySelector("svg").addEventListener("click", (event) => {
      let region = event.target.closest(".region");
      if (!region) {
        const svg = event.currentTarget, where = svg.createSVGPoint();
        [where.x, where.y] = [event.clientX, event.clientY];
        const here = where.matrixTransform(svg.getScreenCTM().inverse());
        const far = (one) => Math.hypot(at(one)[0] - here.x, at(one)[1] - here.y);
        region = own.reduce((one, two) => (far(two) < far(one) ? two : one));
        if (far(region) > 24) return;
      }
      set(place(region), !boxes.get(place(region)).checked);
    });
  }
  const turns = new Map();
  for (const one of root.querySelectorAll("[data-view]")) {
    const turn = () => {
      for (const other of root.querySelectorAll("[data-view]")) {
        other.setAttribute("aria-pressed", String(other === one));
      }
      for (const figure of root.querySelectorAll(".figure")) {
        figure.classList.toggle("away", figure.dataset.figure !== one.dataset.view);
      }
    };
    one.addEventListener("click", turn);
    turns.set(one.dataset.view, turn);
  }
  // Begin with the figure on which something is chosen.
  const marked = (view) => regions.some((one) => one.closest(".figure").dataset.figure === view
    && (boxes.get(place(one)).checked || others.has(place(one))));
  turns.get(marked("back") && !marked("front") ? "back" : "front")();
  const larger = root.querySelector("[data-larger]");
  larger.addEventListener("click", () => {
    const on = root.querySelector(".figures").classList.toggle("large");
    larger.setAttribute("aria-pressed", String(on));
    const figures = root.querySelector(".figures");
    if (on) figures.scrollLeft = (figures.scrollWidth - figures.clientWidth) / 2;
  });
  root.addEventListener("change", (event) => {
    if (event.target.name === "place") { last = null; paint(); }
  });
  const find = root.querySelector("input[type=search]");
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of root.querySelectorAll(".place-row")) {
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
    }
    for (const group of root.querySelectorAll(".group")) {
      group.hidden = !group.querySelector(".place-row:not([hidden])");
    }
  });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  paint();
}
// What lies nearest in a direction: far sideways counts more than far ahead.
function nearest(regions, from, [dx, dy], at) {
  const [x, y] = at(from);
  let best = null, least = Infinity;
  for (const one of regions) {
    const [ahead, aside] = [(at(one)[0] - x) * dx + (at(one)[1] - y) * dy,
      Math.abs((at(one)[0] - x) * dy) + Math.abs((at(one)[1] - y) * dx)];
    if (one === from || ahead <= 0.5 || aside > ahead * 3) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [one, cost];
  }
  return best;
}

// --- Small things. ------------------------------------------------------------------------------
function stepper(root) {
  const input = root.querySelector("input");
  const make = (sign, words, by) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "quiet";
    one.textContent = sign;
    one.setAttribute("aria-label", words);
    one.addEventListener("click", () => {
      input.value = String(Math.max(1, (parseInt(input.value, 10) || 0) + by));
    });
    return one;
  };
  root.prepend(make("\u2212", "One less", -1));
  root.append(make("+", "One more", 1));
}
// "No to all" is of use only while nothing else was said.
function several(form) {
  const none = form.querySelector("[data-none]"), next = form.querySelector("[data-when-said]");
  if (!none) return;
  const look = () => {
    const said = [...form.querySelectorAll(".item input:checked")];
    none.hidden = said.some((one) => one.value !== "no");
    next.hidden = said.length === 0;
  };
  form.addEventListener("change", look);
  look();
}
// Telling the places apart shows each by itself at once.
function scope(form) {
  const radios = form.querySelectorAll("input[name=scope]");
  const was = form.querySelector("input[name=scope]:checked")?.value;
  for (const one of radios) {
    one.addEventListener("change", () => { if (one.value !== was) form.requestSubmit(); });
  }
}
function enliven(root) {
  root.querySelectorAll("[data-places]").forEach(chooser);
  root.querySelectorAll("[data-stepper]").forEach(stepper);
  root.querySelectorAll("form.screen").forEach((form) => { several(form); scope(form); });
  if (root.querySelector("[data-wait]")) setTimeout(() => location.reload(), 500);
}
enliven(document);
if (kept()) { banner("Sending what was not sent yet."); send(); }
