// The exploration: verdict, checks, findings, the graph of states, boot times.
import type {Json} from './data.ts';
import {barChart} from './chart.ts';
import type {Palette} from './palette.ts';
import {button, card, duration, el, plural} from './words.ts';

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
  return `${plural(state.states, 'state')} after ${plural(state.depth, 'cut')}, ${story}; ` +
    `the next boot: ${state.next}` +
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
    const words = d === 0 ? 'no cut' : plural(d, 'cut');
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
    line.append(svg('title', {}, `${EDGES[edge.kind]}: ${plural(edge.states, 'state')}, calls ` +
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
    group.append(svg('text', {x: x + 10, y: y + 18, class: 'count'},
      `${plural(state.states, 'state')}${state.broken ? '  ✗' : ''}`));
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
  const words = `${plural(times.length, 'uncut boot')}: shortest ${duration(times[0] * 1e3)}, half of them ` +
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
    `${plural(json.states, 'state')}, ${plural(json.edges, 'edge')}, ` +
    `${plural(json.boots, 'boot')}, depth ${json.depth}; ${json.granularity}; ${json.tears}. ` +
    `At rest after at most ${plural(json.rest_boots, 'boot')}.`);
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
    const node = card(`${finding.check}: after ${plural(finding.cuts, 'cut')}`,
      el('p', '', finding.sentence), trace);
    node.classList.add('bad');
    if (i === 0) node.append(button('Step through it', json.recorded, open, 'main'));
    root.append(node);
  });
  const hint = el('p', 'dim graph-hint', 'Point at a box, or move to it with Tab, to read it. ' +
    'Orange: the next boot starts the new image; blue: another; red: a check fails; double border: ' +
    'the next boot changes nothing. Solid: a run that completes; dashed: one that is cut.');
  const graph = drawGraph(json.graph, (text) => (hint.textContent = text));
  root.append(card('States at reset', el('p', 'dim', json.graph.summary), graph, hint));
  if (json.boot_times.length) {
    root.append(card('Boot times', bootTimes(json.boot_times, palette, Math.min(width, 1800) - 60)));
  }
  return root;
}
