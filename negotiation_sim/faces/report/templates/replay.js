"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const el = (id) => document.getElementById(id);
  const NS = "http://www.w3.org/2000/svg";
  const frame = { left: 226, top: 34, width: 694, height: 470 };
  const MARKS = {
    "": ["#9aa5b1", "dot", data.says[""]],
    backs: ["#56b4e9", "circle", data.says.backs],
    yields: ["#009e73", "circle", data.says.yields],
    refuses: ["#d55e00", "cross", data.says.refuses],
    accepts: ["#0072b2", "circle", data.says.accepts],
    goes_along: ["#009e73", "square", data.says.goes_along],
    objects: ["#d55e00", "cross", data.says.objects],
  };
  let month = 0, track = 0, timer = null;

  const x = (v) => frame.left + v * frame.width;
  const y = (v) => frame.top + (1 - v) * frame.height;

  function node(name, facts, parent, words) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
    if (words !== undefined) made.textContent = words;
    if (parent) parent.appendChild(made);
    return made;
  }

  function dateOf(n) {
    const months = Number(data.start.slice(0, 4)) * 12 + Number(data.start.slice(5)) - 1 + Math.max(0, n - 1);
    const names = ["January", "February", "March", "April", "May", "June", "July", "August",
      "September", "October", "November", "December"];
    return `${names[months % 12]} ${Math.floor(months / 12)}`;
  }

  // What holds at the end of a month: every event up to it, folded.
  function stateAt(n) {
    const said = {}, joined = new Set(), pledged = new Set();
    const ideals = Object.fromEntries(Object.entries(data.states).map(([k, s]) => [k, s.ideal]));
    const path = [data.tracks[track].text];
    let adopted = false, mandated = false, answered = false;
    for (const e of data.events) {
      if (e.month > n) break;
      if (e.kind === "turnover") { ideals[e.actor] = e.ideal; continue; }
      const spoken = e.kind === "mandate_vote" || e.kind === "response";
      if (!(spoken && e.package || [e.track]).includes(track)) continue;
      if (e.kind === "mandate_vote" && !answered) said[e.actor] = e.response;
      if (e.kind === "response") {
        if (!answered) { for (const k of Object.keys(said)) delete said[k]; answered = true; }
        said[e.actor] = e.response;
      }
      if (e.kind === "mandate") mandated = true;
      if ((e.kind === "mandate" || e.kind === "revision") && e.text) path.push(e.text);
      if (e.kind === "decision" && e.adopted) adopted = true;
      if ((e.kind === "ratification" || e.kind === "accession") && e.joins) joined.add(e.actor);
      if (e.kind === "pledge") pledged.add(e.actor);
    }
    return { said, joined, pledged, ideals, path, adopted, mandated };
  }

  function mark(parent, kind, colour, cx, cy, size) {
    if (kind === "square") return node("rect", { x: cx - size, y: cy - size, width: 2 * size, height: 2 * size, fill: colour, style: "stroke: var(--rim)" }, parent);
    if (kind === "cross") {
      const d = `M${cx - size} ${cy - size}L${cx + size} ${cy + size}M${cx - size} ${cy + size}L${cx + size} ${cy - size}`;
      return node("path", { d, stroke: colour, "stroke-width": 3.4, "stroke-linecap": "round" }, parent);
    }
    return node("circle", { cx, cy, r: kind === "dot" ? size * 0.7 : size, fill: colour, style: "stroke: var(--rim)" }, parent);
  }

  function axes(plot) {
    const [across, up] = data.axes;
    const grid = node("g", { style: "stroke: var(--grid)" }, plot);
    for (const [v, words] of across.scale) {
      node("line", { x1: x(v), x2: x(v), y1: y(0), y2: y(1) }, grid);
      const place = { transform: `translate(${x(v) + 4},${y(0) + 16}) rotate(-18)`, "text-anchor": "end" };
      node("text", { class: "faint", ...place }, plot, `${words} ${v}`);
    }
    if (up) for (const [v, words] of up.scale) {
      node("line", { x1: x(0), x2: x(1), y1: y(v), y2: y(v) }, grid);
      node("text", { class: "faint", x: x(0) - 8, y: y(v) + 4, "text-anchor": "end" }, plot, `${words} ${v}`);
    }
    node("text", { x: x(1), y: 622, "text-anchor": "end", "font-weight": 600 }, plot, `${across.name}, 0 to 1`);
    if (up) node("text", { x: 4, y: 14, "font-weight": 600 }, plot, `${up.name}, 0 to 1`);
  }

  function labels(plot, spots) {
    const taken = spots.map(([, px, py]) => [px - 13, py - 12, px + 13, py + 12]);
    const around = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];
    for (const [words, px, py] of spots) {
      const half = words.length * 4.3, high = 9;
      const tries = [];
      for (const far of [0, 10, 22, 36]) for (const [ax, ay] of around)
        tries.push([px + ax * (half + 15 + far), py + ay * (20 + far)]);
      const box = ([cx, cy]) => [cx - half, cy - high, cx + half, cy + high];
      const free = (b) => b[0] > frame.left - 20 && b[2] < 938 && b[1] > 2 && b[3] < y(0) + 8 &&
        taken.every((o) => b[2] < o[0] || o[2] < b[0] || b[3] < o[1] || o[3] < b[1]);
      const place = tries.find((t) => free(box(t))) || tries[0];
      taken.push(box(place));
      node("text", { x: place[0], y: place[1] + 4, "text-anchor": "middle" }, plot, words);
    }
  }

  function states(plot, now) {
    const codes = Object.keys(data.states), spots = [];
    for (const code of codes) {
      const [colour, kind, words] = MARKS[now.said[code] || ""];
      const [px, py] = [x(now.ideals[code][0]), y(now.ideals[code][1])];
      const group = node("g", {}, plot);
      node("title", {}, group, `${data.states[code].name}: ${words}`);
      if (now.joined.has(code)) node("circle", { cx: px, cy: py, r: 10.5, fill: "none", stroke: "#0072b2", "stroke-width": 2 }, group);
      if (now.pledged.has(code)) node("circle", { cx: px, cy: py, r: 13.5, fill: "none", stroke: "#009e73", "stroke-width": 1.6, "stroke-dasharray": "3 3" }, group);
      mark(group, kind, colour, px, py, 6);
      if (codes.length <= 24 || kind === "cross") spots.push([codes.length <= 12 ? data.states[code].name : code, px, py]);
    }
    labels(plot, spots.slice(0, 40));
  }

  function draw() {
    const now = stateAt(month), plot = el("plot"), here = data.tracks[track];
    plot.replaceChildren();
    node("title", { id: "plot-title" }, plot, `Issue space in ${dateOf(month)}: ${here.name}`);
    const [bx, by] = here.box;
    node("rect", { x: x(bx[0]), y: y(by[1]), width: x(bx[1]) - x(bx[0]), height: y(by[0]) - y(by[1]), fill: "#e69f00",
      "fill-opacity": now.mandated ? 0.16 : 0.06, stroke: "#e69f00", "stroke-dasharray": now.mandated ? "none" : "5 4" }, plot);
    axes(plot);
    const points = now.path.map((p) => `${x(p[0])},${y(p[1])}`).join(" ");
    node("polyline", { points, fill: "none", style: "stroke: var(--ink)", "stroke-width": 1.8, "stroke-opacity": 0.75 }, plot);
    const first = now.path[0], last = now.path[now.path.length - 1];
    node("circle", { cx: x(first[0]), cy: y(first[1]), r: 6, style: "fill: var(--paper); stroke: var(--ink)", "stroke-width": 1.8 }, plot);
    states(plot, now);
    const [lx, ly, r] = [x(last[0]), y(last[1]), now.adopted ? 11 : 7.5];
    const star = [...Array(10)].map((_, k) => {
      const [angle, far] = [(Math.PI * k) / 5 - Math.PI / 2, k % 2 ? r * 0.45 : r];
      return `${lx + far * Math.cos(angle)},${ly + far * Math.sin(angle)}`;
    }).join(" ");
    if (now.adopted) node("polygon", { points: star, style: "fill: var(--ink); stroke: var(--rim)" }, plot);
    else if (now.path.length > 1) node("rect", { x: lx - 5.5, y: ly - 5.5, width: 11, height: 11, style: "fill: var(--ink); stroke: var(--rim)", transform: `rotate(45 ${lx} ${ly})` }, plot);
    tell();
  }

  function tell() {
    el("slider").value = month;
    el("slider").setAttribute("aria-valuetext", month ? dateOf(month) : "before the start");
    el("date").textContent = month ? `${dateOf(month)} (month ${month})` : `Start, ${dateOf(1)}`;
    let now = null;
    for (const item of el("story").children) {
      const own = Number(item.dataset.month);
      item.classList.toggle("later", own > month);
      item.classList.remove("now");
      if (own <= month && item.dataset.month !== String(data.horizon + 1)) now = item;
    }
    if (now) {
      const latest = now.dataset.month;
      for (const item of el("story").children) item.classList.toggle("now", item.dataset.month === latest);
      const list = el("story");
      const place = now.offsetTop - list.clientHeight / 2;
      if (Math.abs(list.scrollTop - place) > list.clientHeight / 4) list.scrollTop = place;
    }
    for (const item of el("marks").children) item.classList.toggle("reached", !item.classList.contains("deadline") && Number(item.dataset.month) <= month);
  }

  function go(n) { month = Math.max(0, Math.min(data.horizon, n)); draw(); }

  function play(on) {
    clearInterval(timer);
    timer = null;
    if (on && month >= data.horizon) month = 0;
    if (on) timer = setInterval(() => (month >= data.horizon ? play(false) : go(month + 1)), Number(el("speed").value));
    el("play").textContent = on ? "Pause" : "Play";
    el("play").setAttribute("aria-pressed", String(on));
  }

  function next() {
    const later = data.story.filter((s) => s.month > month && (!s.tracks.length || s.tracks.includes(track)));
    if (later.length) go(later[0].month);
  }

  function storyList() {
    el("story").replaceChildren();
    for (const step of data.story) {
      if (step.tracks.length && !step.tracks.includes(track)) continue;
      const item = document.createElement("li"), when = document.createElement("b");
      item.dataset.month = step.month;
      when.textContent = step.date;
      item.append(when, step.lines.join(" "));
      item.addEventListener("click", () => { play(false); go(step.month); });
      el("story").append(item);
    }
    const end = document.createElement("li"), when = document.createElement("b");
    end.dataset.month = data.horizon;
    end.className = "end";
    when.textContent = "How it ended";
    end.append(when, data.tracks[track].ending.join(" "));
    el("story").append(end);
  }

  function milestones() {
    el("marks").replaceChildren();
    const merged = {};
    for (const m of data.tracks[track].milestones)
      merged[m.month] = { month: m.month, name: merged[m.month] ? `${merged[m.month].name}, ${m.name}` : m.name };
    const all = [...Object.values(merged), { month: data.deadline, name: "deadline", deadline: true }];
    all.sort((a, b) => a.month - b.month);
    const rows = [];
    for (const m of all) {
      const made = document.createElement("span"), at = (100 * m.month) / data.horizon;
      made.textContent = m.name;
      made.dataset.month = m.month;
      made.className = m.deadline ? "deadline" : "";
      made.style.left = `calc(${at}% + ${8 - 0.16 * at}px)`;
      if (rows.length && at - rows[rows.length - 1] < 9) { made.style.top = "-1.05rem"; made.classList.add("high"); rows.length = 0; }
      else rows.push(at);
      el("marks").append(made);
    }
  }

  function choose(n) {
    track = n;
    for (const [k, button] of [...el("tabs").children].entries()) button.setAttribute("aria-pressed", String(k === n));
    storyList();
    milestones();
    draw();
  }

  function legend() {
    const entry = (words, paint) => {
      const span = document.createElement("span"), svg = node("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
      paint(svg);
      span.append(svg, ` ${words}`);
      el("legend").append(span);
    };
    for (const [colour, kind, words] of Object.values(MARKS)) entry(words, (svg) => mark(svg, kind, colour, 8, 8, 5));
    entry("has ratified or joined", (svg) => node("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "#0072b2", "stroke-width": 2 }, svg));
    entry("has pledged", (svg) => node("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "#009e73", "stroke-dasharray": "3 2" }, svg));
    entry("text proposed", (svg) => node("circle", { cx: 8, cy: 8, r: 5, style: "fill: var(--paper); stroke: var(--ink)", "stroke-width": 1.6 }, svg));
    entry("text now (a star once adopted)", (svg) => node("rect", { x: 4, y: 4, width: 8, height: 8, style: "fill: var(--ink)", transform: "rotate(45 8 8)" }, svg));
    entry("mandate", (svg) => node("rect", { x: 2, y: 3, width: 12, height: 10, fill: "#fbecd0", stroke: "#e69f00" }, svg));
  }

  data.tracks.forEach((t, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = t.title;
    button.addEventListener("click", () => choose(n));
    el("tabs").append(button);
  });
  el("play").addEventListener("click", () => play(timer === null));
  el("back").addEventListener("click", () => { play(false); go(month - 1); });
  el("on").addEventListener("click", () => { play(false); go(month + 1); });
  el("slider").addEventListener("input", (e) => { play(false); go(Number(e.target.value)); });
  el("speed").addEventListener("change", () => { if (timer !== null) play(true); });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target.tagName === "SELECT") return;
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: 12, PageUp: -12 };
    if (e.key === " ") { if (e.target.tagName === "BUTTON" && e.target.id !== "play") return; play(timer === null); }
    else if (e.key in steps) { play(false); go(month + steps[e.key]); }
    else if (e.key === "Home") go(0);
    else if (e.key === "End") go(data.horizon);
    else if (e.key === "n" || e.key === "N") { play(false); next(); }
    else return;
    e.preventDefault();
  });
  legend();
  choose(0);
})();
