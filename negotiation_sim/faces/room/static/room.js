// What a device in the room shows. The server sends parts of a view as they change; a section is
// drawn anew only where its part has changed, so that what somebody is setting is not taken away.
'use strict';
const role = document.body.dataset.role, main = document.getElementById('main');
const view = {}, drawn = {};
let link = null, wait = 300, endsAt = null, paused = false;

function el(tag, marks = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(marks)) {
    if (name === 'on') for (const [kind, act] of Object.entries(value)) made.addEventListener(kind, act);
    else if (name === 'mark') made.dataset.testid = value;
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside.filter(part => part !== null && part !== undefined));
  return made;
}
const list = (lines, tag = 'ul') => el(tag, {}, ...lines.map(line => el('li', {}, line)));
const button = (words, mark, act, main) =>
  el('button', {type: 'button', mark, class: main ? 'main' : '', on: {click: act}}, words);
const choice = (pairs, mark, label, value) => {
  const made = el('select', {mark, 'aria-label': label},
    ...pairs.map(([v, words]) => el('option', {value: v}, words)));
  if (value !== undefined) made.value = String(value);
  return made;
};

function say(message) { if (link && link.readyState === 1) link.send(JSON.stringify(message)); }
function refused(words) {
  const box = document.getElementById('refused');
  box.textContent = words; box.hidden = !words;
}
async function post(path, body) {
  const answer = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  const told = await answer.json().catch(() => ({refused: 'The server did not answer.'}));
  if (!answer.ok) { refused(told.refused || 'That did not work.'); return null; }
  refused(''); return told;
}

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const code = new URLSearchParams(location.search).get('code') || '';
  link = new WebSocket(`${scheme}://${location.host}/room/link?as=${role}&code=${encodeURIComponent(code)}`);
  link.onopen = () => { wait = 300; document.getElementById('lost').hidden = true; };
  link.onmessage = event => {
    const told = JSON.parse(event.data);
    if ('refused' in told) { refused(told.refused); return; }
    refused('');
    for (const gone of told.gone || []) delete view[gone];
    Object.assign(view, told.set || {});
    if ('ends_in' in (told.set || {}))
      endsAt = view.ends_in === null ? null : performance.now() + 1000 * view.ends_in;
    paused = view.phase === 'paused';
    draw();
  };
  link.onclose = event => {
    if (event.code === 4401) { enter(event.reason); return; }
    document.getElementById('lost').hidden = false;
    setTimeout(connect, wait); wait = Math.min(4000, wait * 1.7);
  };
}

// Ways in

