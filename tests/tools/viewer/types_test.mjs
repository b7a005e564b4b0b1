// The types of the viewer's TypeScript: node types_test.mjs BUILD/viewer
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';

const folder = process.argv[2];
const compiler = join(folder, 'node_modules/typescript/bin/tsc');
if (!existsSync(compiler)) {
  console.log('skipped: the viewer was not built (Node.js or npm is missing)');
  process.exit(77);
}
const options = [compiler, '-p', join(folder, 'tsconfig.json')];
process.exit(spawnSync(process.execPath, options, {stdio: 'inherit'}).status ?? 1);
