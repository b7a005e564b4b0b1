// Numbers and contents in words, and making elements. Text only ever goes in as textContent.
import type {Content, Image} from './data.ts';

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, className = '', text = '', ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

export function button(text: string, title: string, act: () => void, className = ''):
    HTMLButtonElement {
  const node = el('button', className, text);
  node.type = 'button';
  node.title = title;
  node.addEventListener('click', act);
  return node;
}

export function card(title: string, ...children: Node[]): HTMLElement {
  return el('section', 'card', '', el('h2', '', title), ...children);
}

// "1 cut", "1,234 cuts"
export function plural(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

export function seconds(ns: number): string {
  const s = ns / 1e9;
  return s >= 100 ? `${s.toFixed(1)} s` : `${s.toFixed(3)} s`;
}

export function duration(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(ns >= 1e7 ? 1 : 2)} ms`;
  return `${(ns / 1e3).toFixed(ns >= 1e4 ? 0 : 1)} µs`;
}

export function hex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;
}

export function bytes(count: number): string {
  if (count >= 1 << 20 && count % (1 << 20) === 0) return `${count >> 20} MiB`;
  if (count >= 1024 && count % 1024 === 0) return `${count >> 10} KiB`;
  return `${count} bytes`;
}

export function imageName(image: Image | undefined): string {
  if (!image) return 'unknown';
  return image.version ? `${image.version} (${image.name})` : image.name;
}

export function contentWords(held: Content, size: number, images: Image[]): string {
  const tail = held.trailer ? ', and trailer fields' : '';
  const of = () => `sector ${Math.floor(held.offset / size)} of ${imageName(images[held.image])}`;
  switch (held.kind) {
    case 'erased': return 'erased';
    case 'image': return of() + tail;
    case 'partial': return `${of()}, the first ${held.bytes} bytes${tail}`;
    case 'trailer': return 'trailer fields and status entries';
    case 'torn': return 'torn: an operation was cut short here' + tail;
    case 'mixed': return 'parts of different images' + tail;
    default: return 'data that no image of the scenario has' + tail;
  }
}
