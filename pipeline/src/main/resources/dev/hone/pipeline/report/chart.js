'use strict';
/* Elements and line charts. Text only ever enters the page as text nodes. */
const SVG = document.getElementById('mark').namespaceURI;

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);
const finite = value => typeof value === 'number' && Number.isFinite(value);
const color = index => `var(--c${index % 8})`;

function shown(value) {
  if (!finite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6) return (value / 1e6).toPrecision(3) + 'M';
  if (size >= 1e4) return (value / 1e3).toPrecision(3) + 'k';
  if (size >= 100) return value.toFixed(0);
  if (size >= 1) return value.toFixed(2);
  if (size >= 1e-3) return value.toFixed(3);
  return value.toExponential(1);
}

/* Round numbers that cut [low, high] into about `count` parts. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(f => f * power).find(s => s >= rough * 0.999) || rough;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return {found, step};
}

function tickText(value, step) {
  if (Math.abs(value) < step / 1e6) return '0';
  if (step >= 1 && step !== 2.5) return shown(value).replace(/\.0+(?=k|M|$)/, '');
  if (step < 1e-4) return value.toExponential(0);
  let digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (Math.abs(step * 10 ** digits - 2.5) < 1e-6) digits++;
  return value.toFixed(digits);
}

/* Exponential moving average, corrected for its start, gaps kept. */
function smoothed(values, weight) {
  let sum = 0, mass = 0;
  return values.map(value => {
    if (!finite(value)) return null;
    sum = sum * weight + (1 - weight) * value;
    mass = mass * weight + (1 - weight);
    return sum / mass;
  });
}

/* The values' range; a few outliers among many values are left outside. */
function range(values, fromZero) {
  const sorted = values.filter(finite).sort((a, b) => a - b);
  if (!sorted.length) return [0, 1];
  let low = sorted[0], high = sorted[sorted.length - 1];
  if (sorted.length > 40) {
    const p = q => sorted[Math.round(q * (sorted.length - 1))];
    const inner = p(0.98) - p(0.02);
    if (inner > 0 && high - low > 4 * inner) {
      low = Math.max(low, p(0.02) - inner / 2);
      high = Math.min(high, p(0.98) + inner / 2);
    }
  }
  if (fromZero) { low = Math.min(0, low); high = Math.max(0, high); }
  if (low === high) { const pad = Math.abs(low) / 10 || 0.5; return [fromZero && low >= 0 ? 0 : low - pad, high + pad]; }
  const pad = (high - low) * 0.06;
  return [low === 0 ? 0 : low - pad, high + pad];
}

const charts = [];
let smoothing = 0;
const redraw = () => charts.forEach(draw => draw());
function smoothAll(weight) { smoothing = weight; redraw(); }

/*
 * A line chart in a figure. chart = {
 *   title, note, xs: [x...], series: [{name, ys, low, high, dots}], fromZero, plain (never smoothed),
 *   x: {min, max, ticks: [[x, text]...], cuts: [x...], text: x => string}, height }
 */
function lineChart(chart) {
  const last = chart.series[0].ys.filter(finite).pop();
  const tip = el('div', {class: 'tip', hidden: '', role: 'status'});
  const area = svg('svg', {class: 'plotarea', role: 'img', tabindex: 0, 'aria-label': description(chart)});
  const figure = el('figure', {},
    el('figcaption', {}, el('b', {}, chart.title), el('span', {class: 'now'}, shown(last)),
      chart.note ? el('span', {class: 'note'}, chart.note) : null),
    chart.series.length > 1
      ? el('div', {class: 'legend'}, chart.series.map((s, i) =>
          el('span', {}, el('i', {style: `background:${color(i)}`}), s.name)))
      : null,
    area, tip);
  let at = null;
  const draw = () => { const width = area.clientWidth; if (width) paint(chart, area, width, at); };
  const point = index => {
    at = index;
    draw();
    showTip(chart, figure, area, tip, at);
  };
  area.addEventListener('pointermove', event => {
    const scale = scales(chart, area.clientWidth);
    const x = scale.ofX(event.clientX - area.getBoundingClientRect().left);
    let best = 0;
    chart.xs.forEach((v, i) => { if (Math.abs(v - x) < Math.abs(chart.xs[best] - x)) best = i; });
    point(best);
  });
  const leave = () => point(null);
  area.addEventListener('pointerleave', leave);
  area.addEventListener('blur', leave);
  area.addEventListener('keydown', event => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!by) return;
    event.preventDefault();
    point(Math.min(chart.xs.length - 1, Math.max(0, (at === null ? -1 : at) + by)));
  });
  charts.push(draw);
  new ResizeObserver(draw).observe(area);
  return figure;
}

function description(chart) {
  const parts = chart.series.map(s => {
    const known = s.ys.map((y, i) => [chart.xs[i], y]).filter(([, y]) => finite(y));
    if (!known.length) return `${s.name}: no values`;
    const [first, last] = [known[0], known[known.length - 1]];
    return `${s.name}: from ${shown(first[1])} at ${chart.x.text(first[0])} to ${shown(last[1])} at ${chart.x.text(last[0])}`;
  });
  return `${chart.title}. ${parts.join('; ')}. Arrow keys read single values.`;
}

