// What is shown of one run beside its curves.

const $ = id => document.getElementById(id);

function node(tag, text, className) {
  const n = document.createElement(tag);
  if (text !== undefined) {
    n.textContent = text;
  }
  if (className) {
    n.className = className;
  }
  return n;
}

export function short(v) {
  if (v === null || v === undefined || Number.isNaN(v)) {
    return '–';
  }
  const size = Math.abs(v);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? v.toExponential(1).replace('e+', 'e')
    : Number(v.toPrecision(4)).toLocaleString('en', {maximumFractionDigits: 6});
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), c => c.charCodeAt(0));
}

function picture(pixels, at, width, height, channels) {
  const canvas = node('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const plane = width * height;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = pixels[at + (channels === 3 ? c * plane : 0) + i];
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

export function filters(f) {
  $('filtersSection').hidden = !f;
  if (!f) {
    return;
  }
  $('filtersName').textContent = f.name;
  const pixels = bytes(f.pictures);
  const size = f.width * f.height * f.channels;
  const tiles = [];
  for (let at = 0; at + size <= pixels.length; at += size) {
    tiles.push(picture(pixels, at, f.width, f.height, f.channels));
  }
  $('filters').replaceChildren(...tiles);
}

export function misread(m) {
  $('misreadSection').hidden = !m;
  if (!m) {
    return;
  }
  $('misreadEpoch').textContent = 'of a few validation images, after epoch ' + m.epoch
    + (m.pictures.length === 0 ? ': none' : '');
  $('misread').replaceChildren(...m.pictures.map(p => {
    const figure = node('figure');
    const pixels = bytes(p.pixels);
    figure.append(
      picture(pixels, 0, p.width, p.height, pixels.length / (p.width * p.height)),
      node('figcaption', `${p.truth} → ${p.predicted}, ${Math.round(100 * p.probability)} %`));
    return figure;
  }));
}

function bars(counts) {
  const most = Math.sqrt(Math.max(1, ...counts));
  return counts.map((n, i) => `M${i} 24V${(24 - 24 * Math.sqrt(n) / most).toFixed(2)}h.9V24z`).join('');
}

function spread(box, name, s) {
  box.name.textContent = s ? `${name}, norm ${short(s.norm)}` : `${name}: frozen`;
  box.path.setAttribute('d', s ? bars(s.bars) : '');
  box.least.textContent = s ? short(s.min) : '';
  box.most.textContent = s ? short(s.max) : '';
  box.bad.textContent = s && s.notFinite > 0 ? `${s.notFinite} not finite` : '';
}

function spreadBox(kind) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 30 24');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', kind);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.append(path);
  const box = {all: node('div'), name: node('div'), path, least: node('span'), most: node('span'), bad: node('span', '', 'bad')};
  const range = node('div', undefined, 'range');
  range.append(box.least, box.bad, box.most);
  box.all.append(box.name, svg, range);
  return box;
}

const layerBoxes = new Map();

export function layers(list) {
  $('layersSection').hidden = !list;
  const wanted = list ?? [];
  if (wanted.length !== layerBoxes.size || wanted.some(l => !layerBoxes.has(l.name))) {
    layerBoxes.clear();
    $('layers').replaceChildren(...wanted.map(l => {
      const box = {weight: spreadBox('weight'), gradient: spreadBox('gradient')};
      const head = node('div');
      head.append(node('b', l.name), ' ', node('span', l.shape, 'quiet'));
      const both = node('div', undefined, 'spreads');
      both.append(box.weight.all, box.gradient.all);
      const all = node('div', undefined, 'layer');
      all.append(head, both);
      layerBoxes.set(l.name, box);
      return all;
    }));
  }
  for (const l of wanted) {
    spread(layerBoxes.get(l.name).weight, 'weights', l.weight);
    spread(layerBoxes.get(l.name).gradient, 'gradients', l.gradient);
  }
}

export function table(t) {
  $('tableSection').hidden = !t;
  if (!t) {
    return;
  }
  const count = n => (n === 0 ? '–' : n.toLocaleString('en'));
  const row = (cells, tag) => {
    const tr = node('tr');
    cells.forEach((c, i) => tr.append(node(tag, c, i > 1 ? 'n' : '')));
    return tr;
  };
  $('table').replaceChildren(
    row(['Layer', 'Shape', 'Parameters', 'Multiply-adds'], 'th'),
    ...t.rows.map(r => row([(r.path + '  ' + r.layer).trim(), r.shape, count(r.parameters), count(r.multiplyAdds)], 'td')),
    row(['Total', '', count(t.total), count(t.multiplyAdds)], 'th'));
}

let shownLines = '';

export function log(lines) {
  $('logSection').hidden = lines.length === 0;
  const text = lines.join('\n');
  if (text === shownLines) {
    return;
  }
  shownLines = text;
  const box = $('logLines');
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.textContent = text;
  if (atEnd) {
    box.scrollTop = box.scrollHeight;
  }
}

function clock(seconds) {
  const s = Math.round(seconds);
  const two = n => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

export function numbers(run) {
  const now = run.parts.now;
  const cells = [];
  const add = (name, value, of) => cells.push([name, value, of]);
  if (now) {
    if (now.epochs) {
      add('epoch', String(now.epoch), '/' + now.epochs);
      add('step', now.step.toLocaleString('en'), '/' + now.steps.toLocaleString('en'));
    } else {
      add('step', now.totalSteps.toLocaleString('en'));
    }
    add('loss', short(now.loss ?? run.last('loss')));
  } else if (run.last('epoch_loss') !== undefined) {
    add('epoch', String(run.curves.epoch_loss.x.at(-1)));
    add('loss', short(run.last('epoch_loss')));
  }
  for (const name of Object.keys(run.curves).filter(c => c.startsWith('val_'))) {
    add('validation ' + name.slice(4).replaceAll('_', ' '), short(run.last(name)));
  }
  if (now) {
    if (now.lr !== undefined) {
      add('learning rate', short(now.lr));
    }
    add('ms per step', short(now.stepMillis));
    if (now.perSecond !== undefined) {
      add(now.unit + ' per second', short(now.perSecond));
    }
    add('heap, MB', short(run.last('heap_mb')));
    add('time', clock(now.seconds));
  }
  for (const [name, value] of Object.entries(run.parts.figures ?? {})) {
    add(name, short(value));
  }
  if (run.parts.checkpoint) {
    add('checkpoint', 'step ' + Number(run.parts.checkpoint.split('-')[1]).toLocaleString('en'));
  }
  $('numbers').replaceChildren(...cells.map(([name, value, of]) => {
    const cell = node('div');
    const dd = node('dd', value);
    if (of) {
      dd.append(node('small', of));
    }
    cell.append(node('dt', name), dd);
    cell.firstChild.title = name;
    return cell;
  }));
}
