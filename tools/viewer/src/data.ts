// What brownout writes into the page (sim/viewer/recording_view.cpp), and the same as objects.

export type Json = any;

export const HELD = ['erased', 'image', 'partial', 'trailer', 'torn', 'mixed', 'unknown'] as const;
export type HeldKind = (typeof HELD)[number];

export interface Content {
  kind: HeldKind;
  trailer: boolean;
  image: number;
  offset: number;
  bytes: number;
}
export interface Change {
  device: number;
  sector: number;
  before: Content;
  after: Content;
}
export interface Trailer {
  area: number;
  magic: number;
  copyDone: number;
  imageOk: number;
  swapInfo: number | null;
  swapSize: number | null;
  tlvSizes: number | null;
  entries: number;
  lastEntry: number | null;
  entryCount: number;
}
export interface Op {
  index: number;
  count: number;
  run: number;
  call: number;
  kind: number;
  device: number;
  offset: number;
  unit: number;
  start: number;
  end: number;
  torn: boolean;
  changes: Change[];
  trailers: Trailer[];
}
export interface Call {
  run: number;
  kind: number;
  area: number;
  offset: number;
  bytes: number;
  sector: number;
  start: number;
  end: number;
  result: number;
  completed: boolean;
  firstOp: number;
  ops: number;
  text: string;
  index: number;
  core: number;
}
export interface Cut {
  call: number;
  op: number;
  time: number;
  in_call: boolean;
  reset: boolean;
  torn: boolean;
  tear: string;
  leaves: string;
}
export interface Run {
  kind: number;
  core: number;
  reason: string;
  start: number;
  end: number;
  ok: boolean;
  outcome: string;
  first_call: number;
  calls: number;
  first_op: number;
  ops: number;
  operations: number;
  cut: Cut | null;
}
export interface LogLine {
  level: string;
  text: string;
  time: number;
  run: number;
  op: number;
  call: number;
}
export interface Rule {
  note: boolean;
  run: number;
  call: number | null;
  rule: string;
  text: string;
  source: string;
  symbol: string;
}
export interface Events {
  runs: Run[];
  calls: Call[];
  ops: Op[];
  log: LogLine[];
  rules: Rule[];
}
export interface Device {
  name: string;
  part: string;
  bytes: number;
  unit: number;
  cycles: number;
  sizes: number[];
  starts: number[];
  initial: Content[];
}
export interface Area {
  name: string;
  role: number;
  image: number;
  device: number;
  offset: number;
  bytes: number;
  first: number;
  sizes: number[];
  trailer: number;
}
export interface Image {
  name: string;
  version: string;
  bytes: number;
  known: boolean;
}
export interface Step {
  words: string;
  expects: boolean;
  start: number;
  run: number | null;
  runs_before: number;
  failures: string[];
}
export interface Recovery {
  run: number;
  call: number;
  joins: number;
  shift: number;
  ok: boolean;
  own: Events;
}
export interface Recording {
  scenario: string;
  board: string;
  soc: string;
  strategy: string;
  core: string;
  release: string;
  holds: boolean;
  cores: string[];
  devices: Device[];
  areas: Area[];
  images: Image[];
  trailers: Trailer[];
  steps: Step[];
  events: Events;
  recoveries: Recovery[];
  cutEvery: number;
}

function spread(runs: [number, number][]): number[] {
  const all: number[] = [];
  for (const [value, count] of runs) {
    for (let i = 0; i < count; i++) all.push(value);
  }
  return all;
}

function trailerOf(row: Json): Trailer {
  return {
    area: row[1], magic: row[2], copyDone: row[3], imageOk: row[4], swapInfo: row[5],
    swapSize: row[6], tlvSizes: row[7], entries: row[8], lastEntry: row[9], entryCount: row[10],
  };
}