function scales(chart, width) {
  const height = chart.height || 190;
  const box = {left: 44, right: width - 8, top: 8, bottom: height - 24, height};
  const all = chart.series.flatMap(s => [...s.ys, ...(s.low || []), ...(s.high || [])]);
  const [low, high] = range(all, chart.fromZero);
  const {min, max} = chart.x;
  const span = max - min || 1;
  return {
    box, low, high,
    x: v => box.left + (v - min) / span * (box.right - box.left),
    y: v => box.bottom - (v - low) / (high - low) * (box.bottom - box.top),
    ofX: px => min + (px - box.left) / (box.right - box.left) * span,
  };
}

let clips = 0;
function paint(chart, area, width, at) {
  const s = scales(chart, width), {box} = s;
  area.setAttribute('viewBox', `0 0 ${width} ${box.height}`);
  area.setAttribute('height', box.height);
  const clip = `clip${++clips}`;
  const body = svg('g', {'clip-path': `url(#${clip})`});
  const parts = [svg('clipPath', {id: clip},
    svg('rect', {x: box.left - 4, y: box.top - 5, width: box.right - box.left + 8, height: box.bottom - box.top + 8}))];
  const ys = ticks(s.low, s.high, chart.height ? 5 : 4);
  for (const y of ys.found) {
    parts.push(svg('line', {class: 'grid', x1: box.left, x2: box.right, y1: s.y(y), y2: s.y(y)}));
    parts.push(svg('text', {x: box.left - 7, y: s.y(y) + 4, 'text-anchor': 'end'}, tickText(y, ys.step)));
  }
  for (const cut of chart.x.cuts || []) {
    parts.push(svg('line', {class: 'stage', x1: s.x(cut), x2: s.x(cut), y1: box.top, y2: box.bottom}));
  }
  parts.push(svg('line', {class: 'axis', x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom}));
  let free = -Infinity;
  for (const [x, text] of chart.x.ticks) {
    const px = s.x(x), half = text.length * 3.1;
    if (px - half < free) continue;
    free = px + half + 10;
    const anchor = px + half > width ? 'end' : 'middle';
    parts.push(svg('text', {x: anchor === 'end' ? width - 2 : px, y: box.bottom + 16, 'text-anchor': anchor}, text));
  }
  chart.series.forEach((series, i) => drawSeries(chart, series, color(i), s, body));
  parts.push(body);
  if (at !== null) {
    const px = s.x(chart.xs[at]);
    parts.push(svg('line', {class: 'hair', x1: px, x2: px, y1: box.top, y2: box.bottom}));
    chart.series.forEach((series, i) => {
      if (finite(series.ys[at])) {
        body.append(svg('circle', {cx: px, cy: s.y(values(chart, series)[at]), r: 3.5, fill: color(i)}));
      }
    });
  }
  area.replaceChildren(...parts);
}

const values = (chart, series) =>
  chart.plain || !smoothing ? series.ys : smoothed(series.ys, smoothing);

function path(xs, ys, s) {
  let d = '', open = false;
  ys.forEach((y, i) => {
    if (!finite(y)) { open = false; return; }
    d += `${open ? 'L' : 'M'}${s.x(xs[i]).toFixed(1)} ${s.y(y).toFixed(1)}`;
    open = true;
  });
  return d;
}

function drawSeries(chart, series, stroke, s, body) {
  const known = series.ys.map((y, i) => i).filter(i => finite(series.ys[i]));
  if (series.low) {
    const both = known.filter(i => finite(series.low[i]) && finite(series.high[i]));
    const edge = (list, side) => list.map(i => `${s.x(chart.xs[i]).toFixed(1)} ${s.y(side[i]).toFixed(1)}`);
    if (both.length > 1) {
      const d = 'M' + [...edge(both, series.high), ...edge([...both].reverse(), series.low)].join('L') + 'Z';
      body.append(svg('path', {class: 'band', d, fill: stroke}));
    }
  }
  const drawn = values(chart, series);
  if (drawn !== series.ys) body.append(svg('path', {class: 'raw', d: path(chart.xs, series.ys, s), stroke}));
  body.append(svg('path', {class: 'line', d: path(chart.xs, drawn, s), stroke}));
  if (series.dots || known.length === 1) {
    known.forEach(i => body.append(svg('circle', {cx: s.x(chart.xs[i]), cy: s.y(drawn[i]), r: 2.8, fill: stroke})));
  }
}

function showTip(chart, figure, area, tip, at) {
  tip.toggleAttribute('hidden', at === null);
  if (at === null) return;
  const rows = chart.series.map((series, i) => {
    const y = series.ys[at];
    const interval = series.low && finite(series.low[at]) ? ` [${shown(series.low[at])}, ${shown(series.high[at])}]` : '';
    return el('tr', {}, el('td', {style: `color:${color(i)}`}, series.name), el('td', {}, shown(y) + interval));
  });
  tip.replaceChildren(el('div', {class: 'quiet'}, chart.x.text(chart.xs[at])), el('table', {}, rows));
  const edge = area.getBoundingClientRect().left - figure.getBoundingClientRect().left;
  const x = edge + scales(chart, area.clientWidth).x(chart.xs[at]);
  const left = x + 14 + tip.offsetWidth > figure.clientWidth ? x - 14 - tip.offsetWidth : x + 14;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${figure.offsetHeight - (chart.height || 190)}px`;
}
