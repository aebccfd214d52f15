"use strict";
// Glue only: it looks up what the data scripts hold and hands it to ECharts and to the page.
const page = (() => {
  const data = {}, waiting = {}, charts = {}, predicted = {};
  const el = (id) => document.getElementById(id);
  let watched = null, at = 0, track = 0, lesson = null, place = 0, ticks = null;

  function put(name, value) { data[name] = value; for (const then of waiting[name] || []) then(value); delete waiting[name]; }

  function need(name, then) {
    if (name in data) { then(data[name]); return; }
    if (waiting[name]) { waiting[name].push(then); return; }
    waiting[name] = [then];
    const made = document.createElement("script");
    made.src = `data/${name}.js`;
    document.head.append(made);
  }

  function made(tag, words, facts = {}) {
    const node = Object.assign(document.createElement(tag), facts);
    if (words !== undefined) node.textContent = words;
    return node;
  }

  function draw(id, picture, shared) {
    const options = { ...(shared || {}), ...picture };
    charts[id] = charts[id] || echarts.init(el(id));
    charts[id].setOption(options, true);
    charts[id].resize();
    const spoken = options.aria && options.aria.label && options.aria.label.description;
    el(id).setAttribute("role", "img");
    el(id).setAttribute("aria-label", spoken || id);
  }

  function view(name) {
    for (const each of ["watch", "compare", "lessons"]) el(each).hidden = each !== name;
    for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-current", String(button.dataset.view === name));
    for (const chart of Object.values(charts)) chart.resize();
  }

  // Watch

  function watch(name) {
    view("watch");
    el("world").value = name;
    need(name, (world) => { watched = world; at = 0; track = 0; tracks(); month(0); });
  }

  function tracks() {
    el("tracks").replaceChildren(...(watched.tracks.length < 2 ? [] : watched.tracks.map((words, n) => {
      const button = made("button", words, { type: "button" });
      button.addEventListener("click", () => { track = n; month(at); });
      return button;
    })));
  }

  function month(n) {
    at = Math.max(0, Math.min(watched.months.length - 1, n));
    const now = watched.months[at], mine = now.tracks[track];
    el("asked").textContent = watched.asked;
    el("answered").textContent = watched.answered;
    el("month").textContent = now.said;
    draw("space", mine.space, watched.shared[`space${track}`]);
    draw("line", now.line, watched.shared.line);
    el("news").innerHTML = mine.news;
    el("states").innerHTML = mine.states;
    el("story").innerHTML = now.story.join("");
    el("back").disabled = el("start").disabled = at === 0;
    el("on").disabled = at === watched.months.length - 1;
    for (const [k, button] of [...el("tracks").children].entries()) button.setAttribute("aria-pressed", String(k === track));
  }

  // Compare

  function levers() {
    el("levers").replaceChildren(...data.contents.levers.map((lever, n) => {
      const box = made("fieldset", undefined, { className: "stop" });
      box.append(made("legend", lever.label));
      lever.stops.forEach((words, k) => {
        const label = made("label"), input = made("input", undefined, { type: "radio", name: `lever-${n}`, value: String(k), checked: k === lever.at });
        input.addEventListener("change", compare);
        label.append(input, ` ${words}`);
        box.append(label);
      });
      box.append(made("span", `${lever.meaning}. Rests on: ${lever.rests}`));
      return box;
    }));
  }

  function compare() {
    view("compare");
    el("levers").hidden = false;
    const chosen = data.contents.levers.map((_, n) => document.querySelector(`[name=lever-${n}]:checked`).value);
    const name = `compare-${chosen.join("-")}`;
    if (!data.contents.grid.includes(name)) { el("changed").textContent = "These settings contradict one another; choose others."; return; }
    need(name, comparison);
  }

  function comparison(found) {
    view("compare");
    el("changed").textContent = found.changed ? `Changed from the base case: ${found.changed}` : "The base case.";
    el("step").textContent = found.step;
    el("key").innerHTML = found.key;
    for (const [name, picture] of Object.entries(found.charts)) {
      draw(name, picture.options);
      el(`${name}-key`).innerHTML = picture.key;
    }
    el("table").innerHTML = found.table;
    el("views").innerHTML = found.views;
    el("views").hidden = !found.views;
  }

  // Lessons

  function list() {
    const box = el("lessons");
    box.replaceChildren(...data.contents.lessons.map((each) => {
      const card = made("article", undefined, { className: "c-card" });
      card.append(made("h2", `${each.number}. ${each.title}`), made("p", each.question, { className: "strong" }), made("p", `Goal: ${each.goal}`));
      const begin = made("button", "Begin: 45 minutes", { type: "button", className: "main-button" });
      begin.addEventListener("click", () => step(each, 0));
      card.append(begin);
      for (const [head, lines] of [["To discuss", each.discuss], ["Facilitator's notes", each.notes]]) {
        const more = made("details"), items = made("ul");
        more.append(made("summary", head));
        items.append(...lines.map((line) => made("li", line)));
        more.append(items);
        card.append(more);
      }
      return card;
    }));
    if (!data.contents.lessons.length) box.append(made("p", "There are no lessons on this experiment."));
  }

  function clock(key, minutes) {
    clearInterval(ticks);
    const end = (predicted[`end-${key}`] = predicted[`end-${key}`] || Date.now() + 60000 * minutes);
    const tick = () => {
      const left = Math.round((end - Date.now()) / 1000), size = Math.abs(left);
      const words = `${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
      if (el("clock")) el("clock").textContent = left >= 0 ? `${words} left` : `${words} over`;
    };
    tick();
    ticks = setInterval(tick, 1000);
  }

  function step(which, n) {
    lesson = which; place = n;
    const now = lesson.steps[n], strip = el("strip"), row = made("div", undefined, { className: "row" });
    strip.hidden = false;
    row.append(made("strong", `${lesson.number}. ${lesson.title} · step ${n + 1} of ${lesson.steps.length}`), made("span", "", { id: "clock" }));
    if (n + 1 < lesson.steps.length) {
      const next = made("button", "Next step", { type: "button", className: "main-button", id: "next" });
      next.addEventListener("click", () => step(lesson, n + 1));
      row.append(next);
    }
    const end = made("button", "Leave the lesson", { type: "button" });
    end.addEventListener("click", () => { strip.hidden = true; clearInterval(ticks); document.body.classList.remove("sealed"); view("lessons"); });
    row.append(end);
    strip.replaceChildren(row, made("p", now.words));
    document.body.classList.toggle("sealed", Boolean(now.ask));
    if (now.ask) strip.append(...asking(now));
    if (now.note) {
      const note = made("details");
      note.append(made("summary", "Facilitator's note"), made("p", now.note));
      strip.append(note);
    }
    clock(`${lesson.number}-${n}`, now.minutes);
    if (now.view.startsWith("watch-")) watch(now.view);
    else if (now.view) { el("levers").hidden = true; need(now.view, comparison); } else view("lessons");
  }

  function asking(now) {
    const label = made("label", `Predict first: ${now.ask}`), box = made("textarea", undefined, { id: "prediction" });
    const show = made("button", "Show the answer", { type: "button", disabled: true, id: "show" }), said = made("ul", undefined, { id: "answer" });
    said.setAttribute("aria-live", "polite");
    label.append(box);
    box.addEventListener("input", () => { show.disabled = !box.value.trim(); });
    show.addEventListener("click", () => {
      document.body.classList.remove("sealed");
      said.replaceChildren(...[`Predicted: ${box.value.trim()}`, ...now.answers].map((line) => made("li", line)));
    });
    return [label, show, said];
  }

  function show(name, done) {  // any view by its name
    if (name.startsWith("watch-")) watch(name);
    else need(name, comparison);
    need(name, () => done && done());
  }

  function begin() {
    const contents = data.contents;
    el("question").textContent = contents.question;
    el("history").textContent = contents.history;
    el("world").append(...contents.worlds.map((each) => made("option", each.said, { value: each.view })));
    el("world").addEventListener("change", () => watch(el("world").value));
    el("on").addEventListener("click", () => month(at + 1));
    el("back").addEventListener("click", () => month(at - 1));
    el("start").addEventListener("click", () => month(0));
    el("large").addEventListener("click", () => {
      const large = document.documentElement.classList.toggle("large");
      el("large").setAttribute("aria-pressed", String(large));
      for (const chart of Object.values(charts)) chart.resize();
    });
    const open = { watch: () => (watched ? view("watch") : watch(contents.worlds[0].view)), compare, lessons: () => view("lessons") };
    for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", open[button.dataset.view]);
    window.addEventListener("resize", () => { for (const chart of Object.values(charts)) chart.resize(); });
    levers();
    list();
    watch(contents.worlds[0].view);
  }

  return { put, begin, show };
})();
