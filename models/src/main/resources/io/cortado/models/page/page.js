// One page for a run that goes on and for runs that have ended.

import {Charts, color} from './charts.js';
import * as parts from './parts.js';
import {Run} from './runs.js';

const $ = id => document.getElementById(id);
const REFRESH_MILLIS = 5000;
const SURE_MILLIS = 4000;

const known = new Map(); // runs by name, those that were opened
const shown = new Set(); // names
const colors = new Map();
const dark = matchMedia('(prefers-color-scheme: dark)');
const charts = new Charts($('charts'));
let names = [];
let live = null; // the name of the run that goes on
let focus = null; // the name of the run whose parts are shown
let events = null;
let connected = false;
let fresh = new Set(); // parts to be drawn
let planned = false;

// ---------------------------------------------------------------- drawing

function plan(...what) {
  what.forEach(w => fresh.add(w));
  if (!planned) {
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      const now = fresh;
      fresh = new Set();
      draw(now);
    });
  }
}

function draw(what) {
  const all = what.has('all');
  const run = known.get(focus);
  if (run) {
    parts.numbers(run);
    head(run);
    for (const part of ['filters', 'misread', 'layers', 'table']) {
      if (all || what.has(part)) {
        parts[part](run.parts[part]);
      }
    }
    if (all || what.has('log')) {
      parts.log(run.lines);
    }
  }
  if (all || what.has('curves')) {
    charts.draw([...known.values()].filter(r => shown.has(r.name)), colors, {
      axis: $('axis').value,
      smooth: Number($('smooth').value),
      log: $('log').checked,
      dark: dark.matches,
    });
  }
}

function stateOf(run) {
  const now = run.parts.now;
  if (run.ended) {
    return 'ended';
  }
  if (!now) {
    return run.name === live ? 'starting' : 'log only';
  }
  return run.name === live ? now.state : 'seen ' + now.state;
}

function head(run) {
  const record = run.parts.run ?? {};
  $('title').textContent = run.name;
  document.title = run.name + ' – Cortado';
  const lost = run.name === live && !run.ended && !connected;
  const state = lost ? 'no connection' : stateOf(run);
  $('state').textContent = state;
  $('state').className = 'badge ' + (lost ? 'lost' : state);
  $('about').textContent = [
    record.model ? 'train ' + [record.model, ...(record.arguments ?? [])].join(' ') : '',
    record.machine?.device ?? '',
    run.parts.now?.part ? 'training ' + run.parts.now.part : '',
  ].filter(Boolean).join(' · ');
  const own = run.name === live && !run.ended;
  $('buttons').hidden = !own;
  const paused = run.parts.now?.state === 'paused';
  const going = paused || run.parts.now?.state === 'training';
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  $('pause').disabled = lost || !going;
  $('stop').disabled = lost;
  $('checkpoint').disabled = lost || !going || !run.parts.now.saves;
}

function list() {
  $('runsSection').hidden = names.length < 2;
  $('runs').replaceChildren(...names.map(name => {
    const item = document.createElement('li');
    item.className = name === focus ? 'focus' : '';
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = shown.has(name);
    box.setAttribute('aria-label', 'Show the curves of ' + name);
    box.addEventListener('change', () => (box.checked ? show(name) : hide(name)));
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = shown.has(name) ? colors.get(name) : 'transparent';
    const open = document.createElement('button');
    open.type = 'button';
    open.textContent = name + (name === live ? ' (this run)' : '');
    open.title = 'Show its numbers, parameters and log';
    open.addEventListener('click', () => {
      focus = name;
      show(name);
    });
    item.append(box, dot, open);
    return item;
  }));
}

function recolor() {
  [...shown].forEach((name, i) => colors.set(name, color(i)));
}

// ---------------------------------------------------------------- runs

async function show(name) {
  shown.add(name);
  recolor();
  list();
  if (!known.has(name) && name !== live) {
    await load(name);
  }
  plan('all');
}

function hide(name) {
  shown.delete(name);
  recolor();
  list();
  plan('all');
}

async function load(name) {
  try {
    const answer = await fetch('runs/' + encodeURIComponent(name));
    const read = await answer.json();
    if (!answer.ok) {
      throw new Error(read.error);
    }
    const run = known.get(name) ?? new Run(name);
    run.clear();
    run.take(read);
    known.set(name, run);
    say('');
  } catch (e) {
    shown.delete(name);
    list();
    say(`${name}: ${e.message}`);
  }
}

async function look() {
  try {
    const found = await (await fetch('runs')).json();
    live = found.live;
    names = [...(live ? [live] : []), ...found.runs];
    list();
  } catch {
    // The server has gone; what is here stays.
  }
}

/** Another run may go on somewhere else. */
async function refresh() {
  if (!document.hidden && (connected || live === null)) {
    await look();
    for (const name of shown) {
      const run = known.get(name);
      if (name !== live && run && !run.ended && run.parts.now) {
        await load(name);
        plan('all');
      }
    }
  }
  setTimeout(refresh, REFRESH_MILLIS);
}

// ---------------------------------------------------------------- the run that goes on

function connect() {
  const run = known.get(live);
  events = new EventSource('events');
  events.addEventListener('open', () => {
    connected = true;
    run.clear(); // all is sent again
    plan('all');
  });
  events.addEventListener('update', e => {
    const news = run.take(JSON.parse(e.data));
    if (focus === live) {
      plan(...Object.keys(news));
    } else {
      plan(...(news.curves && shown.has(live) ? ['curves'] : []));
    }
  });
  events.addEventListener('end', () => {
    run.ended = true;
    disconnect();
    say('The run has ended; cortado watch opens it again.');
    plan('all');
  });
  events.addEventListener('error', () => {
    connected = false;
    plan('state');
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => !run.ended && !document.hidden && connect(), REFRESH_MILLIS);
    }
  });
}

function disconnect() {
  events?.close();
  events = null;
}

function say(text) {
  $('said').textContent = text;
  $('said').parentElement.hidden &&= !text;
}

async function press(what, done) {
  try {
    const answer = await fetch(what, {method: 'POST'});
    say(answer.ok ? done : (await answer.json()).error);
  } catch {
    say('Cortado does not answer.');
  }
}

$('pause').addEventListener('click', () => {
  const paused = known.get(live)?.parts.now?.state === 'paused';
  press(paused ? 'resume' : 'pause', '');
});
$('checkpoint').addEventListener('click', () => press('checkpoint', 'A checkpoint is being made.'));
$('stop').addEventListener('click', () => {
  const button = $('stop');
  if (button.classList.contains('sure')) {
    press('stop', 'The run stops.');
    calm();
  } else {
    button.classList.add('sure');
    button.textContent = 'Stop: sure?';
    setTimeout(calm, SURE_MILLIS);
  }
});

function calm() {
  $('stop').classList.remove('sure');
  $('stop').textContent = 'Stop';
}

for (const id of ['axis', 'smooth', 'log']) {
  $(id).addEventListener('input', () => plan('curves'));
}
dark.addEventListener('change', () => {
  recolor();
  list();
  plan('all');
});
document.addEventListener('visibilitychange', () => { // a hidden page costs the training nothing
  if (live && !known.get(live)?.ended) {
    if (document.hidden) {
      disconnect();
    } else if (!events) {
      connect();
    }
  }
});

await look();
if (live) {
  known.set(live, new Run(live));
  focus = live;
  show(live);
  connect();
} else {
  focus = names[0] ?? null;
  for (const name of names.length <= 6 ? names : names.slice(0, 1)) {
    await show(name);
  }
}
setTimeout(refresh, REFRESH_MILLIS);
