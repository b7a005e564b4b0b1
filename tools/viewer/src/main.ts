// The page: puts the parts together, steps, plays, cuts.
import {branch, recordingOf, tornRun, type Recovery, type Events, type Recording} from './data.ts';
import {TimeChart} from './chart.ts';
import {explorationView} from './explore.ts';
import {Palette} from './palette.ts';
import {LogPanel, NowPanel, TrailerPanel, recoveryWords} from './panels.ts';
import {Strips} from './strips.ts';
import {Timeline, type StepBy} from './timeline.ts';
import {wearView} from './wear.ts';
import {button, el, imageName, seconds} from './words.ts';

const KEYS: [string, string][] = [
  ['← →', 'step back, forward'], ['Shift ← →', 'by sector'], ['Page Up, Page Down', 'by boot'],
  ['Home, End', 'to the start, to the end'], ['Space', 'play, pause'],
  ['C', 'cut the power before this call'], ['Esc', 'back to the run without that cut'],
  ['1 2 3', 'step through, wear, exploration'], ['?', 'this help'],
];

class Viewer {
  private palette = new Palette();
  private timeline: Timeline;
  private readonly recording: Recording;
  private readonly strips: Strips;
  private readonly chart: TimeChart;
  private readonly now: NowPanel;
  private readonly trailers: TrailerPanel;
  private readonly log: LogPanel;
  private readonly slider = el('input', 'scrub');
  private readonly clock = el('output', 'clock');
  private readonly playButton = button('▶ Play', 'play, pause (Space)', () => this.toggle(), 'main');
  private readonly by = el('select');
  private readonly speed = el('select');
  private readonly cutButton = button('⚡ Cut here', 'cut the power before this call (C)',
    () => this.cut(), 'danger');
  private readonly tear = el('select');
  private readonly banner = el('div', 'banner');
  private readonly outlook = el('p', 'outlook');
  private readonly history = el('section', 'card history');
  private readonly views = new Map<string, HTMLElement>();
  private readonly tabs = new Map<string, HTMLButtonElement>();
  private readonly help = el('dialog', 'help');
  private playing = 0;
  private lastTick = 0;
  private playTime = 0;
  private active: Set<number>[];
  private returnTo = 0;

