// Beside the strips: what happens now, the trailers field by field, the log, broken rules.
import {
  SCRATCH, bootOf, tornRun, type Call, type Events, type Op, type Recording, type Recovery,
  type Trailer,
} from './data.ts';
import type {Timeline} from './timeline.ts';
import {bytes, duration, el, hex, seconds} from './words.ts';

const MARKS = ['', 'set', 'bad', 'unset'];
const TYPES = ['', 'none', 'test', 'perm', 'revert'];
const OPS = ['word program', 'page program', 'sector erase', 'chip erase', 'status write',
  'store to RAM'];
const STORE_RAM = 5;
const CALLS = ['write', 'erase', 'stored'];

export class NowPanel {
  readonly root = el('section', 'card now');
  private badge = el('span', 'badge');
  private where = el('span', 'dim');
  private text = el('p', 'explain');
  private details = el('p', 'dim small');

  constructor(private recording: Recording) {
    this.text.id = 'explanation';
    this.text.setAttribute('aria-live', 'polite');
    this.root.append(el('div', 'row', '', this.badge, this.where), this.text, this.details);
  }

  show(timeline: Timeline): void {
    const {frame, events} = timeline;
    const run = events.runs[frame.run];
    const op = timeline.op;
    const kind = frame.kind;
    if (kind === 'op' && frame.call >= 0) {
      this.showCall(events.calls[frame.call], op!);
      return;
    }
    this.badge.className = 'badge';
    this.where.textContent = '';
    this.details.textContent = '';
    if (kind === 'op') {
      this.badge.textContent = 'outside of calls';
      this.text.textContent = op!.kind === STORE_RAM
        ? 'The slot in RAM is otherwise than before. Stores to RAM are no flash operations.'
        : `A ${OPS[op!.kind]} that belongs to no flash-area call: the driver sets up its part.`;
      this.describeOp(op!);
    } else if (kind === 'start') {
      this.badge.textContent = run.kind === 0 ? 'boot' : run.kind === 1 ? 'application' : 'upload';
      this.text.textContent = run.kind === 0
        ? `The bootloader starts: ${run.reason}.`
        : run.kind === 1 ? `The application: ${run.reason}.` : 'A programmer stores an image.';
    } else if (run.cut) {
      this.badge.textContent = run.cut.reset ? 'reset' : 'power cut';
      this.badge.classList.add('bad');
      this.text.textContent = cutSentence(run.cut);
    } else {
      this.badge.textContent = run.ok ? 'end' : 'failed';
      if (!run.ok) this.badge.classList.add('bad');
      this.text.textContent = run.outcome
        ? `${run.outcome[0].toUpperCase()}${run.outcome.slice(1)}.` : 'Stored.';
      this.details.textContent =
        `${run.calls} calls, ${run.operations} operations, ${duration(run.end - run.start)}`;
    }
  }

  private showCall(call: Call, op: Op): void {
    const area = this.recording.areas[call.area];
    this.badge.className = `badge kind-${call.kind}`;
    this.badge.textContent = CALLS[call.kind];
    const core = this.recording.cores.length > 1 ? `${this.recording.cores[call.core]} · ` : '';
    this.where.textContent = `${core}call ${call.index} · ${area.name} sector ${call.sector} · ` +
      bytes(call.bytes);
    this.text.textContent = call.completed ? call.text
      : `${call.text} The power failed before it was done.`;
    this.describeOp(op);
    this.details.textContent += `; from ${hex(area.offset + call.offset)} on`;
    if (call.result < 0) this.badge.classList.add('bad');
  }

  private describeOp(op: Op): void {
    const many = op.count > 1 ? `ops ${op.index} to ${op.index + op.count - 1}` : `op ${op.index}`;
    this.details.textContent =
      `${many}: ${op.count > 1 ? `${op.count} ${OPS[op.kind]}s` : OPS[op.kind]}, ` +
      `${duration(op.end - op.start)}${op.torn ? ', torn by the cut' : ''}`;
  }
}

