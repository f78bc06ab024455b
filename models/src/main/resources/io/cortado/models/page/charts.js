// The curves of all runs that are shown, one chart for each thing that is measured.

import {smoothed} from './runs.js';

const FIXED = [
  {title: 'Loss', curves: ['loss', 'val_loss'], names: ['training', 'validation'], loss: true},
  {title: 'Learning rate', curves: ['lr']},
  {title: 'Gradient norm', curves: ['grad_norm']},
  {title: 'Weight norm', curves: ['weight_norm']},
  {title: 'Step time, ms', curves: ['step_ms'], rough: true},
  {title: 'Samples per second', curves: ['samples_per_second'], rough: true},
  {title: 'Heap, MB', curves: ['heap_mb'], rough: true},
];
const HEIGHT = 190;

/** Returns the width that the labels of an axis need. */
function room(_, labels) {
  return 14 + 6.5 * Math.max(3, ...(labels ?? []).map(l => l.length));
}

/** The first steps take long and have a large loss; they would leave the others no room. */
function cutPeaks(plot, least, most) {
  const all = plot.data.slice(1).flat().filter(v => v !== null && v !== undefined).sort((a, b) => a - b);
  const usual = all[Math.floor(0.9 * (all.length - 1))] ?? most;
  const top = Math.min(most, usual + 0.6 * Math.abs(usual));
  const bottom = Math.min(0, least ?? 0);
  return [bottom, top > bottom ? top + 0.05 * (top - bottom) : bottom + 1];
}

export function color(i) {
  return getComputedStyle(document.documentElement).getPropertyValue('--c' + (i % 6)).trim();
}

function faint(of) {
  return of + '55';
}

function panels(runs) {
  const known = new Set(['val_loss']);
  const metrics = new Set(
    runs.flatMap(r => Object.keys(r.curves)).filter(c => c.startsWith('val_') && !known.has(c)));
  const more = [...metrics].map(c => ({title: 'Validation ' + c.slice(4).replaceAll('_', ' '), curves: [c]}));
  return [FIXED[0], ...more, ...FIXED.slice(1)]
    .filter(p => runs.some(r => p.curves.some(c => r.curves[curveOf(r, c)])));
}

/** A log has no loss of steps, but that of epochs. */
function curveOf(run, name) {
  return name === 'loss' && !run.curves.loss ? 'epoch_loss' : name;
}

export class Charts {
  constructor(place) {
    this.place = place;
    this.drawn = new Map(); // by title
    new ResizeObserver(() => this.fit()).observe(place);
  }

  /** Draws anew; keeps what is there where only numbers are new. */
  draw(runs, colors, settings) {
    const wanted = panels(runs);
    for (const [title, chart] of this.drawn) {
      if (!wanted.some(p => p.title === title)) {
        chart.plot.destroy();
        chart.box.remove();
        this.drawn.delete(title);
      }
    }
    wanted.forEach((panel, i) => this.panel(panel, i, runs, colors, settings));
  }

  panel(panel, order, runs, colors, settings) {
    const lines = linesOf(panel, runs, colors, settings);
    const key = JSON.stringify([lines.map(l => [l.label, l.stroke, l.dash]), settings.axis, settings.log, settings.dark]);
    let chart = this.drawn.get(panel.title);
    if (!chart) {
      const box = document.createElement('div');
      box.className = 'chart';
      const title = document.createElement('h3');
      title.textContent = panel.title;
      box.append(title);
      box.dataset.title = panel.title;
      chart = {box};
      this.drawn.set(panel.title, chart);
    }
    chart.box.style.order = order;
    if (!chart.box.isConnected) {
      this.place.append(chart.box);
    }
    const data = lines.length === 0 ? [[]] : uPlot.join(lines.map(l => [l.x, l.y]));
    if (chart.key !== key) {
      chart.plot?.destroy();
      chart.plot = new uPlot(options(lines, settings, panel, widthOf(chart.box)), data, chart.box);
      chart.key = key;
    } else {
      chart.plot.setData(data);
    }
  }

  fit() {
    for (const {plot, box} of this.drawn.values()) {
      const width = widthOf(box);
      if (plot && plot.width !== width) {
        plot.setSize({width, height: HEIGHT});
      }
    }
  }
}

function widthOf(box) {
  const style = getComputedStyle(box);
  return Math.max(200, Math.floor(box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)));
}

function linesOf(panel, runs, colors, settings) {
  const lines = [];
  const several = runs.length > 1;
  runs.forEach(run => {
    panel.curves.forEach((name, k) => {
      const points = run.over(settings.axis, curveOf(run, name));
      if (!points || points.x.length === 0) {
        return;
      }
      const stroke = several ? colors.get(run.name) : color(k);
      const what = panel.names?.[k] ?? '';
      const label = several ? [run.name, k > 0 ? what : ''].filter(Boolean).join(' ') : what || 'value';
      const dash = several && k > 0 ? [6, 4] : undefined;
      const smooth = (panel.loss && k === 0 || panel.rough) && settings.smooth > 0 && run.curves[name];
      if (smooth) {
        lines.push({x: points.x, y: points.y, label: '', stroke: faint(stroke)});
      }
      const y = smooth ? smoothed(points.y, settings.smooth) : points.y;
      lines.push({x: points.x, y, label, stroke, dash, points: points.x.length < 30});
    });
  });
  return lines;
}

function short(v) {
  if (v === null || v === undefined) {
    return '–';
  }
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return v.toExponential(2);
  }
  return String(Number(v.toPrecision(4)));
}

function options(lines, settings, panel, width) {
  const style = getComputedStyle(document.documentElement);
  const quiet = style.getPropertyValue('--quiet').trim();
  const grid = {stroke: style.getPropertyValue('--grid').trim(), width: 1};
  const axis = {stroke: quiet, grid, ticks: grid, font: '11px system-ui, sans-serif'};
  const xName = {epoch: 'epoch', step: 'step', time: 'minute'}[settings.axis];
  return {
    width,
    height: HEIGHT,
    padding: [8, 10, 0, 0],
    scales: {
      x: {time: false},
      y: {distr: settings.log && panel.loss ? 3 : 1, ...(panel.rough || panel.loss && !settings.log ? {range: cutPeaks} : {})},
    },
    axes: [
      {...axis, size: 28, values: (_, ticks) => ticks.map(short)},
      {...axis, size: room, values: (_, ticks) => ticks.map(t => (t === null ? '' : short(t)))},
    ],
    cursor: {points: {size: 5}, y: false},
    legend: {live: true},
    series: [
      {label: xName, value: (_, v) => short(v)},
      ...lines.map(l => ({
        label: l.label,
        stroke: l.stroke,
        width: l.label === '' ? 1 : 1.6,
        dash: l.dash,
        spanGaps: true,
        points: {show: l.points === true, size: 4},
        class: l.label === '' ? 'raw' : 'line',
        value: (_, v) => short(v),
      })),
    ],
  };
}
