// Colours from the style sheet, and the fill of every kind of content: a colour and a pattern, so
// that nothing depends on telling colours apart.
import type {Content} from './data.ts';

const DOTS = 'dots', STRIPES = 'stripes', CROSS = 'cross', BACK = 'back', PLAIN = 'plain';
const IMAGE_PATTERNS = [PLAIN, STRIPES, DOTS, BACK];

export class Palette {
  private style = getComputedStyle(document.documentElement);
  private colors = new Map<string, string>();
  private patterns = new Map<string, CanvasPattern | string>();

  color(name: string): string {
    let found = this.colors.get(name);
    if (found === undefined) {
      found = this.style.getPropertyValue(`--${name}`).trim();
      this.colors.set(name, found);
    }
    return found;
  }

  get isDark(): boolean {
    return this.color('scheme') === 'dark';
  }

  imageColor(image: number): string {
    return this.color(`image-${image % 4}`);
  }

  // What a sector is filled with.
  fill(context: CanvasRenderingContext2D, held: Content): CanvasPattern | string {
    switch (held.kind) {
      case 'erased': return this.color('erased');
      case 'trailer': return this.pattern(context, this.color('trailer'), DOTS);
      case 'torn': return this.pattern(context, this.color('torn'), CROSS);
      case 'mixed': return this.pattern(context, this.color('mixed'), BACK);
      case 'unknown': return this.pattern(context, this.color('unknown'), STRIPES);
      default:
        return this.pattern(context, this.imageColor(held.image), IMAGE_PATTERNS[held.image % 4]);
    }
  }

  private pattern(context: CanvasRenderingContext2D, color: string, kind: string):
      CanvasPattern | string {
    if (kind === PLAIN) return color;
    const key = `${color}${kind}`;
    let found = this.patterns.get(key);
    if (!found) {
      found = context.createPattern(tile(color, this.color('ink-on-fill'), kind), 'repeat') ?? color;
      this.patterns.set(key, found);
    }
    return found;
  }
}

function tile(color: string, ink: string, kind: string): HTMLCanvasElement {
  const size = 8 * Math.max(1, Math.round(window.devicePixelRatio));
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const c = canvas.getContext('2d')!;
  c.fillStyle = color;
  c.fillRect(0, 0, size, size);
  c.strokeStyle = c.fillStyle = ink;
  c.globalAlpha = kind === CROSS ? 0.85 : 0.3;
  c.lineWidth = size / 6;
  const line = (x0: number, y0: number, x1: number, y1: number) => {
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
  };
  const slope = (up: boolean) => {
    for (const shift of [-size, 0, size]) {
      if (up) line(shift, size, shift + size, 0);
      else line(shift, 0, shift + size, size);
    }
  };
  if (kind === DOTS) {
    c.beginPath();
    c.arc(size / 2, size / 2, size / 6, 0, 7);
    c.fill();
  }
  if (kind === STRIPES || kind === CROSS) slope(true);
  if (kind === BACK || kind === CROSS) slope(false);
  return canvas;
}
