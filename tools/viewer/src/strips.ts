// Devices as strips of sectors, drawn on canvases: one box per sector, partition by partition.
import type {Area, Content, Device, Recording} from './data.ts';
import type {Palette} from './palette.ts';
import type {Timeline} from './timeline.ts';
import {bytes, contentWords, el, hex, imageName} from './words.ts';

const HINT = 'Point at a sector to read what it holds; click it to see all that happens to it.';
const BOXES = [64, 56, 48, 42, 38, 34, 30, 26, 23, 20, 18, 16, 14, 12, 10, 8];
const PAGE_WITH_ROOM = 980; // narrower ones scroll

interface Box {
  device: number;
  sector: number;
}

class Strip {
  readonly canvas = el('canvas', 'strip');
  readonly root: HTMLElement;
  readonly held = el('span', 'held');
  private columns = 1;
  private box = 20;
  private shown = '';
  private framed = new Set<number>();

  constructor(readonly area: Area, private device: Device, private recording: Recording,
              onSector: (box: Box | null, pick: boolean) => void) {
    const place = `${hex(area.offset)} · ${bytes(area.bytes)}`;
    const head = el('div', 'area-head', '', el('strong', '', area.name), el('span', 'dim', place));
    this.root = el('section', 'area', '', el('div', 'area-line', '', head, this.held), this.canvas);
    this.canvas.tabIndex = -1;
    const at = (event: MouseEvent): Box | null => {
      const bounds = this.canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - bounds.left) / this.box);
      const row = Math.floor((event.clientY - bounds.top) / this.rowHeight());
      const index = row * this.columns + column;
      const inside = column >= 0 && column < this.columns && index < area.sizes.length;
      return inside ? {device: area.device, sector: area.first + index} : null;
    };
    this.canvas.addEventListener('mousemove', (event) => onSector(at(event), false));
    this.canvas.addEventListener('mouseleave', () => onSector(null, false));
    this.canvas.addEventListener('click', (event) => onSector(at(event), true));
  }

  private rowHeight(): number {
    return this.box + (this.box >= 16 ? 3 : 1);
  }

  layout(width: number, box: number): void {
    const count = this.area.sizes.length;
    this.box = box;
    this.columns = Math.max(1, Math.min(count, Math.floor(width / this.box)));
    this.canvas.style.width = `${this.columns * this.box}px`;
    this.canvas.style.height = `${Math.ceil(count / this.columns) * this.rowHeight()}px`;
  }

  // Pixels for what layout() found.
  allocate(): void {
    const scale = window.devicePixelRatio;
    this.canvas.width = Math.round(parseFloat(this.canvas.style.width) * scale);
    this.canvas.height = Math.round(parseFloat(this.canvas.style.height) * scale);
  }

  // Draws what is in `touched`, what was framed before and what is framed now; null: everything.
  draw(contents: Content[], palette: Palette, touched: Set<number> | null, active: Set<number>,
       picked: number): void {
    const c = this.canvas.getContext('2d')!;
    const scale = window.devicePixelRatio;
    c.setTransform(scale, 0, 0, scale, 0, 0);
    const again = (sector: number) => {
      const i = sector - this.area.first;
      if (i >= 0 && i < this.area.sizes.length) this.drawBox(c, i, contents[sector], palette);
    };
    if (touched) {
      touched.forEach(again);
      this.framed.forEach(again);
    } else {
      c.clearRect(0, 0, this.canvas.width, this.canvas.height);
      for (let i = 0; i < this.area.sizes.length; i++) again(this.area.first + i);
    }
    this.framed.clear();
    const frame = (sector: number, color: string, width: number) => {
      const i = sector - this.area.first;
      if (i < 0 || i >= this.area.sizes.length) return;
      this.framed.add(sector);
      this.frameBox(c, i, palette.color(color), width);
    };
    active.forEach((sector) => frame(sector, 'accent', 3));
    if (picked >= 0) frame(picked, 'ink', 1.5);
  }

  private place(i: number): [number, number] {
    return [(i % this.columns) * this.box, Math.floor(i / this.columns) * this.rowHeight()];
  }

  private frameBox(c: CanvasRenderingContext2D, i: number, color: string, width: number): void {
    const [x, y] = this.place(i);
    c.strokeStyle = color;
    c.lineWidth = width;
    c.strokeRect(x + width / 2, y + width / 2, this.box - width, this.box - width);
  }

  private drawBox(c: CanvasRenderingContext2D, i: number, held: Content, palette: Palette): void {
    const [x, y] = this.place(i);
    const gap = this.box >= 10 ? 1 : 0.5;
    const side = this.box - 2 * gap;
    c.clearRect(x, y, this.box, this.box);
    c.fillStyle = palette.color('erased');
    c.fillRect(x + gap, y + gap, side, side);
    if (held.kind !== 'erased') {
      c.fillStyle = palette.fill(c, held);
      const share = held.kind === 'partial' ? held.bytes / this.area.sizes[i] : 1;
      c.fillRect(x + gap, y + gap + side * (1 - share), side, side * share);
    }
    if (this.box >= 16) {
      c.strokeStyle = palette.color('box-line');
      c.lineWidth = 1;
      c.strokeRect(x + gap + 0.5, y + gap + 0.5, side - 1, side - 1);
    }
    if (held.trailer && held.kind !== 'trailer') {
      c.fillStyle = palette.color('trailer');
      c.fillRect(x + gap, y + this.box - gap - 4, side, 4);
    }
    if (this.box >= 20 && (held.kind === 'image' || held.kind === 'partial')) {
      const text = String(Math.floor(held.offset / this.area.sizes[i]));
      const size = this.box > 44 ? 16 : this.box > 30 ? 13 : this.box > 24 ? 11 : 9;
      c.font = `600 ${size}px system-ui, sans-serif`;
      c.textAlign = 'center';
      c.textBaseline = 'middle';
      const chip = palette.color('chip');
      c.fillStyle = chip;
      const w = c.measureText(text).width + 4;
      const h = size + 3;
      c.fillRect(x + this.box / 2 - w / 2, y + this.box / 2 - h / 2, w, h);
      c.fillStyle = palette.color('ink');
      c.fillText(text, x + this.box / 2, y + this.box / 2 + 0.5);
    }
  }

  // Beside the name: which images lie in it, and how many of their sectors.
  describe(contents: Content[]): void {
    const counts = new Map<string, number>();
    for (let i = 0; i < this.area.sizes.length; i++) {
      const held = contents[this.area.first + i];
      if (held.kind === 'erased') continue;
      const image = held.kind === 'image' || held.kind === 'partial';
      const name = image ? imageName(this.recording.images[held.image])
        : held.kind === 'unknown' ? 'other data' : held.kind;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const parts = [...counts].map(([name, count]) => `${name}: ${count}`);
    const text = parts.length ? parts.join(' · ') : 'erased';
    if (text !== this.shown) {
      this.shown = text;
      this.held.textContent = this.held.title = text;
      this.canvas.setAttribute('role', 'img');
      this.canvas.setAttribute('aria-label', `Sectors of ${this.area.name} on ${this.device.name}: ${text}`);
    }
  }
}

