// The time axis: how many sectors of the primary slots hold which image, over device time; runs,
// cuts and the cursor.
import uPlot from 'uplot';
import type {Events, Recording} from './data.ts';
import type {Palette} from './palette.ts';
import type {Timeline} from './timeline.ts';
import {el, imageName} from './words.ts';

const RUN_COLORS = ['run-boot', 'run-app', 'run-tool'];
const LANE = 13; // height of the lane of a core, above the plot
const SMALL = '11px system-ui, sans-serif';

// By frame: sectors of each image in the primary slots, which shows how far an update is.
function series(timeline: Timeline): number[][] {
  const {recording, events} = timeline;
  const images = recording.images.length;
  const counts = new Array<number>(images).fill(0);
  const inArea = recording.devices.map((device) => new Uint8Array(device.sizes.length));
  const primary = recording.areas.some((area) => area.role === 0);
  for (const area of recording.areas) {
    if (primary && area.role !== 0) continue;
    for (let i = 0; i < area.sizes.length; i++) inArea[area.device][area.first + i] = 1;
  }
  recording.devices.forEach((device, d) => device.initial.forEach((held, sector) => {
    if (inArea[d][sector] && held.image >= 0) counts[held.image]++;
  }));
  const rows: number[][] = Array.from({length: images + 1}, () => []);
  for (const frame of timeline.frames) {
    if (frame.kind === 'op') {
      for (const change of events.ops[frame.op].changes) {
        if (!inArea[change.device][change.sector]) continue;
        if (change.before.image >= 0) counts[change.before.image]--;
        if (change.after.image >= 0) counts[change.after.image]++;
      }
    }
    rows[0].push(frame.time / 1e9);
    counts.forEach((count, i) => rows[i + 1].push(count));
  }
  return rows;
}

export class TimeChart {
  readonly root = el('div', 'chart');
  private plot: uPlot | null = null;
  private cursor = el('div', 'cursor');
  private timeline!: Timeline;
  private readonly lanes: number; // where there are two cores, one for the calls of each

  constructor(private recording: Recording, private palette: () => Palette,
              private onSeek: (time: number) => void) {
    this.lanes = recording.cores.length > 1 ? recording.cores.length : 0;
  }

  private size(): {width: number; height: number} {
    const height = (window.innerHeight >= 1000 ? 170 : 136) + this.lanes * LANE;
    this.root.style.height = `${height}px`; // the plot takes its size a moment later
    return {width: Math.max(200, this.root.clientWidth), height};
  }

