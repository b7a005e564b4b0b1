// Opens pages of brownout --html in Debian's Chromium and uses them as somebody would.
//
//   node viewer_test.mjs --program BROWNOUT --viewer BUILD/viewer --scenarios FOLDER --out FOLDER
//
// Exit code 77 with a reason: skipped. Screenshots stay in --out.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const options = Object.fromEntries(
  process.argv.slice(2).map((v, i, all) => (i % 2 ? null : [v.slice(2), all[i + 1]])).filter(Boolean));
const CHROMIUM = '/usr/bin/chromium';
const FILE_BYTES_MAX = 5e6;
const STEPS = 100;
const STEP_MS_MAX = 16;

function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(77);
}
if (!existsSync(CHROMIUM)) skip('chromium is not installed (tools/install-dependencies --with-check)');
if (!existsSync(join(options.viewer, 'node_modules', 'playwright-core'))) {
  skip('the viewer was not built (Node.js or npm is missing)');
}
const {chromium} = createRequire(join(options.viewer, 'package.json'))('playwright-core');
mkdirSync(options.out, {recursive: true});

function page_of(name, command, scenario) {
  const file = join(options.out, `${name}.html`);
  try {
    execFileSync(options.program, [command, scenario, '--html', file, ...(command === 'explore'
      ? ['--out-dir', options.out] : [])], {stdio: 'pipe'});
  } catch (error) {
    assert.equal(error.status, 1, String(error.stderr));  // a finding is no error
  }
  assert.ok(statSync(file).size < FILE_BYTES_MAX, `${name}: ${statSync(file).size} bytes`);
  return file;
}

