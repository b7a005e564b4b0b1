// A list of frames to step through, and what all sectors hold at the one that is shown.
import type {Content, Events, Op, Recording, Trailer} from './data.ts';

export interface Frame {
  kind: 'start' | 'op' | 'end';
  run: number;
  op: number;   // index in ops; -1 for start and end
  call: number; // index in calls; -1: none
  done: number; // ops done
  time: number; // nanoseconds of device time
}

export type StepBy = 'op' | 'call' | 'sector' | 'boot';

export class Timeline {
  readonly frames: Frame[] = [];
  readonly contents: Content[][];
  readonly trailers = new Map<number, Trailer>();
  position = 0;
  private touched: Set<number>[];
  private trailerBefore: (Trailer | undefined)[][] = [];

  constructor(readonly recording: Recording, readonly events: Events) {
    this.contents = recording.devices.map((device) => device.initial.slice());
    this.touched = recording.devices.map(() => new Set<number>());
    for (const trailer of recording.trailers) this.trailers.set(trailer.area, trailer);
    this.addFrames();
    const last = new Map(this.trailers);
    for (const op of events.ops) {
      this.trailerBefore.push(op.trailers.map((trailer) => last.get(trailer.area)));
      for (const trailer of op.trailers) last.set(trailer.area, trailer);
    }
  }

  private addFrames(): void {
    let time = 0;
    this.events.runs.forEach((run, index) => {
      const first = run.first_op;
      time = Math.max(time, run.start);
      this.frames.push({kind: 'start', run: index, op: -1, call: -1, done: first, time});
      for (let i = first; i < first + run.ops; i++) {
        const op = this.events.ops[i];
        time = Math.max(time, op.end);
        this.frames.push({kind: 'op', run: index, op: i, call: op.call, done: i + 1, time});
      }
      time = Math.max(time, run.end);
      this.frames.push({kind: 'end', run: index, op: -1, call: -1, done: first + run.ops, time});
    });
  }

  get frame(): Frame {
    return this.frames[this.position];
  }
  get op(): Op | undefined {
    return this.frame.op < 0 ? undefined : this.events.ops[this.frame.op];
  }
  get end(): number {
    return this.frames[this.frames.length - 1].time;
  }

  // Returns the sectors that changed, by device.
  go(position: number): Set<number>[] {
    const target = Math.max(0, Math.min(this.frames.length - 1, position));
    for (const set of this.touched) set.clear();
    const doneNow = this.frames[this.position].done;
    const doneThen = this.frames[target].done;
    for (let i = doneNow; i < doneThen; i++) this.apply(this.events.ops[i]);
    for (let i = doneNow - 1; i >= doneThen; i--) this.revert(i);
    this.position = target;
    return this.touched;
  }

  private apply(op: Op): void {
    for (const change of op.changes) {
      this.contents[change.device][change.sector] = change.after;
      this.touched[change.device].add(change.sector);
    }
    for (const trailer of op.trailers) this.trailers.set(trailer.area, trailer);
  }

  private revert(index: number): void {
    const op = this.events.ops[index];
    for (let i = op.changes.length - 1; i >= 0; i--) {
      const change = op.changes[i];
      this.contents[change.device][change.sector] = change.before;
      this.touched[change.device].add(change.sector);
    }
    for (let i = op.trailers.length - 1; i >= 0; i--) {
      const before = this.trailerBefore[index][i];
      if (before) this.trailers.set(before.area, before);
    }
  }

  // The unit of stepping that a frame belongs to, as a key.
  private keyOf(frame: Frame, by: StepBy): string {
    if (by === 'boot') return `r${frame.run}`;
    if (frame.kind !== 'op') return `${frame.kind}${frame.run}`;
    if (by === 'op' || frame.call < 0) return `o${frame.op}`;
    if (by === 'call') return `c${frame.call}`;
    const call = this.events.calls[frame.call];
    return `s${call.area}.${call.sector}.${frame.run}`;
  }

  // Calls and sectors are shown complete: the last frame of a group.
  next(by: StepBy): number {
    const frames = this.frames;
    let i = this.position + 1;
    if (i >= frames.length) return this.position;
    if (by === 'boot') {
      while (i < frames.length - 1 && frames[i].kind !== 'start') i++;
      return i;
    }
    const key = this.keyOf(frames[i], by);
    while (i + 1 < frames.length && this.keyOf(frames[i + 1], by) === key) i++;
    return i;
  }

  previous(by: StepBy): number {
    const frames = this.frames;
    let i = this.position - 1;
    if (i <= 0) return 0;
    if (by === 'boot') {
      while (i > 0 && frames[i].kind !== 'start') i--;
      return i;
    }
    const key = this.keyOf(frames[this.position], by);
    while (i > 0 && this.keyOf(frames[i], by) === key) i--;
    return i;
  }

  // The last frame that is over at a time.
  at(time: number): number {
    let low = 0;
    let high = this.frames.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.frames[middle].time <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  frameOfCall(call: number): number {
    const found = this.frames.findIndex((frame) => frame.call === call);
    return found < 0 ? this.position : found;
  }
}