function cutSentence(cut: NonNullable<Events['runs'][0]['cut']>): string {
  const what = cut.reset ? 'The microcontroller is reset' : 'The power fails';
  const where = cut.in_call ? `inside call ${cut.call - 1}, before op ${cut.op}`
    : `before call ${cut.call}`;
  const torn = cut.torn ? ` The operation in flight leaves ${cut.leaves} (${cut.tear}).` : '';
  return `${what} ${where}.${torn}`;
}

// A row for each slot, so that fields stand above each other.
export class TrailerPanel {
  readonly root = el('section', 'card trailers', '', el('h2', '', 'Trailers'));
  private readonly rows = new Map<number, {row: HTMLTableRowElement; last: Trailer | undefined}>();
  private readonly images: boolean; // several of them
  private readonly status: boolean; // entries, where images are swapped
  private readonly tlvSizes: boolean;

  constructor(recording: Recording) {
    const trailers = recording.trailers.filter((t) => recording.areas[t.area].role <= SCRATCH);
    this.images = recording.areas.filter((area) => area.role === 0).length > 1;
    this.status = trailers.some((trailer) => trailer.entryCount > 0);
    this.tlvSizes = recording.strategy === 'swap-offset';
    this.root.hidden = trailers.length === 0;
    if (this.root.hidden) return;
    const head = el('tr', '', '', el('th'));
    for (const [name] of this.fields(trailers[0])) {
      const [first, second] = name.split('_');
      head.append(second ? el('th', '', `${first}_`, el('wbr'), second) : el('th', '', name));
    }
    const body = el('tbody');
    for (const trailer of trailers) {
      const {name} = recording.areas[trailer.area];
      const title = el('th', '', name.replace(/^mcuboot_/, ''));
      title.title = name;
      const row = el('tr', '', '', title);
      row.append(...this.fields(trailer).map(() => el('td')));
      body.append(row);
      this.rows.set(trailer.area, {row, last: undefined});
    }
    this.root.append(el('table', 'fields', '', el('thead', '', '', head), body));
  }

  show(timeline: Timeline): void {
    const changed = new Set(timeline.op?.trailers.map((trailer) => trailer.area));
    for (const [area, entry] of this.rows) {
      const now = timeline.trailers.get(area);
      entry.row.classList.toggle('changed', changed.has(area));
      if (!now || now === entry.last) continue;
      const before = entry.last && this.fields(entry.last);
      this.fields(now).forEach(([, value], i) => {
        const cell = entry.row.cells[i + 1];
        cell.textContent = value;
        cell.classList.toggle('unset', value === '–' || value === 'unset');
        cell.classList.toggle('new', before !== undefined && before[i][1] !== value);
      });
      entry.last = now;
    }
  }

  private fields(trailer: Trailer): [string, string][] {
    const info = trailer.swapInfo;
    const type = info === null ? '–' : TYPES[info & 15] ?? `0x${info.toString(16)}`;
    const list: [string, string][] = [
      ['magic', trailer.magic === 1 ? 'good' : MARKS[trailer.magic]],
      ['swap_info', info !== null && this.images ? `${type}, ${info >> 4}` : type],
      ['copy_done', MARKS[trailer.copyDone]],
      ['image_ok', MARKS[trailer.imageOk]],
      ['swap_size', trailer.swapSize === null ? '–' : `${trailer.swapSize}`],
    ];
    if (this.tlvSizes) {
      list.push(['tlv_sizes', trailer.tlvSizes === null ? '–' : `0x${trailer.tlvSizes.toString(16)}`]);
    }
    if (this.status) list.push(['status', statusWords(trailer)]);
    return list;
  }
}

