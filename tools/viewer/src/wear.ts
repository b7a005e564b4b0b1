// How often sectors are erased, as heat maps: in the run, and at most along the ways of an
// exploration.
import type {Events, Recording} from './data.ts';
import type {Palette} from './palette.ts';
import {bytes, card, el, plural} from './words.ts';

const ERASE = 2; // kind of an operation
const BOX = 21;
const SMALL_BOX = 10; // where there are many
const WIDTH_MAX = 1800;

type Counts = Uint32Array[]; // by device, by sector

function noErases(recording: Recording): Counts {
  return recording.devices.map((device) => new Uint32Array(device.sizes.length));
}

function countErases(recording: Recording, events: Events): Counts {
  const counts = noErases(recording);
  for (const op of events.ops) {
    if (op.kind !== ERASE || op.call < 0) continue;
    const device = recording.devices[op.device];
    const call = events.calls[op.call];
    // The cells of a NAND part are numbered with spare bytes: there the call says what is erased.
    const start = device.nand ? recording.areas[call.area].offset + call.offset : op.offset;
    const end = start + (device.nand ? call.bytes : op.unit * op.count);
    device.starts.forEach((at, sector) => {
      if (at >= start && at < end) counts[op.device][sector]++;
    });
  }
  return counts;
}

// `rows`: device, offset, count. Sectors that are not among them are not erased.
function countRows(recording: Recording, rows: number[][]): Counts {
  const counts = noErases(recording);
  for (const [device, offset, count] of rows) {
    counts[device][recording.devices[device].starts.indexOf(offset)] = count;
  }
  return counts;
}

export function wearView(recording: Recording, events: Events, explored: number[][] | undefined,
                         palette: Palette, width: number): HTMLElement {
  const room = Math.min(width, WIDTH_MAX) - 60;
  const heat = (title: string, words: string, counts: Counts) =>
    heatMap(recording, title, words, counts, palette, room);
  const root = el('div', 'explore');
  if (explored) {
    root.append(heat('Erases per sector, all power cuts', 'The most of all ways to all states that ' +
      'were found, each with the boots after it until they change nothing.',
    countRows(recording, explored)));
  }
  root.append(heat('Erases per sector, in what is stepped through',
    'From the first step to the last.', countErases(recording, events)));
  return root;
}

function heatMap(recording: Recording, title: string, words: string, counts: Counts,
                 palette: Palette, room: number): HTMLElement {
  const most = Math.max(1, ...counts.map((list) => list.reduce((a, b) => Math.max(a, b), 0)));
  const node = card(title, el('p', 'dim', words), scale(most, palette));
  for (const area of recording.areas.filter((area) => area.used)) {
    const list = [...counts[area.device].subarray(area.first, area.first + area.sizes.length)];
    const total = list.reduce((a, b) => a + b, 0);
    node.append(el('div', 'area-line', '', el('div', 'area-head', '', el('strong', '', area.name),
      el('span', 'dim', `${bytes(area.bytes)}, ${plural(total, 'erase')}, at most ` +
        `${Math.max(...list)} of one sector`))), heatStrip(list, most, palette, room));
  }
  return node;
}

function scale(most: number, palette: Palette): HTMLElement {
  const ramp = el('canvas', 'ramp');
  ramp.width = 160;
  ramp.height = 12;
  const c = ramp.getContext('2d')!;
  for (let x = 0; x < ramp.width; x++) {
    c.fillStyle = heatColor(x / (ramp.width - 1), palette);
    c.fillRect(x, 0, 1, ramp.height);
  }
  return el('div', 'legend wear-legend', '', el('span', '', '0'), ramp,
    el('span', '', plural(most, 'erase')));
}

function lightness(share: number, palette: Palette): number {
  return palette.isDark ? 26 + 44 * share : 86 - 44 * share;
}

function heatColor(share: number, palette: Palette): string {
  return share === 0 ? palette.color('erased')
    : `hsl(${48 - 30 * share} 90% ${lightness(share, palette)}%)`;
}

function heatStrip(list: number[], most: number, palette: Palette, room: number): HTMLElement {
  const box = list.length > 400 ? SMALL_BOX : BOX;
  const columns = Math.max(1, Math.floor(room / box));
  const canvas = el('canvas', 'strip');
  const pixels = window.devicePixelRatio;
  const w = Math.min(list.length, columns) * box;
  const h = Math.ceil(list.length / columns) * box;
  canvas.style.width = `${w}px`;
  canvas.style.height = `${h}px`;
  canvas.width = w * pixels;
  canvas.height = h * pixels;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `erases: ${list.join(' ')}`);
  const c = canvas.getContext('2d')!;
  c.scale(pixels, pixels);
  c.font = '600 10px system-ui';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  list.forEach((count, i) => {
    const x = (i % columns) * box, y = Math.floor(i / columns) * box;
    c.fillStyle = heatColor(count / most, palette);
    c.fillRect(x + 0.5, y + 0.5, box - 1, box - 1);
    if (box === BOX && count) {
      c.fillStyle = lightness(count / most, palette) > 47 ? '#15181b' : '#ffffff';
      c.fillText(String(count), x + box / 2, y + box / 2);
    }
  });
  return canvas;
}
