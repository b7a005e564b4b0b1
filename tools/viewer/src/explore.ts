// The exploration: verdict, checks, findings, the graph of states, boot times; and wear.
import type {Json, Recording, Events} from './data.ts';
import {barChart} from './chart.ts';
import type {Palette} from './palette.ts';
import {bytes, duration, el, button} from './words.ts';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 178, HEIGHT = 42, GAP_X = 92, GAP_Y = 9;
const EDGES = ['completes', 'cut', 'torn', 'reset'];

function svg(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text) node.textContent = text;
  return node;
}

function stateTitle(state: Json): string {
  const story = state.confirmed ? 'confirmed' : state.ran_new ? 'the new image ran'
    : state.requested ? 'upgrade requested' : 'no upgrade requested';
  return `${state.states} states after ${state.depth} cuts, ${story}; the next boot: ${state.next}` +
    (state.broken ? `; broken: ${state.broken}` : '') + (state.rest ? '; at rest' : '');
}

// Columns by number of cuts, boxes with the states that look alike.
function drawGraph(graph: Json, say: (text: string) => void): HTMLElement {
  const columns = new Map<number, number>();
  const places: {x: number; y: number}[] = [];
  // What matters most comes first in its column.
  const rank = (state: Json) => (state.broken ? 0 : state.on_way ? 1 : 2);
  const order = graph.states.map((_: Json, i: number) => i);
  order.sort((a: number, b: number) => rank(graph.states[a]) - rank(graph.states[b]) || a - b);
  for (const i of order) {
    const {depth} = graph.states[i];
    const row = columns.get(depth) ?? 0;
    columns.set(depth, row + 1);
    places[i] = {x: 12 + depth * (WIDTH + GAP_X), y: 30 + row * (HEIGHT + GAP_Y)};
  }
  const rows = Math.max(...columns.values());
  const depth = Math.max(...columns.keys());
  const root = svg('svg', {
    width: 24 + (depth + 1) * (WIDTH + GAP_X) - GAP_X, height: 40 + rows * (HEIGHT + GAP_Y),
    role: 'img', 'aria-label': `Graph of states: ${graph.summary}`, class: 'graph',
  });
  for (const d of columns.keys()) {
    const words = d === 0 ? 'no cut' : d === 1 ? '1 cut' : `${d} cuts`;
    root.append(svg('text', {x: 12 + d * (WIDTH + GAP_X), y: 18, class: 'column'}, words));
  }
  for (const edge of graph.edges) {
    const from = places[edge.from];
    const to = places[edge.to];
    const backward = from.x > to.x;
    const same = from.x === to.x;
    const x0 = backward ? from.x : from.x + WIDTH, y0 = from.y + HEIGHT / 2;
    const x1 = backward || same ? to.x + WIDTH : to.x, y1 = to.y + HEIGHT / 2;
    const out = backward ? -GAP_X / 2 : same ? 36 : (x1 - x0) / 2;
    const path = edge.from === edge.to
      ? `M${x0} ${y0 - 8} C${x0 + 34} ${y0 - 20} ${x0 + 34} ${y0 + 20} ${x0} ${y0 + 8}`
      : `M${x0} ${y0} C${x0 + out} ${y0} ${same ? x1 + out : x1 - out} ${y1} ${x1} ${y1}`;
    const kind = `edge ${EDGES[edge.kind]}${edge.on_way ? ' way' : ''}`;
    const line = svg('path', {d: path, class: kind});
    line.append(svg('title', {}, `${EDGES[edge.kind]}: ${edge.states} states, calls ` +
      `${edge.first} to ${edge.last}`));
    root.append(line);
  }
  graph.states.forEach((state: Json, i: number) => {
    const {x, y} = places[i];
    const kind = state.broken ? 'broken' : !state.booted ? 'unbooted'
      : state.image === 0 ? 'image-a' : state.image > 0 ? 'image-b' : 'no-image';
    const group = svg('g', {class: `state ${kind}${state.on_way ? ' way' : ''}`, tabindex: 0});
    group.append(svg('rect', {x, y, width: WIDTH, height: HEIGHT, rx: 6}));
    if (state.rest) {
      group.append(svg('rect', {
        x: x + 3, y: y + 3, width: WIDTH - 6, height: HEIGHT - 6, rx: 4, class: 'inner'}));
    }
    const count = state.states === 1 ? '1 state' : `${state.states} states`;
    group.append(svg('text', {x: x + 10, y: y + 18, class: 'count'},
      `${count}${state.broken ? '  ✗' : ''}`));
    const next = state.next.length > 25 ? `${state.next.slice(0, 24)}…` : state.next;
    group.append(svg('text', {x: x + 10, y: y + 34}, `→ ${next}`));
    group.append(svg('title', {}, stateTitle(state)));
    const tell = () => say(stateTitle(state));
    group.addEventListener('mouseenter', tell);
    group.addEventListener('focus', tell);
    root.append(group);
  });
  const box = el('div', 'graph-box');
  box.append(root);
  return box;
}