  show(timeline: Timeline): void {
    this.timeline = timeline;
    this.plot?.destroy();
    const palette = this.palette();
    const axis = {
      stroke: palette.color('dim'), grid: {stroke: palette.color('grid'), width: 1},
      ticks: {stroke: palette.color('grid'), width: 1}, font: SMALL,
    };
    const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
    const rows = series(timeline);
    const shown = this.recording.images.map((_, i) => i).filter((i) => rows[i + 1].some(Boolean));
    this.plot = new uPlot({
      ...this.size(), padding: [14 + this.lanes * LANE, 12, 0, 0],
      legend: {show: false},
      cursor: {drag: {x: false, y: false}, y: false, points: {show: false}},
      scales: {x: {time: false}, y: {range: (_, _min, max) => [0, Math.max(1, max * 1.06)]}},
      axes: [
        {...axis, size: 26, values: (_, values) => values.map((v) => `${v} s`)},
        {...axis, size: this.lanes ? 82 : 44, label: 'sectors in primary', labelSize: 16,
          labelFont: SMALL, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]},
      ],
      series: [{}, ...shown.map((i) => ({
        label: imageName(this.recording.images[i]), stroke: palette.imageColor(i), width: 2,
        dash: dashes[i % 4], points: {show: false}, paths: uPlot.paths.stepped!({align: 1}),
      }))],
      hooks: {
        drawClear: [(plot) => this.drawRuns(plot)],
        draw: [() => this.plot && this.placeCursor()],
      },
    }, [rows[0], ...shown.map((i) => rows[i + 1])] as uPlot.AlignedData, this.root);
    this.cursor.style.top = `${-3 - this.lanes * LANE}px`;
    const over = this.plot.over;
    over.append(this.cursor);
    let down = false;
    const seek = (event: PointerEvent) => {
      const x = event.clientX - over.getBoundingClientRect().left;
      this.onSeek(this.plot!.posToVal(x, 'x') * 1e9);
    };
    over.addEventListener('pointerdown', (event) => {
      down = true;
      over.setPointerCapture(event.pointerId);
      seek(event);
    });
    over.addEventListener('pointermove', (event) => down && seek(event));
    over.addEventListener('pointerup', () => (down = false));
  }

  resize(): void {
    this.plot?.setSize(this.size());
  }

  move(): void {
    if (this.plot) this.placeCursor();
  }

  // A band for each run, and the cuts that end runs.
  private drawRuns(plot: uPlot): void {
    const palette = this.palette();
    const c = plot.ctx;
    const {left, top, width, height} = plot.bbox;
    const scale = window.devicePixelRatio;
    const events: Events = this.timeline.events;
    const above = top - (4 + this.lanes * LANE) * scale;
    c.save();
    c.setLineDash([]);
    events.runs.forEach((run) => {
      const x0 = plot.valToPos(run.start / 1e9, 'x', true);
      const x1 = plot.valToPos(run.end / 1e9, 'x', true);
      const y = top;
      c.fillStyle = palette.color(RUN_COLORS[run.kind]);
      c.fillRect(x0, y, Math.max(1, x1 - x0), height);
      c.strokeStyle = palette.color('grid');
      c.lineWidth = scale;
      c.beginPath();
      c.moveTo(Math.round(x0) + 0.5, y);
      c.lineTo(Math.round(x0) + 0.5, y + height);
      c.stroke();
    });
    this.drawLanes(plot);
    for (const run of events.runs) {
      if (!run.cut) continue;
      const x = plot.valToPos(run.end / 1e9, 'x', true);
      c.strokeStyle = c.fillStyle = palette.color('accent');
      c.lineWidth = 2 * scale;
      c.beginPath();
      c.moveTo(x, above);
      c.lineTo(x, top + height);
      c.stroke();
      c.font = `700 ${11 * scale}px system-ui`;
      c.textAlign = x > left + width / 2 ? 'right' : 'left';
      c.fillText(run.cut.reset ? ' MCU reset ' : ' power cut ', x, above);
    }
    c.restore();
  }

  // The calls of each core, above the plot.
  private drawLanes(plot: uPlot): void {
    const palette = this.palette();
    const c = plot.ctx;
    const {left, top, width} = plot.bbox;
    const scale = window.devicePixelRatio;
    c.font = `${11 * scale}px system-ui`;
    c.textAlign = 'right';
    c.textBaseline = 'middle';
    for (let core = 0; core < this.lanes; core++) {
      const y = top - ((this.lanes - core) * LANE) * scale;
      c.fillStyle = palette.color('grid');
      c.fillRect(left, y, width, (LANE - 3) * scale);
      c.fillStyle = palette.color('ink');
      c.fillText(this.recording.cores[core], left - 6 * scale, y + ((LANE - 3) / 2) * scale);
      c.fillStyle = palette.color(core ? 'lane-1' : 'lane-0');
      for (const call of this.timeline.events.calls) {
        if (call.core !== core) continue;
        const x0 = plot.valToPos(call.start / 1e9, 'x', true);
        const x1 = plot.valToPos(call.end / 1e9, 'x', true);
        c.fillRect(x0, y, Math.max(scale, x1 - x0), (LANE - 3) * scale);
      }
    }
    c.textBaseline = 'alphabetic';
  }

  // The cursor lies over the plot: moving it draws nothing again.
  private placeCursor(): void {
    const x = this.plot!.valToPos(this.timeline.frame.time / 1e9, 'x');
    this.cursor.style.transform = `translateX(${x.toFixed(1)}px)`;
  }
}

export interface Bars {
  title: string;
  labels: (value: number) => string;
  edges: number[];   // of the bars, ascending; one more than counts
  counts: number[];
}

// A histogram, each bar with its count.
export function barChart(bars: Bars, palette: Palette, width: number, height: number): HTMLElement {
  const root = el('div', 'chart bars');
  const middles = bars.counts.map((_, i) => (bars.edges[i] + bars.edges[i + 1]) / 2);
  const axis = {stroke: palette.color('dim'), grid: {stroke: palette.color('grid'), width: 1}};
  const drawCounts = (plot: uPlot) => {
    const c = plot.ctx;
    const scale = window.devicePixelRatio;
    c.font = `${11 * scale}px system-ui`;
    c.fillStyle = palette.color('ink');
    c.textAlign = 'center';
    bars.counts.forEach((count, i) => {
      const y = plot.valToPos(count, 'y', true);
      if (count) {
        c.fillText(count.toLocaleString('en'), plot.valToPos(middles[i], 'x', true), y - 4 * scale);
      }
    });
  };
  new uPlot({
    width, height, padding: [18, 16, 0, 0], legend: {show: false}, cursor: {show: false},
    scales: {x: {time: false, range: [bars.edges[0], bars.edges[bars.edges.length - 1]]},
             y: {range: (_, _min, max) => [0, Math.max(1, max * 1.05)]}},
    axes: [{...axis, values: (_, v) => v.map(bars.labels), label: bars.title, labelSize: 18,
            labelFont: '12px system-ui'},
           {...axis, size: 56, label: 'boots', labelSize: 18, labelFont: '12px system-ui'}],
    series: [{}, {fill: palette.color('image-0'), stroke: palette.color('image-0'),
                  paths: uPlot.paths.bars!({size: [0.9, 100]}), points: {show: false}}],
    hooks: {draw: [drawCounts]},
  }, [middles, bars.counts], root);
  return root;
}
