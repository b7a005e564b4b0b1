// What brownout writes into the page (sim/viewer/recording_view.cpp), and the same as objects.

export type Json = any;

export const HELD = ['erased', 'image', 'partial', 'trailer', 'torn', 'mixed', 'unknown'] as const;
export type HeldKind = (typeof HELD)[number];

// Roles of partitions up to this one are slots and scratch.
export const SCRATCH = 2;

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
  kind: string;
  bytes: number;
  unit: number;
  nand: boolean;
  sizes: number[];
  starts: number[];
  initial: Content[];
}
export interface Area {
  name: string;
  role: number;
  device: number;
  offset: number;
  bytes: number;
  first: number;
  sizes: number[];
  used: boolean; // a slot, or something is in it at some time
}
export interface Image {
  name: string;
  version: string;
}
export interface Step {
  words: string;
  expects: boolean;
  start: number;
  run: number | null;
  failures: string[];
}
export interface Recovery {
  run: number;
  call: number;
  joins: number;
  shift: number;
  ok: boolean;
  // Of the boot; if the cut tore an operation, the torn call is a run before it.
  own: Events;
}
export interface Recording {
  scenario: string;
  board: string;
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
  recoveries: Map<string, Recovery[]>; // by what the cut tears; '': nothing
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

// Partitions that are empty from the first step to the last are not worth a strip.
function markUsed(areas: Area[], devices: Device[], changes: Change[]): void {
  const full = devices.map((device) => device.initial.map((held) => held.kind !== 'erased'));
  for (const change of changes) full[change.device][change.sector] = true;
  for (const area of areas) {
    const sectors = full[area.device].slice(area.first, area.first + area.sizes.length);
    area.used = area.role <= SCRATCH || sectors.includes(true);
  }
}

export function recordingOf(json: Json): Recording {
  const contents: Content[] = json.contents.map((r: Json): Content => ({
    kind: HELD[r[0]], trailer: r[1] === 1, image: r[2], offset: r[3], bytes: r[4],
  }));
  const devices = json.devices.map((d: Json): Device => {
    const sizes = spread(d.sectors);
    let at = 0;
    const starts = sizes.map((size) => (at += size) - size);
    return {...d, sizes, starts, initial: spread(d.initial).map((i) => contents[i])};
  });
  const areas: Area[] = json.areas.map((a: Json) => ({...a, sizes: spread(a.sectors)}));
  const events = eventsOf(json.events, contents, json.texts);
  const recoveries = new Map<string, Recovery[]>();
  for (const r of [...json.recoveries, ...json.torn]) {
    const recovery: Recovery = {...r, own: eventsOf(r.own, contents, json.texts)};
    const tear = tornRun(recovery)?.cut?.tear ?? '';
    if (!recoveries.get(tear)?.push(recovery)) recoveries.set(tear, [recovery]);
  }
  markUsed(areas, devices, events.ops.flatMap((op) => op.changes));
  return {...json, devices, areas, events, recoveries, trailers: json.trailers.map(trailerOf)};
}

// The boot that a recovery is.
export function bootOf(recovery: Recovery): Run {
  return recovery.own.runs[recovery.own.runs.length - 1];
}
// The end of the run that the power cut ended inside a call.
export function tornRun(recovery: Recovery): Run | undefined {
  return recovery.own.runs.length > 1 ? recovery.own.runs[0] : undefined;
}

// Appends events to others: `own` from its operation and call `opFirst` and `callFirst` on.
function append(to: Events, from: Events, run: number, calls: [number, number],
                ops: [number, number], shift = 0): void {
  const callsBefore = to.calls.length - calls[0];
  const opsBefore = to.ops.length - ops[0];
  for (const op of from.ops.slice(ops[0], ops[1])) {
    to.ops.push({
      ...op, run, call: op.call < 0 ? -1 : op.call + callsBefore, start: op.start + shift,
      end: op.end + shift,
    });
  }
  for (const call of from.calls.slice(calls[0], calls[1])) {
    to.calls.push({
      ...call, run, firstOp: call.firstOp + opsBefore, start: call.start + shift,
      end: call.end + shift,
    });
  }
}

// The run up to a cut, then the recovery: what brownout really booted, and from where the two agree
// on what is left, the calls of the run at the times of the recovery.
export function branch(base: Events, recovery: Recovery): Events {
  const cutRun = base.runs[recovery.run];
  const firstCall = cutRun.first_call;
  const cutCall = base.calls[firstCall + recovery.call];
  const {own} = recovery;
  const at = recovery.run;
  const to: Events = {
    runs: base.runs.slice(0, at), calls: base.calls.slice(0, firstCall + recovery.call),
    ops: base.ops.slice(0, cutCall.firstOp), log: [], rules: [],
  };
  const torn = tornRun(recovery);
  const cut: Cut = torn?.cut ?? {
    call: recovery.call, op: cutCall.firstOp - cutRun.first_op, time: cutCall.start,
    in_call: false, reset: false, torn: false, tear: '', leaves: '',
  };
  const tornCalls = torn?.calls ?? 0;
  const tornOps = torn?.ops ?? 0;
  append(to, own, at, [0, tornCalls], [0, tornOps]);
  to.runs.push({
    ...cutRun, calls: recovery.call + tornCalls, ops: to.ops.length - cutRun.first_op,
    end: torn?.end ?? cutCall.start, ok: false, outcome: 'power lost', cut,
  });
  const bootCalls = to.calls.length;
  const bootOps = to.ops.length;
  append(to, own, at + 1, [tornCalls, own.calls.length], [tornOps, own.ops.length]);
  const joined = base.calls[firstCall + recovery.joins];
  if (recovery.joins < cutRun.calls) {
    append(to, base, at + 1, [firstCall + recovery.joins, firstCall + cutRun.calls],
      [joined.firstOp, cutRun.first_op + cutRun.ops], recovery.shift);
  }
  for (let i = bootCalls; i < to.calls.length; i++) to.calls[i].index = i - bootCalls;
  to.runs.push({
    ...bootOf(recovery), first_call: bootCalls, first_op: bootOps,
    calls: to.calls.length - bootCalls, ops: to.ops.length - bootOps,
  });
  to.log = base.log.filter((line) => line.run < at || (line.run === at &&
    line.op <= cutCall.firstOp && line.time <= cutCall.start));
  to.log.push(...own.log.map((line) => ({
    ...line, run: at + 1, op: line.op + bootOps - tornOps, call: line.call + bootCalls - tornCalls,
  })));
  to.rules = base.rules.filter((rule) => rule.run < at || (rule.run === at &&
    (rule.call ?? 0) < firstCall + recovery.call));
  to.rules.push(...own.rules.map((rule) => ({
    ...rule, run: at + 1, call: rule.call === null ? null : rule.call + bootCalls - tornCalls,
  })));
  return to;
}