  constructor(private data: any, root: HTMLElement) {
    this.recording = recordingOf(data.recording);
    this.active = this.recording.devices.map(() => new Set<number>());
    this.timeline = new Timeline(this.recording, this.recording.events);
    this.strips = new Strips(this.recording, () => this.palette, (box) => this.pick(box));
    this.chart = new TimeChart(this.recording, () => this.palette, (time) => {
      this.pause();
      this.go(this.timeline.at(time));
    });
    this.now = new NowPanel(this.recording);
    this.trailers = new TrailerPanel(this.recording);
    this.log = new LogPanel((run, op) => this.goToLog(run, op));
    document.title = `${this.recording.scenario} – Brownout`;
    this.build(root);
    this.load(this.recording.events, 0);
    if (data.exploration?.findings.length) this.go(this.firstCut());
    this.open(data.exploration ? 'exploration' : 'run');
    window.addEventListener('resize', () => this.resize());
    document.addEventListener('keydown', (event) => this.key(event));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.palette = new Palette();
      this.chart.show(this.timeline);
      this.render(null);
    });
  }

  // ---- building -------------------------------------------------------------------------------

  private build(root: HTMLElement): void {
    const r = this.recording;
    const name = el('h1', '', this.data.exploration?.title ?? r.scenario);
    name.title = name.textContent!;
    const title = el('div', 'title', '', el('span', 'brand', 'Brownout'), name,
      el('span', 'dim', `${r.board} · ${r.strategy} · ${r.core} core, as ${r.release}`));
    const nav = el('nav', 'tabs');
    const names: [string, string][] = [['run', 'Step through'], ['wear', 'Wear']];
    if (this.data.exploration) names.push(['exploration', 'Exploration']);
    for (const [id, name] of names) {
      const tab = button(name, '', () => this.open(id));
      this.tabs.set(id, tab);
      nav.append(tab);
    }
    const help = button('?', 'keys (?)', () => this.help.showModal());
    root.append(el('header', '', '', title, ...this.verdict(), nav, help));
    this.views.set('run', this.buildRun());
    for (const id of ['wear', 'exploration']) this.views.set(id, el('main', 'page'));
    root.append(...this.views.values());
    const list = el('dl');
    for (const [keys, what] of KEYS) list.append(el('dt', '', keys), el('dd', '', what));
    this.help.append(el('h2', '', 'Keys'), list,
      button('Close', '', () => this.help.close(), 'main'));
    root.append(this.help);
  }

  // What came out, for the header; a budget that ran out is no verdict.
  private verdict(): HTMLElement[] {
    const {exploration} = this.data;
    const {holds, steps} = this.recording;
    if (!exploration && !steps.some((step) => step.expects)) return [];
    const [kind, words] = !exploration
      ? holds ? ['ok', '✓ expectations hold'] : ['bad', '✗ an expectation fails']
      : exploration.findings.length ? ['bad', '✗ a check fails']
      : exploration.closed ? ['ok', '✓ checks hold'] : ['open', 'incomplete, no violation so far'];
    const verdict = el('span', `verdict ${kind}`, words);
    verdict.title = steps.flatMap((step) => step.failures).join('\n');
    return [verdict];
  }

  private buildRun(): HTMLElement {
    this.slider.type = 'range';
    this.slider.min = '0';
    this.slider.setAttribute('aria-label', 'position in the run');
    this.slider.addEventListener('input', () => {
      this.pause();
      this.go(Number(this.slider.value));
    });
    this.fillSelect(this.by, [['call', 'call'], ['op', 'operation'], ['sector', 'sector'],
      ['boot', 'boot']], 'what a step is');
    this.fillSelect(this.speed, [['20', 'in 20 s'], ['60', 'in 60 s'], ['6', 'in 6 s'],
      ['0', 'real time']], 'how fast to play');
    const bar = el('div', 'transport', '',
      button('|◀', 'boot before (Page Up)', () => this.step('boot', -1)),
      button('◀', 'step back (←)', () => this.step(this.stepBy(), -1)), this.playButton,
      button('▶', 'step forward (→)', () => this.step(this.stepBy(), 1)),
      button('▶|', 'next boot (Page Down)', () => this.step('boot', 1)),
      el('label', '', 'step ', this.by), el('label', '', 'play ', this.speed),
      this.slider, this.clock);
    this.banner.hidden = true;
    this.history.hidden = true;
    const side = el('div', 'side', '', this.cutCard(), this.trailers.root, this.history,
      this.log.root);
    const middle = el('div', 'middle', '', this.strips.root, this.strips.hint, this.legend());
    return el('main', 'run', '', bar, this.banner, this.chart.root,
      el('div', 'columns', '', middle, side));
  }

  private cutCard(): HTMLElement {
    const tears = [...this.recording.recoveries.keys()];
    this.fillSelect(this.tear, tears.map((tear) => [tear, tear || 'nothing torn']),
      'what the operation in flight leaves');
    this.tear.hidden = tears.length < 2;
    this.tear.addEventListener('change', () => this.showOutlook());
    this.now.root.append(el('div', 'row', '', this.cutButton, this.tear, this.outlook));
    return this.now.root;
  }

  private fillSelect(select: HTMLSelectElement, options: [string, string][], title: string): void {
    for (const [value, text] of options) {
      const option = el('option', '', text);
      option.value = value;
      select.append(option);
    }
    select.title = title;
    select.setAttribute('aria-label', title);
  }

  private legend(): HTMLElement {
    const box = el('div', 'legend');
    const add = (held: any, text: string) => {
      const canvas = el('canvas', 'swatch');
      canvas.width = canvas.height = 18 * window.devicePixelRatio;
      const c = canvas.getContext('2d')!;
      c.fillStyle = this.palette.fill(c, held);
      c.fillRect(0, 0, canvas.width, canvas.height);
      box.append(el('span', 'key', '', canvas, el('span', '', text)));
    };
    this.recording.images.forEach((image, i) => add({kind: 'image', image: i}, imageName(image)));
    add({kind: 'erased'}, 'erased');
    add({kind: 'trailer'}, 'trailer, status');
    add({kind: 'torn'}, 'torn');
    add({kind: 'mixed'}, 'mixed');
    add({kind: 'unknown'}, 'other data');
    box.append(el('span', 'key dim', 'number: sector of the image · thick frame: touched now'));
    return box;
  }

  // ---- showing --------------------------------------------------------------------------------

  private load(events: Events, position: number): void {
    this.timeline = new Timeline(this.recording, events);
    this.strips.show(this.timeline);
    this.log.load(this.timeline);
    this.slider.max = String(this.timeline.frames.length - 1);
    this.chart.show(this.timeline);
    this.go(position);
    this.resize();
  }

  go(position: number): void {
    const touched = this.timeline.go(position);
    this.render(touched);
  }

  private render(touched: Set<number>[] | null): void {
    const {frame, events, op} = this.timeline;
    for (const set of this.active) set.clear();
    for (const change of op?.changes ?? []) this.active[change.device].add(change.sector);
    if (op && frame.call >= 0) {
      const call = events.calls[frame.call];
      const area = this.recording.areas[call.area];
      this.active[area.device].add(area.first + call.sector);
    }
    this.strips.draw(touched, this.active);
    this.now.show(this.timeline);
    this.trailers.show(this.timeline);
    this.log.show(this.timeline);
    this.chart.move();
    this.slider.value = String(this.timeline.position);
    const run = events.runs[frame.run];
    const call = frame.call >= 0
      ? ` · call ${events.calls[frame.call].index}, last ${run.calls - 1}` : '';
    this.clock.textContent =
      `${seconds(frame.time)} of ${seconds(this.timeline.end)} · run ${frame.run + 1} of ` +
      `${events.runs.length}${call}`;
    this.slider.setAttribute('aria-valuetext', this.clock.textContent);
    this.showOutlook();
  }

  private resize(): void {
    this.chart.resize();
    this.strips.layout();
    if (this.timeline) this.render(null);
  }

  open(id: string): void {
    for (const [name, view] of this.views) view.hidden = name !== id;
    for (const [name, tab] of this.tabs) {
      tab.setAttribute('aria-pressed', String(name === id));
    }
    const view = this.views.get(id)!;
    if (id === 'wear') {
      view.replaceChildren(wearView(this.recording, this.timeline.events,
        this.data.exploration?.wear, this.palette, view.clientWidth));
    } else if (id === 'exploration' && !view.firstChild) {
      view.append(explorationView(this.data.exploration, this.palette, view.clientWidth, () => {
        this.open('run');
        this.go(this.firstCut());
      }));
    } else if (id === 'run') {
      this.resize();
    }
  }

  // Where the power is cut first; 0: nowhere.
  private firstCut(): number {
    const {frames, events} = this.timeline;
    return Math.max(0, frames.findIndex((f) => f.kind === 'end' && events.runs[f.run].cut));
  }

  // ---- stepping and playing -------------------------------------------------------------------

  private stepBy(): StepBy {
    return this.by.value as StepBy;
  }

  step(by: StepBy, direction: 1 | -1): void {
    this.pause();
    this.go(direction > 0 ? this.timeline.next(by) : this.timeline.previous(by));
  }

  private goToLog(run: number, op: number): void {
    this.pause();
    const frames = this.timeline.frames;
    const at = frames.findIndex((f) => f.run === run && (f.kind === 'end' || f.done >= op));
    this.go(at < 0 ? frames.length - 1 : at);
  }

  private toggle(): void {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.timeline.position >= this.timeline.frames.length - 1) this.go(0);
    this.playButton.textContent = '⏸ Pause';
    this.playTime = this.timeline.frame.time;
    this.lastTick = performance.now();
    this.playing = requestAnimationFrame((t) => this.tick(t));
  }

  private pause(): void {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.playButton.textContent = '▶ Play';
  }

  private tick(time: number): void {
    const whole = Number(this.speed.value);
    const rate = whole ? this.timeline.end / 1e9 / whole : 1;
    this.playTime += Math.max(0, time - this.lastTick) * 1e6 * rate;
    this.lastTick = time;
    const target = Math.max(this.timeline.at(this.playTime), this.timeline.position);
    if (target !== this.timeline.position) this.go(target);
    if (this.timeline.position >= this.timeline.frames.length - 1) {
      this.pause();
      return;
    }
    this.playing = requestAnimationFrame((t) => this.tick(t));
  }

  // ---- cutting --------------------------------------------------------------------------------

  // The cut that was tried nearest before the call that is shown.
  private recoveryHere(): Recovery | undefined {
    const {frame, events} = this.timeline;
    if (events !== this.recording.events || frame.call < 0) return undefined;
    const index = events.calls[frame.call].index;
    let best: Recovery | undefined;
    for (const recovery of this.recording.recoveries.get(this.tear.value) ?? []) {
      if (recovery.run === frame.run && recovery.call <= index) best = recovery;
    }
    return best;
  }

  private showOutlook(): void {
    const recovery = this.recoveryHere();
    this.cutButton.disabled = !recovery;
    this.outlook.className = 'outlook';
    if (!recovery) {
      const inBranch = this.timeline.events !== this.recording.events;
      this.outlook.textContent = inBranch ? 'This is what follows the cut.'
        : 'Step into a boot that writes, then cut it here.';
      return;
    }
    const {events, frame} = this.timeline;
    const exact = recovery.call === events.calls[frame.call].index;
    this.outlook.classList.add(recovery.ok ? 'ok' : 'bad');
    this.outlook.textContent = `${recovery.ok ? '✓' : '✗'} ` +
      (exact ? '' : `Cut ${cutPlace(recovery)}, the nearest that was tried. `) +
      recoveryWords(recovery);
  }

  cut(): void {
    const recovery = this.recoveryHere();
    if (!recovery) return;
    this.pause();
    this.returnTo = this.timeline.position;
    const events = branch(this.recording.events, recovery);
    const cutRun = recovery.run;
    this.banner.replaceChildren(
      el('span', '', '', el('strong', '', `⚡ Power cut ${cutPlace(recovery)} of run ` +
        `${cutRun + 1}. `), recoveryWords(recovery)),
      button('Back to the run (Esc)', 'without this cut', () => this.back()));
    this.banner.hidden = false;
    this.load(events, 0);
    const frames = this.timeline.frames;
    this.go(frames.findIndex((frame) => frame.run === cutRun && frame.kind === 'end'));
  }

  back(): void {
    if (this.banner.hidden) return;
    this.banner.hidden = true;
    this.pause();
    this.load(this.recording.events, this.returnTo);
  }

  // ---- one sector -----------------------------------------------------------------------------

  private pick(box: {device: number; sector: number}): void {
    const list = el('ol', 'changes');
    this.timeline.frames.forEach((frame, position) => {
      if (frame.kind !== 'op') return;
      const op = this.timeline.events.ops[frame.op];
      for (const change of op.changes) {
        if (change.device !== box.device || change.sector !== box.sector) continue;
        if (change.after.kind === 'partial' && change.before.kind === 'partial') continue;
        const held = change.after;
        const size = this.recording.devices[box.device].sizes[box.sector];
        const image = held.image >= 0 ? `${imageName(this.recording.images[held.image])} ` +
          `sector ${Math.floor(held.offset / size)}` : held.kind;
        const jump = button(`${seconds(frame.time)}  ${held.kind === 'partial' ? 'begins: ' : ''}` +
          image, 'go there', () => this.go(position));
        list.append(el('li', '', '', jump));
      }
    });
    const words = this.strips.words(box).split(':')[0];
    this.history.replaceChildren(el('h2', '', words), list.childElementCount ? list
      : el('p', 'dim', 'This sector never changes.'));
    this.history.hidden = false;
    this.render(null);
  }

  // ---- keys -----------------------------------------------------------------------------------

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open ||
        target.tagName === 'SELECT') {
      return;
    }
    const act = this.action(event, target);
    if (act) {
      event.preventDefault();
      act();
    }
  }

  private action(event: KeyboardEvent, target: HTMLElement): (() => void) | undefined {
    const by = event.shiftKey ? 'sector' : this.stepBy();
    const ids = [...this.views.keys()].filter((id) => this.tabs.has(id));
    switch (event.key) {
      case 'ArrowRight': return () => this.step(by, 1);
      case 'ArrowLeft': return () => this.step(by, -1);
      case 'PageDown': return () => this.step('boot', 1);
      case 'PageUp': return () => this.step('boot', -1);
      case 'Home': return () => this.go(0);
      case 'End': return () => this.go(this.timeline.frames.length - 1);
      case ' ': return target.tagName === 'BUTTON' ? undefined : () => this.toggle();
      case 'c': case 'C': return () => this.cut();
      case 'Escape': return () => this.back();
      case '?': return () => this.help.showModal();
      case '1': case '2': case '3': {
        const id = ids[Number(event.key) - 1];
        return id ? () => this.open(id) : undefined;
      }
      default: return undefined;
    }
  }

  get frames(): number {
    return this.timeline.frames.length;
  }
}

function cutPlace(recovery: Recovery): string {
  const cut = tornRun(recovery)?.cut;
  return cut ? `in call ${recovery.call} (${cut.tear})`
    : `before call ${recovery.call}`;
}

const data = JSON.parse(document.getElementById('data')!.textContent!);
(window as any).brownout = new Viewer(data, document.getElementById('app')!);