function card(title: string, ...children: Node[]): HTMLElement {
  return el('section', 'card', '', el('h2', '', title), ...children);
}

function bootTimes(times: number[], palette: Palette, width: number): HTMLElement {
  const low = times[0] / 1e6;
  const high = Math.max(times[times.length - 1] / 1e6, low + 1e-3);
  const bins = Math.min(40, Math.max(8, Math.round(Math.sqrt(times.length))));
  const edges = Array.from({length: bins + 1}, (_, i) => low + ((high - low) * i) / bins);
  const counts = new Array<number>(bins).fill(0);
  for (const time of times) {
    const at = Math.floor(((time / 1e6 - low) / (high - low)) * bins);
    counts[Math.min(bins - 1, at)]++;
  }
  const middle = times[times.length >> 1];
  const words = `${times.length} uncut boots: shortest ${duration(times[0] * 1e3)}, half of them ` +
    `within ${duration(middle * 1e3)}, longest ${duration(times[times.length - 1] * 1e3)}.`;
  const chart = barChart(
    {title: 'boot time', labels: (v) => `${+v.toFixed(3)} s`, edges, counts}, palette, width, 210);
  return el('div', '', '', el('p', '', words), chart);
}

export function explorationView(json: Json, palette: Palette, width: number, open: () => void):
    HTMLElement {
  const root = el('div', 'explore');
  const holds = json.findings.length === 0;
  const verdict = !holds ? 'A check does not hold.'
    : json.closed && json.sampled ? 'Closed over the samples of its tears: no violation.'
    : json.closed ? 'Every sequence of power cuts explored: all checks hold.'
    : `INCOMPLETE: ${json.stopped_by}. No violation so far.`;
  const facts = el('p', 'facts',
    `${json.states} states, ${json.edges} edges, ${json.boots} boots, depth ${json.depth}; ` +
    `${json.granularity}; ${json.tears}. At rest after at most ${json.rest_boots} ` +
    `boot${json.rest_boots === 1 ? '' : 's'}.`);
  const checks = el('ul', 'checks');
  for (const check of json.checks) {
    checks.append(el('li', check.holds ? 'ok' : 'bad',
      `${check.holds ? '✓ holds' : '✗ FAILED'}  ${check.name}`));
  }
  const summary = card(verdict, facts, checks);
  summary.classList.add(holds && json.closed ? 'good' : 'warn');
  root.append(summary);
  json.findings.forEach((finding: Json, i: number) => {
    const trace = el('ol', 'trace');
    for (const line of finding.trace) trace.append(el('li', '', line));
    const node = card(`${finding.check}: after ${finding.cuts} cut${finding.cuts === 1 ? '' : 's'}`,
      el('p', '', finding.sentence), trace);
    node.classList.add('bad');
    if (i === 0) node.append(button('Step through it', 'open the way to this finding', open, 'main'));
    root.append(node);
  });
  const hint = el('p', 'dim graph-hint', 'Point at a box, or move to it with Tab, to read it.');
  const graph = drawGraph(json.graph, (text) => (hint.textContent = text));
  root.append(card('States at reset', el('p', 'dim', json.graph.summary), graph, hint));
  if (json.boot_times.length) {
    root.append(card('Boot times', bootTimes(json.boot_times, palette, Math.min(width, 1800) - 60)));
  }
  return root;
}

