// What each console may weigh, gzipped: its first load, and each route that is loaded when it is needed.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD = { isp: 250 };
const LAZY = 60;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));
const size = async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length / 1024;

function files(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  (chunk.css ?? []).forEach((file) => seen.add(file));
  (chunk.imports ?? []).forEach((next) => files(next, seen));
  return seen;
}

async function weigh(name, wanted, limit) {
  const sizes = await Promise.all([...wanted].map(size));
  const total = sizes.reduce((sum, one) => sum + one, 0);
  if (limit === LAZY && total < LAZY / 2) return true;
  console.log(`${name}: ${total.toFixed(1)} KiB of ${limit}`);
  return total <= limit;
}

const verdicts = [];
for (const [entry, limit] of Object.entries(FIRST_LOAD)) {
  const first = files(`${entry}/index.html`);
  verdicts.push(await weigh(`${entry}, first load`, first, limit));
  for (const [key, chunk] of Object.entries(manifest)) {
    if (!chunk.isDynamicEntry) continue;
    verdicts.push(await weigh(chunk.name ?? key, new Set([...files(key)].filter((file) => !first.has(file))), LAZY));
  }
}
if (verdicts.includes(false)) {
  console.error('over budget');
  process.exit(1);
}