function scenario_of(name, text) {
  const file = join(options.out, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

const scenarios = options.scenarios;
const FULL = `scenario: A full slot
board: nrf52840dk-spim2
partitions:
  mcuboot_primary:   {address: 0xC000, size: 0xF0000}
  mcuboot_secondary: {device: mx25r64, address: 0, size: 0xF0000}
boot: {strategy: swap-move, signature: {type: none}, max_image_sectors: 256}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 960000, seed: v1}}
  v2: {generate: {version: 2.0.0, payload_bytes: 965000, seed: v2}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: test}
  - reset:
  - reset:
  - request_upgrade: {type: test}
  - reset:
`;
const HOSTILE = `scenario: "</script><script>window.stolen = 1</script>"
board: nrf52840dk
partitions:
  mcuboot_primary:   {address: 0xC000, size: 0x10000}
  mcuboot_secondary: {address: 0x83000, size: 0x10000}
boot: {strategy: swap-move, signature: {type: none}}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 9000, seed: v1}}
flash: {mcuboot_primary: v1}
steps:
  - reset:
`;

const browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox']});

// Every page is watched: an error on the console or a request for anything but itself fails.
async function open(file, {size, scheme}) {
  const context = await browser.newContext({viewport: size, colorScheme: scheme});
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) wrong.push(`request for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return {page, close: async () => {
    assert.deepEqual(wrong, []);
    await context.close();
  }};
}

const SMALL = {width: 1280, height: 800};
const LARGE = {width: 1920, height: 1080};
const VIEWS = [
  {name: '1280', size: SMALL, scheme: 'light'}, {name: '1280-dark', size: SMALL, scheme: 'dark'},
  {name: '1920', size: LARGE, scheme: 'light'}, {name: '1920-dark', size: LARGE, scheme: 'dark'},
];
const shot = (page, name) => page.screenshot({path: join(options.out, `${name}.png`)});
const explanation = (page) => page.locator('#explanation').textContent();

async function first_swap() {
  const file = page_of('first-swap', 'run', join(scenarios, 'tutorial/1-first-swap.yaml'));
  for (const view of VIEWS) {
    const {name} = view;
    const {page, close} = await open(file, view);
    assert.match(await page.textContent('h1'), /First swap/);
    assert.match(await explanation(page), /bootloader starts: power-on/);
    const start = await page.textContent('.clock');
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await page.textContent('.clock'), start);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.textContent('.clock'), start);
    // Scrubbing: to the middle of the boot that swaps.
    await page.locator('.scrub').evaluate((slider) => {
      slider.value = '50';
      slider.dispatchEvent(new Event('input'));
    });
    for (let i = 0; !/moves up/.test(await explanation(page)); i++) {
      assert.ok(i < 40, await explanation(page));
      await page.keyboard.press('ArrowLeft');
    }
    assert.match(await explanation(page), /old image \(1\.0\.0\) moves up .* so that sector \d/);
    assert.match(await page.textContent('.log .lines'), /Starting swap using move algorithm/);
    await shot(page, `first-swap-${name}`);
    await page.click('text=⚡ Cut here');
    assert.match(await page.textContent('.banner'), /handed over 1\.1\.0/);
    assert.match(await explanation(page), /The power fails before call/);
    await shot(page, `first-swap-cut-${name}`);
    await page.keyboard.press('PageDown');
    assert.match(await explanation(page), /bootloader starts: after a power cut/);
    await page.keyboard.press('End');
    assert.match(await explanation(page), /Handed over 1\.1\.0 from mcuboot_primary/);
    await page.keyboard.press('Escape');
    assert.ok(await page.isHidden('.banner'));
    assert.match(await explanation(page), /moves up/);
    await page.keyboard.press('2');
    assert.match(await page.textContent('main:not([hidden])'), /Erases per sector/);
    if (name === '1280') await shot(page, 'wear');
    await close();
  }
  const played = await open(file, VIEWS[0]);
  await played.page.selectOption('select >> nth=1', '6');
  await played.page.keyboard.press('Space');
  await played.page.waitForFunction(() => document.querySelector('.clock').textContent > '0.4');
  await played.close();
}

// In every recovery the sectors in the end must be those that the branch says: none is made up.
async function every_cut_is_bootable() {
  const file = page_of('first-swap', 'run', join(scenarios, 'tutorial/1-first-swap.yaml'));
  const {page, close} = await open(file, VIEWS[0]);
  const found = await page.evaluate(() => {
    const viewer = window.brownout;
    const end = () => JSON.stringify(viewer.timeline.contents);
    const boot = viewer.timeline.events.runs.findIndex((run) => run.calls > 100);
    const last = viewer.timeline.frames.findIndex((f) => f.run === boot && f.kind === 'end');
    viewer.go(last);
    const wanted = end();
    let cuts = 0;
    let wrong = 0;
    for (const recovery of viewer.recording.recoveries.get('').filter((r) => r.run === boot)) {
      viewer.go(viewer.timeline.frameOfCall(
        viewer.timeline.events.runs[boot].first_call + recovery.call));
      if (recovery.call % 4) continue;
      viewer.cut();
      viewer.go(1e9);
      cuts++;
      wrong += end() === wanted ? 0 : 1;
      viewer.back();
    }
    return {cuts, wrong};
  });
  assert.ok(found.cuts > 30, JSON.stringify(found));
  assert.equal(found.wrong, 0, JSON.stringify(found));
  await close();
}

async function mute_chip() {
  const file = page_of('mute-chip', 'run', join(scenarios, 'field/b-spi-nor-easydma/mute-chip.yaml'));
  for (const view of VIEWS) {
    const {page, close} = await open(file, view);
    await page.keyboard.press('End');
    assert.match(await explanation(page), /No bootable image/i);
    assert.match(await page.textContent('.log .lines'), /E: Unable to find bootable image/);
    await page.locator('.scrub').focus();
    const strange = /which then holds what no image has there/;
    for (let i = 0; i < 12 && !strange.test(await explanation(page)); i++) {
      await page.keyboard.press('Shift+ArrowLeft');
    }
    assert.match(await explanation(page), strange);
    assert.match(await page.textContent('.outlook'), /✗ .*no bootable image/);
    await shot(page, `mute-chip-${view.name}`);
    await page.click('text=⚡ Cut here');
    await page.keyboard.press('End');
    assert.match(await explanation(page), /No bootable image/i);
    await close();
  }
}

async function two_cores() {
  const file = page_of('two-cores', 'run',
    join(scenarios, 'suites/netcore-simultaneous-qspi-32k.yaml'));
  for (const view of VIEWS) {
    const {page, close} = await open(file, view);
    const lanes = await page.evaluate(() => {
      const {calls} = window.brownout.timeline.events;
      window.brownout.go(window.brownout.timeline.frameOfCall(
        calls.map((call) => call.core).lastIndexOf(1)));
      return [0, 1].map((core) => calls.filter((call) => call.core === core).length);
    });
    assert.ok(lanes[0] > 10 && lanes[1] > 10, `calls of the cores: ${lanes}`);
    assert.match(await page.textContent('.now'), /network core · call .* net_app sector/);
    // What is always empty has no strip; what lies in RAM is shown too.
    assert.match(await page.textContent('.devices'), /not touched: mcuboot/);
    assert.match(await page.locator('.area', {hasText: 'mcuboot_primary_1'}).textContent(),
      /2\.0\.0 \(net2\)/);
    await page.locator('.strip').first().click({position: {x: 10, y: 6}});
    assert.match(await page.textContent('.hint'), /mcuboot_\w+ sector \d+ at 0x/);
    await shot(page, `two-cores-${view.name}`);
    await page.click('text=⚡ Cut here');
    assert.match(await page.textContent('.banner'), /The next boot/);
    await page.keyboard.press('End');
    assert.match(await explanation(page), /Handed over 2\.0\.0/);
    await close();
  }
}

// A power cut may also tear the operation in flight, where the scenario explores that.
async function torn_cuts() {
  const file = page_of('torn', 'run', join(scenarios, 'suites/spim2-mx25r64-move-8k-tears.yaml'));
  const {page, close} = await open(file, VIEWS[0]);
  await page.selectOption('.now select', {index: 1});
  const found = await page.evaluate(() => {
    const viewer = window.brownout;
    const {runs} = viewer.timeline.events;
    const boot = runs.findIndex((run) => run.calls > 50);
    const end = () => {
      const {contents, events} = viewer.timeline;
      const {outcome} = events.runs[events.runs.length - 1];
      return outcome + JSON.stringify(contents.map((list) => list.map((held) => held.image)));
    };
    viewer.go(viewer.timeline.frames.findIndex((f) => f.run === boot && f.kind === 'end'));
    const wanted = runs[boot].outcome + end().slice(end().indexOf('['));
    let torn = 0;
    let wrong = 0;
    const tears = [...viewer.recording.recoveries].filter(([tear]) => tear);
    for (const [tear, list] of tears) {
      document.querySelector('.now select').value = tear;
      for (const recovery of list.filter((r) => r.run === boot && r.call % 3 === 0)) {
        viewer.go(viewer.timeline.frameOfCall(runs[boot].first_call + recovery.call));
        viewer.cut();
        const shown = viewer.timeline.contents.flat();
        torn += shown.some((held) => held.kind === 'torn' || held.kind === 'partial') ? 1 : 0;
        viewer.go(1e9);
        wrong += end() === wanted ? 0 : 1;
        viewer.back();
      }
    }
    return {tears: tears.length, torn, wrong};
  });
  assert.ok(found.tears >= 3 && found.torn > 10, JSON.stringify(found));
  assert.equal(found.wrong, 0, JSON.stringify(found));
  await page.evaluate(() => {
    const viewer = window.brownout;
    const [tear, list] = [...viewer.recording.recoveries].find(([name]) => /erase/.test(name));
    document.querySelector('.now select').value = tear;
    const {run, call} = list[Math.floor(list.length / 2)];
    viewer.go(viewer.timeline.frameOfCall(viewer.timeline.events.runs[run].first_call + call));
    viewer.cut();
  });
  assert.match(await page.textContent('.banner'), /Power cut in call \d+ \(erase-phases/);
  assert.match(await explanation(page), /inside call \d+.* operation in flight leaves/);
  await shot(page, 'torn-cut');
  await close();
}

async function explorations() {
  const bug = page_of('explored', 'explore', join(scenarios, 'regressions/offset-one-sector.yaml'));
  for (const view of VIEWS) {
    const {name} = view;
    const {page, close} = await open(bug, view);
    assert.match(await page.textContent('.explore'), /✗ FAILED/);
    assert.ok((await page.locator('.graph .state').count()) > 1);
    assert.ok(await page.isVisible('text=Boot times'));
    await shot(page, `explored-${name}`);
    await page.keyboard.press('2');
    assert.match(await page.textContent('main:not([hidden])'),
      /all power cuts.*mcuboot_primary.* [1-9]\d* erases?, at most [1-9]/);
    await page.keyboard.press('1');
    assert.match(await explanation(page), /The power fails/);  // the finding, opened at its cut
    await page.keyboard.press('3');
    await page.click('text=Step through it');
    assert.match(await explanation(page), /The power fails/);
    await shot(page, `finding-${name}`);
    await close();
  }
  const fine = page_of('explored-all', 'explore', join(scenarios, 'tutorial/1-first-swap.yaml'));
  const {page, close} = await open(fine, VIEWS[2]);
  assert.match(await page.textContent('.explore'), /all checks hold/);
  await shot(page, 'explored-all');
  await close();
}

// Milliseconds of each of so many steps, with layout and painting: of the page's thread alone, so
// that it does not matter what else the computer does.
async function steps_times(page, count) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', {timeDomain: 'threadTicks'});
  const now = async () => (await client.send('Performance.getMetrics')).metrics
    .find((metric) => metric.name === 'ThreadTime').value * 1000;
  const times = [];
  for (let i = 0; i < count; i++) {
    const begin = await now();
    await page.evaluate(() => new Promise((done) => {
      window.brownout.go(window.brownout.timeline.position + 1);
      requestAnimationFrame(() => setTimeout(done, 0));
    }));
    times.push(await now() - begin);
  }
  return times;
}

async function long_swap() {
  const file = page_of('full-slot', 'run', scenario_of('full-slot', FULL));
  const {page, close} = await open(file, VIEWS[2]);
  const frames = await page.evaluate(() => window.brownout.frames);
  assert.ok(frames > 10000, `${frames} frames`);
  await page.evaluate(() => window.brownout.go(2000));
  const times = (await steps_times(page, STEPS)).sort((a, b) => a - b);
  const most = times[Math.floor(STEPS * 0.99) - 1];
  console.log(`full slot: ${statSync(file).size} bytes, ${frames} frames; a step takes ` +
    `${times[STEPS / 2].toFixed(1)} ms, 99 of 100 at most ${most.toFixed(1)} ms`);
  assert.ok(most < STEP_MS_MAX, `a step takes ${most} ms`);
  await shot(page, 'full-slot');
  await close();
}

async function hostile_names() {
  const file = page_of('hostile', 'run', scenario_of('hostile', HOSTILE));
  // Scenarios have no such names of partitions and images; dumps and other loaders might.
  const escaped = (text) => text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  const text = readFileSync(file, 'utf8')
    .replaceAll('"mcuboot_primary"', `"${escaped('<script>')}"`)
    .replaceAll('"name":"v1"', `"name":"${escaped('<img src=x onerror=window.stolen=1>')}"`);
  writeFileSync(file, text);
  const {page, close} = await open(file, VIEWS[0]);
  assert.match(await page.textContent('.devices'), /<script>/);
  assert.match(await page.textContent('.devices'), /<img src=x/);
  assert.match(await page.textContent('h1'), /<\/script><script>window/);
  assert.equal(await page.evaluate(() => window.stolen), undefined);
  await close();
}

let failed = 0;
for (const test of [first_swap, every_cut_is_bootable, mute_chip, two_cores, torn_cuts, explorations,
  long_swap, hostile_names]) {
  const begin = performance.now();
  try {
    await test();
    console.log(`ok      ${test.name}  ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${test.name}\n${error.stack}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
