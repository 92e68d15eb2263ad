(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("walk-data").textContent);
  const viewer = document.getElementById("viewer");
  const at = (id) => document.getElementById(id);
  const time = at("time"), play = at("play"), speed = at("speed"), where = at("where");
  const layers = ["left", "both", "right"];
  const last = data.ms.length - 1;
  const views = [
    { svg: at("view-side"), x: 0, flip: 1 },
    { svg: at("view-front"), x: 2, flip: -1 },
  ];
  for (const view of views) {
    view.limbs = layers.map((side) => view.svg.querySelector(".limb." + side));
    view.joints = layers.map((side) => view.svg.querySelector(".joint." + side));
    view.forces = layers.map((side) => view.svg.querySelector(".force." + side));
    view.skull = view.svg.querySelector(".skull");
    view.strides = view.svg.querySelector(".strides");
    view.floor = view.svg.querySelector(".floor");
  }
  const cursors = layers.map((side) => [...document.querySelectorAll(".cursor." + side)]);
  const plotWidth = Number(document.body.dataset.plotWidth);
  const events = [...new Set(data.cycles.flatMap((one) => one.slice(1)))]
    .filter((ms) => ms !== null && ms >= 0 && ms <= data.ms[last])
    .sort((a, b) => a - b);
  let frame = Math.round(last / 10), running = false, started = 0, startedAt = 0;

  const point = (view, row, index) => {
    const x = row[3 * index + view.x], y = row[3 * index + 1];
    return x === null || y === null ? null : view.flip * x + " " + -y;
  };
  const strides = (view, way) => {
    const left = Number(view.floor.getAttribute("x"));
    const right = left + Number(view.floor.getAttribute("width"));
    const y = Number(view.floor.getAttribute("y"));
    let path = "";
    for (let k = Math.ceil((left + way) / 500); 500 * k - way < right; k += 1)
      path += "M" + (500 * k - way) + " " + y + "v45";
    return path;
  };
  const draw = () => {
    const row = data.points[frame];
    for (const view of views) {
      const limbs = ["", "", ""], joints = ["", "", ""], forces = ["", "", ""];
      for (const [layer, chain] of data.lines) {
        const places = chain.map((index) => point(view, row, index)).filter(Boolean);
        if (places.length > 1) limbs[layer] += "M" + places.join("L");
      }
      for (const [layer, index] of data.dots) {
        const place = point(view, row, index);
        if (place) joints[layer] += "M" + place + "h0";
      }
      for (const [layer, ...numbers] of data.arrows[frame]) {
        forces[layer] += "M" + view.flip * numbers[view.x] + " " + -numbers[1]
          + "l" + view.flip * numbers[3 + view.x] + " " + -numbers[4];
      }
      layers.forEach((_, layer) => {
        view.limbs[layer].setAttribute("d", limbs[layer]);
        view.joints[layer].setAttribute("d", joints[layer]);
        view.forces[layer].setAttribute("d", forces[layer]);
      });
      const head = data.head < 0 ? null : point(view, row, data.head);
      view.skull.setAttribute("visibility", head ? "visible" : "hidden");
      if (head) {
        view.skull.setAttribute("cx", head.split(" ")[0]);
        view.skull.setAttribute("cy", head.split(" ")[1]);
      }
      if (view.x === 0) view.strides.setAttribute("d", strides(view, data.way[frame] || 0));
    }
    tell();
  };
  const phase = (layer, ms) => {
    const cycle = data.cycles.find((one) => one[0] === layer && one[1] <= ms && ms <= one[3]);
    if (!cycle) return null;
    return {
      percent: (100 * (ms - cycle[1])) / (cycle[3] - cycle[1]),
      stance: cycle[2] === null ? "" : ms < cycle[2] ? "stance" : "swing",
    };
  };
  const tell = () => {
    const ms = data.ms[frame];
    const parts = [(ms / 1000).toFixed(2) + " s"];
    for (const layer of [0, 2]) {
      const found = phase(layer, ms);
      for (const cursor of cursors[layer]) {
        cursor.classList.toggle("away", found === null);
        if (found) cursor.setAttribute("transform",
          "translate(" + (plotWidth * found.percent / 100).toFixed(1) + " 0)");
      }
      if (found) parts.push(layers[layer] + ": " + Math.round(found.percent) + " % of the cycle"
        + (found.stance ? ", " + found.stance : ""));
    }
    where.textContent = parts.join(" · ");
    time.value = frame;
    time.setAttribute("aria-valuetext", where.textContent);
    at("now").setAttribute("x1", (1000 * ms) / data.ms[last]);
    at("now").setAttribute("x2", (1000 * ms) / data.ms[last]);
  };
  const go = (wanted) => {
    frame = Math.min(Math.max(wanted, 0), last);
    document.body.classList.add("stepping");
    draw();
  };
  const near = (ms) => data.ms.reduce(
    (best, value, k) => (Math.abs(value - ms) < Math.abs(data.ms[best] - ms) ? k : best), 0);
  const tick = (now) => {
    if (!running) return;
    const ms = (startedAt + (now - started) * Number(speed.value)) % (data.ms[last] + 1);
    const wanted = near(ms);
    if (wanted !== frame) go(wanted);
    requestAnimationFrame(tick);
  };
  const run = (on) => {
    running = on;
    play.textContent = on ? "Pause" : "Play";
    play.setAttribute("aria-pressed", String(on));
    if (!on) return;
    started = performance.now();
    startedAt = frame === last ? 0 : data.ms[frame];
    requestAnimationFrame(tick);
  };
  const jump = (step) => {
    run(false);
    const ms = data.ms[frame], slack = data.ms[1] / 2;
    const ahead = events.filter((one) => (step > 0 ? one > ms + slack : one < ms - slack));
    if (ahead.length) go(near(step > 0 ? ahead[0] : ahead[ahead.length - 1]));
  };
  play.addEventListener("click", () => run(!running));
  speed.addEventListener("change", () => run(running));
  at("before").addEventListener("click", () => jump(-1));
  at("after").addEventListener("click", () => jump(1));
  time.addEventListener("input", () => { run(false); go(Number(time.value)); });
  viewer.addEventListener("keydown", (event) => {
    if (event.target === time || event.target === speed) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    run(false);
    go(frame + step);
  });
  viewer.hidden = false;
  draw();
})();