function statusWords(trailer: Trailer): string {
  if (!trailer.entries) return '–';
  return trailer.lastEntry === null ? `${trailer.entries}`
    : `${trailer.entries}, last ${trailer.lastEntry}`;
}

export class LogPanel {
  readonly root = el('section', 'card log', '', el('h2', '', 'Log'));
  private list = el('ol', 'lines');
  private lines: {node: HTMLElement; run: number; op: number}[] = [];
  private shown = 0;

  constructor(private onSeek: (run: number, op: number) => void) {
    this.list.tabIndex = 0;
    this.list.setAttribute('aria-label', 'Bootloader log');
    this.root.append(this.list);
  }

  load(timeline: Timeline): void {
    this.list.textContent = '';
    this.lines = [];
    this.shown = 0;
    const {events, recording} = timeline;
    events.runs.forEach((run, index) => {
      const first = run.first_op;
      const title = run.kind === 0 ? `Boot: ${run.reason}` : run.kind === 1 ? run.reason
        : recording.steps.find((step) => step.run === index)?.words ?? 'upload';
      this.add(el('li', 'run', `${seconds(run.start)}  ${title}`), index, first);
      for (const line of events.log) {
        if (line.run !== index) continue;
        const node = el('li', `level-${line.level}`, `${line.level}: ${line.text}`);
        node.title = seconds(line.time);
        this.add(node, index, Math.max(line.op, first));
      }
      for (const rule of events.rules) {
        if (rule.run !== index) continue;
        const op = rule.call === null ? first : events.calls[rule.call]?.firstOp ?? first;
        const node = el('li', rule.note ? 'note' : 'rule', '',
          el('strong', '', `${rule.note ? 'note' : 'rule broken'}: ${rule.rule}`),
          el('span', '', rule.text), el('span', 'dim', rule.source));
        if (rule.symbol) node.append(el('span', 'dim', `symbol: ${rule.symbol}`));
        this.add(node, index, op);
      }
      const end = run.cut ? 'power lost' : run.outcome;
      if (end) {
        const node = el('li', `outcome ${run.ok ? 'ok' : 'bad'}`, `${seconds(run.end)}  ${end}`);
        this.add(node, index, first + run.ops + 0.5);
      }
    });
    this.lines.sort((a, b) => a.run - b.run || a.op - b.op);
    for (const line of this.lines) this.list.append(line.node);
  }

  private add(node: HTMLElement, run: number, op: number): void {
    node.classList.add('later');
    node.addEventListener('click', () => this.onSeek(run, op));
    this.lines.push({node, run, op});
  }

  show(timeline: Timeline): void {
    const {frame} = timeline;
    const done = frame.kind === 'end' ? frame.done + 1 : frame.done;
    const isOver = (i: number) => {
      const line = this.lines[i];
      return line.run < frame.run || (line.run === frame.run && line.op <= done);
    };
    const before = this.shown;
    while (this.shown < this.lines.length && isOver(this.shown)) {
      this.lines[this.shown++].node.classList.remove('later');
    }
    while (this.shown > 0 && !isOver(this.shown - 1)) {
      this.lines[--this.shown].node.classList.add('later');
    }
    if (before !== this.shown && this.shown > 0) {
      const node = this.lines[this.shown - 1].node;
      const top = node.offsetTop - this.list.clientHeight + node.offsetHeight + 4;
      this.list.scrollTop = Math.max(0, top);
    }
  }
}

export function recoveryWords(recovery: Recovery): string {
  const boot = bootOf(recovery);
  const own = recovery.own.calls.length - (tornRun(recovery)?.calls ?? 0);
  const how = own === 0 ? 'goes on where the cut was'
    : boot.calls === own ? `makes ${own} call${own === 1 ? '' : 's'} of its own`
    : `repeats or adds ${own} call${own === 1 ? '' : 's'}, then goes on as the run without a cut`;
  return `The next boot ${how}: ${boot.outcome}, after ${duration(boot.end - boot.start)}.`;
}