function eventsOf(json: Json, contents: Content[], texts: string[]): Events {
  const ops: Op[] = json.ops.map((r: Json): Op => ({
    index: r[0], count: r[1], run: r[2], call: r[3], kind: r[4], device: r[5], offset: r[6],
    unit: r[7], start: r[8], end: r[9], torn: r[10] === 1, changes: [], trailers: [],
  }));
  for (const r of json.changes) {
    const change = {device: r[1], sector: r[2], before: contents[r[3]], after: contents[r[4]]};
    ops[r[0]].changes.push(change);
  }
  for (const r of json.trailers) ops[r[0]].trailers.push(trailerOf(r));
  return {
    ops,
    runs: json.runs,
    rules: json.rules,
    calls: json.calls.map((r: Json): Call => ({
      run: r[0], kind: r[1], area: r[2], offset: r[3], bytes: r[4], sector: r[5], start: r[6],
      end: r[7], result: r[8], completed: r[9] === 1, firstOp: r[10], ops: r[11],
      text: texts[r[12]], index: r[13], core: r[14],
    })),
    log: json.log.map((r: Json): LogLine => ({
      level: r[0], text: texts[r[1]], time: r[2], run: r[3], op: r[4], call: r[5],
    })),
  };
}

export function recordingOf(json: Json): Recording {
  const contents: Content[] = json.contents.map((r: Json): Content => ({
    kind: HELD[r[0]], trailer: r[1] === 1, image: r[2], offset: r[3], bytes: r[4],
  }));
  return {
    ...json,
    cutEvery: json.cut_every,
    trailers: json.trailers.map(trailerOf),
    areas: json.areas.map((a: Json) => ({...a, sizes: spread(a.sectors)})),
    devices: json.devices.map((d: Json): Device => {
      const sizes = spread(d.sectors);
      let at = 0;
      const starts = sizes.map((size) => (at += size) - size);
      return {...d, sizes, starts, initial: spread(d.initial).map((i) => contents[i])};
    }),
    events: eventsOf(json.events, contents, json.texts),
    recoveries: json.recoveries.map((r: Json): Recovery => ({
      ...r, own: eventsOf(r.own, contents, json.texts),
    })),
  };
}

// The run up to a cut, then the recovery: what brownout really booted, and from where the two agree
// on what is left, the calls of the run at the times of the recovery.
export function branch(base: Events, recovery: Recovery): Events {
  const cutRun = base.runs[recovery.run];
  const firstCall = cutRun.first_call;
  const cutCall = base.calls[firstCall + recovery.call];
  const runs = base.runs.slice(0, recovery.run);
  const at = runs.length;
  const cut: Cut = {
    call: recovery.call, op: cutCall.firstOp - cutRun.first_op, time: cutCall.start,
    in_call: false, reset: false, torn: false, tear: '', leaves: '',
  };
  runs.push({
    ...cutRun, calls: recovery.call, ops: cutCall.firstOp - cutRun.first_op, end: cutCall.start,
    ok: false, outcome: 'power lost', cut,
  });
  const calls = base.calls.slice(0, firstCall + recovery.call);
  const ops = base.ops.slice(0, cutCall.firstOp);
  const own = recovery.own;
  runs.push({...own.runs[0], first_call: calls.length, first_op: ops.length});
  const callsBefore = calls.length;
  const opsBefore = ops.length;
  for (const op of own.ops) {
    ops.push({...op, run: at + 1, call: op.call < 0 ? -1 : op.call + callsBefore});
  }
  for (const call of own.calls) {
    calls.push({...call, run: at + 1, firstOp: call.firstOp + opsBefore});
  }
  for (let i = recovery.joins; i < cutRun.calls; i++) {
    const call = base.calls[firstCall + i];
    const firstOp = ops.length;
    for (const op of base.ops.slice(call.firstOp, call.firstOp + call.ops)) {
      ops.push({
        ...op, run: at + 1, call: calls.length, start: op.start + recovery.shift,
        end: op.end + recovery.shift,
      });
    }
    calls.push({
      ...call, run: at + 1, firstOp, index: calls.length - callsBefore,
      start: call.start + recovery.shift, end: call.end + recovery.shift,
    });
  }
  const before = (line: LogLine) =>
    line.run < at || (line.run === at && line.op <= cutCall.firstOp && line.time <= cutCall.start);
  const log = base.log.filter(before);
  for (const line of own.log) {
    log.push({...line, run: at + 1, op: line.op + opsBefore, call: line.call + callsBefore});
  }
  const rules = base.rules.filter(
    (rule) => rule.run < at || (rule.run === at && (rule.call ?? 0) < callsBefore));
  for (const rule of own.rules) {
    rules.push({...rule, run: at + 1, call: rule.call === null ? null : rule.call + callsBefore});
  }
  return {runs, calls, ops, log, rules};
}
