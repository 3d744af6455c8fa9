// What each console may weigh, gzipped: its first load with its heaviest language, and each route that is loaded when it is needed.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD = { isp: 250, console: 250, phone: 160 };
const LAZY = 60;
// Whoever is logged in needs more at once: the telephone itself.
const WHOLE = { 'phone, ready to ring': { entry: 'phone', parts: ['src/phone/PhoneFrame.tsx', 'src/phone/pages/History.tsx', 'src/phone/sip/phone.ts'], limit: 220 } };
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

/** Chunks that are loaded on demand by this one, directly or by what it loads. */
function later(key, seen = new Set()) {
  for (const next of [...(manifest[key].imports ?? []), ...(manifest[key].dynamicImports ?? [])]) {
    if (seen.has(next)) continue;
    seen.add(next);
    later(next, seen);
  }
  return [...seen].filter((one) => manifest[one].isDynamicEntry);
}

const total = async (wanted) => (await Promise.all([...wanted].map(size))).reduce((sum, one) => sum + one, 0);
const beyond = (key, first) => [...files(key)].filter((file) => !first.has(file));
const isWords = (key) => /locales\/.*\/words-/.test(key);

const verdicts = [];
function judge(name, weight, limit) {
  if (limit !== LAZY || weight >= LAZY / 2) console.log(`${name}: ${weight.toFixed(1)} KiB of ${limit}`);
  verdicts.push(weight <= limit);
}

async function wordsOf(entry, first) {
  return Math.max(0, ...(await Promise.all(later(`${entry}/index.html`).filter(isWords).map((key) => total(beyond(key, first))))));
}

for (const [entry, limit] of Object.entries(FIRST_LOAD)) {
  const first = files(`${entry}/index.html`);
  const parts = later(`${entry}/index.html`);
  judge(`${entry}, first load`, (await total(first)) + (await wordsOf(entry, first)), limit);
  for (const key of parts.filter((one) => !isWords(one))) judge(`${entry}, ${manifest[key].name ?? key}`, await total(beyond(key, first)), LAZY);
}
for (const [name, { entry, parts, limit }] of Object.entries(WHOLE)) {
  const first = files(`${entry}/index.html`);
  const all = parts.reduce((seen, key) => files(key, seen), new Set(first));
  judge(name, (await total(all)) + (await wordsOf(entry, first)), limit);
}
if (verdicts.includes(false)) {
  console.error('over budget');
  process.exit(1);
}
