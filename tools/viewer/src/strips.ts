// Devices as strips of sectors, drawn on canvases: one box per sector, partition by partition.
import type {Area, Content, Device, Recording} from './data.ts';
import type {Palette} from './palette.ts';
import type {Timeline} from './timeline.ts';
import {bytes, contentWords, el, hex, imageName} from './words.ts';

const HINT = 'Point at a sector to read what it holds; click it to see all that happens to it.';
const BOXES = [38, 34, 30, 26, 23, 21, 16, 12, 10, 8, 6, 4];

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
    return this.box >= 16 ? this.box + 4 : this.box + 1;
  }

  // Its height with boxes of a size.
  heightWith(width: number, box: number): number {
    const count = this.area.sizes.length;
    const columns = Math.max(1, Math.min(count, Math.floor(width / box)));
    return Math.ceil(count / columns) * (box >= 16 ? box + 4 : box + 1) + 40;
  }

  layout(width: number, box: number): void {
    const count = this.area.sizes.length;
    this.box = box;
    this.columns = Math.max(1, Math.min(count, Math.floor(width / this.box)));
    const rows = Math.ceil(count / this.columns);
    const scale = window.devicePixelRatio;
    const w = this.columns * this.box;
    const h = rows * this.rowHeight();
    this.canvas.style.width = `${w}px`;
    this.canvas.style.height = `${h}px`;
    this.canvas.width = Math.round(w * scale);
    this.canvas.height = Math.round(h * scale);
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
      c.font = `600 ${this.box > 30 ? 13 : this.box > 24 ? 11 : 9}px system-ui, sans-serif`;
      c.textAlign = 'center';
      c.textBaseline = 'middle';
      const chip = palette.color('chip');
      c.fillStyle = chip;
      const w = c.measureText(text).width + 4;
      const h = this.box > 30 ? 16 : 12;
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
      const name = image ? imageName(this.recording.images[held.image]) : held.kind;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const parts = [...counts].map(([name, count]) => `${name}: ${count}`);
    const text = parts.length ? parts.join(' · ') : 'erased';
    if (text !== this.shown) {
      this.shown = text;
      this.held.textContent = text;
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
      if (!areas.length) return;
      const kind = device.part ? `${device.part}, ` : 'on-chip flash, ';
      const title = el('h3', '', '', el('span', '', device.name),
        el('span', 'dim', `${kind}${bytes(device.bytes)}, writes of ${device.unit}`));
      const box = el('div', 'device', '', title);
      for (const area of areas) {
        const strip = new Strip(area, device, recording, (at, pick) => this.hover(at, pick));
        this.strips.push(strip);
        box.append(strip.root);
      }
      this.root.append(box);
    });
    this.root.append(this.hint);
    this.hint.textContent = HINT;
  }

  show(timeline: Timeline): void {
    this.timeline = timeline;
  }

  layout(): void {
    const width = this.root.clientWidth - 26;
    const wide = Math.max(120, width);
    // The largest boxes with which everything is in sight.
    const room = this.root.clientHeight - 40 * this.root.childElementCount - 40;
    const height = (box: number) =>
      this.strips.reduce((sum, strip) => sum + strip.heightWith(wide, box), 0);
    const box = BOXES.find((size) => height(size) <= room) ?? 8;
    for (const strip of this.strips) strip.layout(wide, Math.max(box, 8));
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