// Erases of every sector in what was recorded.
export function wearView(recording: Recording, events: Events, palette: Palette, width: number):
    HTMLElement {
  const counts = recording.devices.map((device) => new Uint32Array(device.sizes.length));
  for (const op of events.ops) {
    const device = recording.devices[op.device];
    if (op.kind !== 2 || op.call < 0) continue;
    const call = events.calls[op.call];
    const area = recording.areas[call.area];
    // The cells of a NAND part are numbered with spare bytes: the call says what is erased.
    const first = device.sizes[0] > 65536 ? area.offset + call.offset : op.offset;
    for (let at = first; at < first + (device.sizes[0] > 65536 ? call.bytes : op.unit);) {
      const sector = device.starts.findIndex((start, i) => at < start + device.sizes[i]);
      if (sector < 0) break;
      counts[op.device][sector]++;
      at = device.starts[sector] + device.sizes[sector];
    }
  }
  const most = Math.max(1, ...counts.map((list) => list.reduce((a, b) => Math.max(a, b), 0)));
  const root = el('div', 'explore');
  const legend = el('div', 'legend wear-legend', '', el('span', '', '0'));
  const ramp = el('canvas', 'ramp');
  ramp.width = 160;
  ramp.height = 12;
  const c = ramp.getContext('2d')!;
  for (let x = 0; x < 160; x++) {
    c.fillStyle = heat(x / 159, palette);
    c.fillRect(x, 0, 1, 12);
  }
  legend.append(ramp, el('span', '', `${most} erases`));
  const node = card('Erases per sector', el('p', 'dim', 'In everything that is shown here, ' +
    'from the first step to the last. The number in a box is its count.'), legend);
  for (const area of recording.areas) {
    const list = Array.from(
      counts[area.device].subarray(area.first, area.first + area.sizes.length));
    const total = list.reduce((a, b) => a + b, 0);
    if (!total && area.role > 2) continue;
    node.append(el('div', 'area-line', '', el('div', 'area-head', '', el('strong', '', area.name),
      el('span', 'dim', `${bytes(area.bytes)}, ${total} erases, at most ` +
        `${Math.max(...list)} of one sector`))), wearStrip(list, most, palette, Math.min(width, 1800) - 60));
  }
  root.append(node);
  return root;
}

function heat(share: number, palette: Palette): string {
  return share === 0 ? palette.color('erased')
    : `hsl(${48 - 38 * share} 90% ${palette.color('heat-base').includes('dark')
      ? 28 + 32 * share : 82 - 46 * share}%)`;
}

function wearStrip(list: number[], most: number, palette: Palette, width: number): HTMLElement {
  const box = list.length > 400 ? 10 : 21;
  const columns = Math.max(1, Math.floor(width / box));
  const canvas = el('canvas', 'strip');
  const scale = window.devicePixelRatio;
  const w = Math.min(list.length, columns) * box;
  const h = Math.ceil(list.length / columns) * box;
  canvas.style.width = `${w}px`;
  canvas.style.height = `${h}px`;
  canvas.width = w * scale;
  canvas.height = h * scale;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `erases: ${list.join(' ')}`);
  const c = canvas.getContext('2d')!;
  c.scale(scale, scale);
  c.font = '600 9px system-ui';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  list.forEach((count, i) => {
    const x = (i % columns) * box, y = Math.floor(i / columns) * box;
    c.fillStyle = heat(count / most, palette);
    c.fillRect(x + 0.5, y + 0.5, box - 1, box - 1);
    if (box > 16 && count) {
      c.fillStyle = palette.color('ink');
      c.fillText(String(count), x + box / 2, y + box / 2);
    }
  });
  return canvas;
}