export class Strips {
  readonly root = el('div', 'devices');
  readonly hint = el('div', 'hint');
  private strips: Strip[] = [];
  private timeline!: Timeline;
  picked: Box | null = null;

  constructor(private recording: Recording, private palette: () => Palette,
              private onPick: (box: Box) => void) {
    recording.devices.forEach((device, index) => {
      const areas = recording.areas
        .filter((area) => area.device === index)
        .sort((a, b) => a.offset - b.offset);
      if (!areas.some((area) => area.used)) return;
      const facts = `${device.kind}, ${bytes(device.bytes)}, writes of ${device.unit}`;
      const title = el('h3', '', '', el('span', '', device.name), el('span', 'dim', facts));
      const unused = areas.filter((area) => !area.used).map((area) => area.name);
      if (unused.length) title.append(el('span', 'dim', `not touched: ${unused.join(', ')}`));
      const box = el('div', 'device', '', title);
      for (const area of areas.filter((area) => area.used)) {
        const strip = new Strip(area, device, recording, (at, pick) => this.hover(at, pick));
        this.strips.push(strip);
        box.append(strip.root);
      }
      this.root.append(box);
    });
    this.hint.textContent = HINT;
  }

  show(timeline: Timeline): void {
    this.timeline = timeline;
  }

  // The largest boxes with which everything is in sight.
  layout(): void {
    const width = Math.max(120, this.root.clientWidth - 26);
    const sizes = window.innerWidth < PAGE_WITH_ROOM ? [23] : BOXES;
    for (const box of sizes) {
      for (const strip of this.strips) strip.layout(width, box);
      if (this.root.scrollHeight <= this.root.clientHeight) break;
    }
    for (const strip of this.strips) strip.allocate();
  }

  draw(touched: Set<number>[] | null, active: Set<number>[]): void {
    for (const strip of this.strips) {
      const device = strip.area.device;
      const contents = this.timeline.contents[device];
      const picked = this.picked && this.picked.device === device ? this.picked.sector : -1;
      const changed = touched ? touched[device] : null;
      strip.draw(contents, this.palette(), changed, active[device], picked);
      if (!touched || touched[device].size) strip.describe(contents);
    }
  }

  words(box: Box): string {
    const area = this.recording.areas.find((a) => a.device === box.device &&
      box.sector >= a.first && box.sector < a.first + a.sizes.length);
    const device = this.recording.devices[box.device];
    const held = this.timeline.contents[box.device][box.sector];
    const what = contentWords(held, device.sizes[box.sector], this.recording.images);
    return `${area?.name ?? device.name} sector ${box.sector - (area?.first ?? 0)} at ` +
      `${hex(device.starts[box.sector])}: ${what}`;
  }

  private hover(box: Box | null, pick: boolean): void {
    if (box && pick) {
      this.picked = box;
      this.onPick(box);
    }
    const shown = box ?? this.picked;
    this.hint.textContent = shown ? this.words(shown) : HINT;
  }
}
