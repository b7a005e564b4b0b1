// Builds the page: node build.mjs SOURCE_FOLDER WORK_FOLDER OUTPUT_FILE NPM
//
// Packages are installed in the work folder, from the lock file, without running their scripts; the
// source folder stays as it is. Where they cannot be had (no network) the build goes on without the
// page, says so, and tries again the next time.
import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const [source, work, output, npm] = process.argv.slice(2);

function install() {
  const lock = readFileSync(join(source, 'package-lock.json'), 'utf8');
  const stamp = join(work, 'installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) {
    return;
  }
  mkdirSync(work, {recursive: true});
  cpSync(join(source, 'package.json'), join(work, 'package.json'));
  writeFileSync(join(work, 'package-lock.json'), lock);
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync(npm, options, {cwd: work, stdio: ['ignore', 'ignore', 'pipe'], timeout: 240000});
  writeFileSync(stamp, lock);
}

try {
  install();
} catch (error) {
  console.error(`viewer: npm could not install its packages; brownout --html will not be available.
${String(error.stderr ?? error.message).trim().split('\n').slice(-3).join('\n')}`);
  process.exit(0);
}

const folder = join(work, 'src');
rmSync(folder, {recursive: true, force: true});
cpSync(join(source, 'src'), folder, {recursive: true});
cpSync(join(source, 'tsconfig.json'), join(work, 'tsconfig.json'));

const esbuild = createRequire(join(work, 'package.json'))('esbuild');
const common = {bundle: true, minify: true, write: false, logLevel: 'warning', charset: 'utf8'};
const script = esbuild.buildSync({
  ...common, entryPoints: [join(folder, 'main.ts')], format: 'iife', target: 'es2020',
});
const style = esbuild.buildSync({...common, entryPoints: [join(folder, 'style.css')]});
const page = readFileSync(join(folder, 'page.html'), 'utf8');

const put = (text, marker, value) => {
  if (!text.includes(marker)) {
    throw new Error(`page.html lacks ${marker}`);
  }
  return text.split(marker).join(value);
};
let filled = put(page, '/*STYLE*/', style.outputFiles[0].text);
filled = put(filled, '/*SCRIPT*/', script.outputFiles[0].text.replaceAll('</script', '<\\/script'));
writeFileSync(output, filled);