function enter(why) {
  document.getElementById('lost').hidden = true;
  for (const key of Object.keys(drawn)) delete drawn[key];
  main.replaceChildren();
  if (role === 'seat') enterSeat(); else if (role === 'board') enterBoard(why); else openRoom(why);
}
function enterSeat() {
  const asked = new URLSearchParams(location.search).get('code') || '';
  const code = el('input', {mark: 'join-code', 'aria-label': 'Code', placeholder: 'Code', maxlength: 6, autocomplete: 'off', autocapitalize: 'characters', value: asked});
  const name = el('input', {mark: 'join-name', 'aria-label': 'Your name', placeholder: 'Your name', maxlength: 40});
  const act = async event => {
    event.preventDefault();
    if (await post('/join', {code: code.value, name: name.value})) { main.replaceChildren(); connect(); }
  };
  main.replaceChildren(el('section', {}, el('h2', {}, 'Join the room'),
    el('form', {class: 'row', on: {submit: act}}, code, name, el('button', {mark: 'join', class: 'main'}, 'Join'))));
}
function enterBoard() {
  const code = el('input', {mark: 'board-code', 'aria-label': 'Code', placeholder: 'Code', maxlength: 6});
  const act = event => { event.preventDefault(); location.search = '?code=' + encodeURIComponent(code.value); };
  main.replaceChildren(el('section', {}, el('h2', {}, 'The board of a room'),
    el('form', {class: 'row', on: {submit: act}}, code, el('button', {class: 'main'}, 'Show'))));
}
async function openRoom(why) {
  const offer = await (await fetch('/room/offer')).json();
  const box = el('section', {mark: 'open-room'}, el('h2', {}, 'Open a room'));
  if (why === 'taken') box.append(el('p', {}, 'A room is open, from another browser. Take it over, or open a new one in its place.'),
    el('div', {class: 'row'}, button('Take it over', 'take-over', async () => { if (await post('/room/over', {})) { main.replaceChildren(); connect(); } }, true)));
  const experiment = choice(offer.experiments, 'room-experiment', 'Experiment', offer.experiment);
  const strategy = el('select', {mark: 'room-strategy', 'aria-label': 'What is negotiated, and where'});
  const seats = el('div', {class: 'row', mark: 'room-seats'});
  const fill = async () => {
    const told = await (await fetch('/room/offer?experiment=' + encodeURIComponent(experiment.value))).json();
    strategy.replaceChildren(...told.strategies.map(([s, words]) => el('option', {value: s}, words)));
    strategy.value = told.strategy;
    seats.replaceChildren(...told.states.map(([code, name]) => {
      const tick = el('input', {type: 'checkbox', value: code, style: 'min-height:22px'});
      tick.checked = told.dealt.includes(code);
      return el('label', {}, tick, name);
    }));
  };
  experiment.addEventListener('change', fill); await fill();
  const seed = el('input', {type: 'number', min: 0, value: 1, mark: 'room-seed', 'aria-label': 'World (seed)', style: 'width:110px'});
  const seconds = choice([[0, 'no limit'], [30, '30 seconds'], [60, '1 minute'], [90, '1½ minutes'], [120, '2 minutes'], [180, '3 minutes']], 'room-seconds', 'Time for a question', 90);
  const last = choice([['deadline', 'to the deadline'], ['horizon', 'to the horizon']], 'room-last', 'How long seats play', 'deadline');
  box.append(el('div', {class: 'row'}, el('label', {}, 'Experiment', experiment), el('label', {}, 'Strategy', strategy)),
    el('h3', {}, 'Seats'), seats,
    el('div', {class: 'row'}, el('label', {}, 'World (seed)', seed), el('label', {}, 'Time for a question', seconds), el('label', {}, 'Seats play', last)),
    el('div', {class: 'row'}, button('Open the room', 'open', async () => {
      const chosen = [...seats.querySelectorAll('input:checked')].map(i => i.value);
      if (await post('/room/open', {experiment: experiment.value, strategy: strategy.value, seats: chosen,
        seed: Number(seed.value), seconds: Number(seconds.value), last: last.value})) { main.replaceChildren(); connect(); }
    }, true)));
  main.replaceChildren(box);
}

// Parts of the page, in order; each is drawn from its own part of the view

function part(name, from, make) {
  const key = JSON.stringify(from === undefined ? null : from);
  let box = main.querySelector(`[data-part="${name}"]`);
  if (!box) { box = el('section', {'data-part': name, mark: name}); main.append(box); }
  if (drawn[name] === key && box.dataset.made) return;
  drawn[name] = key; box.dataset.made = '1'; box.className = '';
  const made = from === undefined || from === null ? [] : make(box);
  box.replaceChildren(...made.filter(Boolean));
}

function draw() {
  const title = view.seat_name ? `${view.seat_name} (${view.you})` : view.you || view.experiment || 'The room';
  document.getElementById('title').textContent = title;
  if (role === 'instructor') part('controls', [view.phase, view.seconds, view.code, view.states], controls);
  part('notice', view.board && view.board.notice || undefined, box => { box.className = 'notice'; return [view.board.notice]; });
  part('debrief', view.debrief, debrief);
  const lobbyNow = view.phase === 'lobby';
  part('lobby', lobbyNow ? [view.code, view.qr, view.join, view.seats, view.seat, view.free, view.about] : undefined, lobby);
  if (role === 'seat') {
    part('sit', !lobbyNow && !view.seat ? view.free : undefined, sit);
    part('question', lobbyNow || view.phase === 'debrief' ? undefined : [view.question, view.phase, view.seat], question);
  }
  part('waiting', view.phase === 'playing' || view.phase === 'paused' ? [view.seats, view.asked, view.phase] : undefined, waiting);
  if (role === 'seat') part('brief', view.brief && [view.brief, lobbyNow], brief);
  if (role === 'instructor') part('people', [view.people, view.seats, view.phase], people);
  part('board', view.board, board);
}

