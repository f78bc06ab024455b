// What is known of a run: parts that are replaced, curves and a log that grow.

const MOST_POINTS = 4000; // more than the server keeps; a page that is open for days stays small
const MOST_LINES = 1000;

export class Run {
  constructor(name) {
    this.name = name;
    this.clear();
  }

  clear() {
    this.parts = {};
    this.curves = {};
    this.lines = [];
    this.ended = false;
  }

  /** Takes in what the server sends: everything at first, then what is new. */
  take(news) {
    for (const [name, value] of Object.entries(news)) {
      if (name !== 'curves' && name !== 'log') {
        this.parts[name] = value;
      }
    }
    for (const [name, points] of Object.entries(news.curves ?? {})) {
      const curve = (this.curves[name] ??= {x: [], y: []});
      if (points.from < curve.x.length) { // the server has made its points fewer
        curve.x.length = points.from;
        curve.y.length = points.from;
      }
      curve.x.push(...points.x);
      curve.y.push(...points.y);
      if (curve.x.length > MOST_POINTS) {
        curve.x.splice(0, curve.x.length - MOST_POINTS);
        curve.y.splice(0, curve.y.length - MOST_POINTS);
      }
    }
    if (news.log) {
      this.lines.push(...news.log.lines);
      this.lines.splice(0, Math.max(0, this.lines.length - MOST_LINES));
    }
    this.ended ||= news.ended === true;
    return news;
  }

  last(curve) {
    return this.curves[curve]?.y.findLast(v => v !== null);
  }

  /** Returns a curve over steps, epochs or minutes. */
  over(axis, name) {
    const curve = this.curves[name];
    if (!curve) {
      return null;
    }
    if (this.parts.axis === 'epoch') { // of a log, that knows no steps
      return {x: axis === 'time' ? through(curve.x, this.curves.seconds, 1 / 60) : curve.x, y: curve.y};
    }
    if (axis === 'step') {
      return curve;
    }
    return axis === 'epoch'
      ? {x: through(curve.x, this.curves.epoch, 1), y: curve.y}
      : {x: through(curve.x, this.curves.seconds, 1 / 60), y: curve.y};
  }
}

/** Reads growing places off another curve, straight between its points and beyond its ends. */
function through(places, curve, scale) {
  if (!curve || curve.x.length === 0) {
    return places;
  }
  if (curve.x.length === 1) {
    return places.map(x => x * scale * curve.y[0] / (curve.x[0] || 1));
  }
  let i = 0;
  return places.map(x => {
    while (i < curve.x.length - 2 && curve.x[i + 1] < x) {
      i++;
    }
    const width = curve.x[i + 1] - curve.x[i];
    const share = width > 0 ? (x - curve.x[i]) / width : 1;
    return scale * (curve.y[i] + share * (curve.y[i + 1] - curve.y[i]));
  });
}

/** Smooths by an exponential mean that begins without a bias. */
export function smoothed(values, weight) {
  let mean = 0;
  let total = 0;
  return values.map(v => {
    if (v === null || v === undefined) {
      return v;
    }
    mean = weight * mean + (1 - weight) * v;
    total = weight * total + (1 - weight);
    return mean / total;
  });
}