function lobby() {
  const seats = view.seats.map(s => el('span', {class: s.holder ? 'chip' : 'chip away'}, s.holder ? `${s.name}: ${s.holder}` : s.name));
  const made = [el('h2', {}, view.about)];
  if (view.code) made.push(el('div', {class: 'row'}, view.qr ? el('img', {class: 'qr', src: view.qr, alt: 'QR code of the link'}) : null,
    el('div', {}, el('p', {}, view.join || ''), el('div', {class: 'code', mark: 'code'}, view.code))));
  made.push(el('div', {class: 'chips', mark: 'seats'}, ...seats));
  if (role === 'seat') made.push(...(view.seat ? [el('p', {class: 'big'}, `You speak for ${view.seat_name}. Read your brief; the instructor will begin.`)] : []), ...sit());
  return made;
}
function sit() {
  if (!view.free || !view.free.length) return [el('p', {}, view.seat ? '' : 'All seats are taken; you watch.')];
  return [el('h3', {}, view.seat ? 'Or take another seat' : 'Take a seat, or wait to be given one'),
    el('div', {class: 'row'}, ...view.free.map(([seat, name]) => button(name, 'take-' + seat, () => say({do: 'take', seat}))))];
}
function brief(box) {
  const heads = {wants: 'What it wants', fears: 'What it fears', cannot_accept: 'What it cannot accept', owes: 'Whom it owes'};
  const made = [el('summary', {}, `Secret brief: ${view.seat_name}`)];
  for (const [key, words] of Object.entries(heads)) made.push(el('h3', {}, words), list(view.brief[key]));
  if (view.brief.evidence.length) made.push(el('h3', {}, 'Evidence'), list(view.brief.evidence));
  return [el('details', {open: view.phase === 'lobby' || window.innerWidth > 900}, ...made)];
}
function question(box) {
  if (view.phase === 'paused') return [el('h2', {}, 'Paused')];
  const q = view.question;
  if (!q) return [el('p', {class: 'big'}, view.seat ? 'Nothing is asked of you now. Watch the board; talk to the others.' : 'You hold no seat.')];
  box.className = 'ask';
  let stands = 0, sent = false;
  const give = more => { if (sent) return; sent = true; for (const b of box.querySelectorAll('button')) b.disabled = true; say({do: 'answer', key: q.key, stands, ...more}); setTimeout(() => { sent = false; for (const b of box.querySelectorAll('button')) b.disabled = false; }, 3000); };
  const made = [el('h2', {mark: 'asked'}, q.asked)];
  if (q.rows.length) {
    const heads = ['issue', ...q.texts.map(t => q.texts.length > 1 ? t : 'on the table'), 'you want'];
    made.push(el('table', {}, el('tr', {}, ...heads.map((h, n) => el('th', {class: n ? 'n' : ''}, h))),
      ...q.rows.map(row => el('tr', {}, ...row.map((cell, n) => el('td', {class: n ? 'n' : ''}, cell))))));
  }
  for (const [words, value] of q.bars)
    made.push(el('div', {class: 'bar'}, el('span', {}, words), el('meter', {min: 0, max: 1, value, 'aria-label': words}), el('b', {}, value.toFixed(2))));
  made.push(el('details', {}, el('summary', {}, 'What does your capital advise?'), el('p', {mark: 'advice'}, q.advice)));
  if (q.standing.length) {
    const months = {0: 'this time only', 6: 'for half a year', 12: 'for a year', 36: 'for three years'};
    const pick = choice(q.standing.map(n => [n, months[n]]), 'stands', 'This answer stands', 0);
    pick.addEventListener('change', () => { stands = Number(pick.value); });
    made.push(el('div', {class: 'row'}, el('label', {}, 'This answer stands', pick)));
  }
  made.push(el('div', {class: 'row answers'}, ...q.answers.map(a => button(a.words, 'answer-' + a.answer, () => give({answer: a.answer}), true)),
    button(q.leave_it, 'answer-advice', () => give({answer: 'advice'}))));
  if (q.propose) {
    const slides = q.propose.map(p => {
      const slide = el('input', {type: 'range', min: p.low, max: p.high, step: 0.01, value: p.now, 'aria-label': 'propose ' + p.issue, mark: 'propose-' + p.issue});
      const number = el('b', {}, Number(slide.value).toFixed(2));
      slide.addEventListener('input', () => { number.textContent = Number(slide.value).toFixed(2); });
      return [slide, el('div', {class: 'row'}, el('span', {style: 'width:110px'}, p.issue), slide, number)];
    });
    made.push(el('details', {}, el('summary', {}, 'Or object, and propose a move'), ...slides.map(s => s[1]),
      button('Propose this', 'answer-propose', () => give({answer: 'propose', stands: 0, proposal: slides.map(s => Number(s[0].value))}))));
  }
  return made;
}
function waiting() {
  const left = view.seats.filter(s => s.waiting).length;
  return [el('p', {class: 'big', mark: 'in-public'}, view.phase === 'paused' ? 'Paused. ' + view.asked : view.asked),
    el('div', {class: 'chips'}, ...view.seats.map(s => el('span', {class: 'chip' + (s.waiting ? ' wait' : '') + (s.here ? '' : ' away')},
      `${s.name}${s.holder ? ' (' + s.holder + ')' : ''}${s.waiting ? ' …' : ''}${s.holder && !s.here ? ' · away' : ''}`))),
    el('p', {class: 'small'}, left ? `${left} still to answer.` : 'All have answered.')];
}
function board() {
  const b = view.board;
  const tables = b.tables.map(t => el('div', {}, el('h3', {}, t.words), el('p', {}, `${t.status}. Text: ${t.text.map(([i, v]) => `${i} ${v}`).join(', ')}.`),
    el('div', {class: 'chips'}, ...t.says.map(s => el('span', {class: 'chip'}, `${({accepts: '●', goes_along: '▲', objects: '■', absent: '○'})[s.says]} ${s.name}: ${s.joined ? 'joined' : s.words}`)))));
  return [el('h2', {mark: 'date'}, `${b.date} · deadline ${b.deadline}`),
    el('div', {class: 'news', mark: 'news', role: 'status'}, ...b.news.map(line => el('p', {}, line))),
    el('div', {class: 'pair'}, space(b), el('div', {}, ...tables)),
    el('details', {}, el('summary', {}, 'What happened before'), list(b.log))];
}
function space(b) {
  const ns = 'http://www.w3.org/2000/svg', W = 640, H = 480, at = ([x, y]) => [60 + x * (W - 80), H - 50 - y * (H - 70)];
  const draw = (tag, marks, words) => { const e = document.createElementNS(ns, tag); for (const [k, v] of Object.entries(marks)) e.setAttribute(k, v); if (words) e.textContent = words; return e; };
  const svg = draw('svg', {viewBox: `0 0 ${W} ${H}`, class: 'space', role: 'img', 'aria-label': 'Stated positions and texts'});
  svg.append(draw('rect', {x: 60, y: 20, width: W - 80, height: H - 70, fill: '#fff', stroke: '#C9D2DA'}),
    draw('text', {x: W / 2, y: H - 14, 'text-anchor': 'middle', 'font-size': 16}, b.axes[0]),
    draw('text', {x: 20, y: H / 2, 'text-anchor': 'middle', 'font-size': 16, transform: `rotate(-90 20 ${H / 2})`}, b.axes[1]));
  const labels = [];
  for (const s of b.states) {
    const [x, y] = at(s.at);
    let down = 5;
    while (labels.some(([a, c]) => Math.abs(a - x) < 90 && Math.abs(c - y - down) < 15)) down += 15;
    labels.push([x, y + down]);
    svg.append(draw('circle', {cx: x, cy: y, r: Math.max(5, s.size / 3), fill: '#0072B2', 'fill-opacity': 0.75}),
      draw('text', {x: x + Math.max(5, s.size / 3) + 3, y: y + down, 'font-size': 17}, s.name));
  }
  b.tables.forEach((t, n) => {
    const [x0, y0] = at([t.box[0], t.box[3]]), [x1, y1] = at([t.box[2], t.box[1]]), [x, y] = at(t.at);
    svg.append(draw('rect', {x: x0, y: y0, width: Math.max(2, x1 - x0), height: Math.max(2, y1 - y0), fill: 'none', stroke: '#1B1B1B', 'stroke-dasharray': n ? '2 4' : '7 4'}),
      draw('text', {x, y: y + 8, 'text-anchor': 'middle', 'font-size': 26, fill: '#C04A00'}, '★'),
      draw('text', {x: x + 14, y: y - 8, 'font-size': 14, 'font-weight': 700, fill: '#C04A00'}, 'text ' + (n + 1)));
  });
  return svg;
}
function debrief() {
  const d = view.debrief, made = [el('h2', {}, 'Debrief')];
  if (d.yours && d.yours.length) made.push(el('h3', {}, 'Your result, for your capital'), list(d.yours));
  made.push(el('h3', {}, 'What came out'), list(d.result), el('h3', {}, 'Who gained, who went along'), list(d.gained),
    el('h3', {}, 'The turning point'), el('p', {mark: 'turning'}, d.turning), el('h3', {}, 'What the agents would have done'), list(d.agents),
    el('h3', {}, 'Among other worlds'), list(d.worlds), el('h3', {}, 'To discuss'), list(d.questions, 'ol'));
  const links = el('div', {class: 'row'});
  if (role === 'instructor') links.append(el('a', {href: '/room/debrief.pdf', mark: 'pdf'}, 'One page to print (PDF)'),
    ...view.seats.map(s => el('a', {href: '/room/debrief.csv?seat=' + s.seat}, `${s.name} (CSV)`)));
  if (role === 'seat' && view.seat) links.append(el('a', {href: '/room/debrief.csv', mark: 'csv'}, 'Your answers (CSV)'));
  made.push(links);
  return made;
}
function controls() {
  const states = choice(view.states, 'inject-state', 'State', view.states[0][0]);
  const send = kind => say({do: 'inject', kind, actor: kind === 'debris' ? '' : states.value});
  const on = view.phase === 'playing', begun = view.phase !== 'lobby';
  const seconds = choice([[0, 'no limit'], [15, '15 seconds'], [30, '30 seconds'], [60, '1 minute'], [90, '1½ minutes'], [120, '2 minutes'], [180, '3 minutes'], [300, '5 minutes']], 'seconds', 'Time for a question', view.seconds);
  seconds.addEventListener('change', () => say({do: 'seconds', seconds: Number(seconds.value)}));
  const made = [el('h2', {}, 'Instructor')], row = el('div', {class: 'row'});
  if (!begun) row.append(button('Start', 'start', () => say({do: 'start'}), true));
  if (on) row.append(button('Pause', 'pause', () => say({do: 'pause'})), button('Take the advice for those missing', 'hurry', () => say({do: 'hurry'})));
  if (view.phase === 'paused') row.append(button('Go on', 'resume', () => say({do: 'resume'}), true));
  if (begun && view.phase !== 'debrief') row.append(button('Open the debrief', 'open-debrief', () => { if (confirm('End the game and open the debrief?')) say({do: 'debrief'}); }));
  if (view.phase === 'debrief') row.append(button('Play again with the same seats', 'again', () => { if (confirm('Let this game go and begin anew?')) say({do: 'again'}); }));
  row.append(el('label', {}, 'Time for a question', seconds), button('New code', 'new-code', () => say({do: 'code'})),
    el('a', {href: '/board', target: '_blank', mark: 'open-board'}, 'Board for the projector'), el('span', {}, `Code ${view.code}`));
  made.push(row);
  if (begun && view.phase !== 'debrief') made.push(el('div', {class: 'row'}, 'Throw in:', button('Debris event', 'inject-debris', () => send('debris')), states,
    button('Change of government', 'inject-government', () => send('government')), button('Election in half a year', 'inject-election', () => send('election'))));
  return made;
}
function people() {
  const seats = view.seats.map(s => [s.seat, s.name]);
  return [el('h2', {}, `In the room: ${view.people.length}`), el('table', {}, ...view.people.map(p => {
    const pick = choice([['', 'lobby'], ...seats], 'give-' + p.name, 'Seat of ' + p.name, p.seat);
    pick.addEventListener('change', () => say({do: 'give', person: p.person, seat: pick.value}));
    return el('tr', {}, el('td', {}, p.name + (p.here ? '' : ' · away')), el('td', {}, pick));
  }))];
}
setInterval(() => {
  const box = document.getElementById('clock');
  if (paused) { box.textContent = 'paused'; return; }
  if (endsAt === null || view.phase !== 'playing') { box.textContent = ''; return; }
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  box.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}, 250);
connect();
