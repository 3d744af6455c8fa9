// Mantine's styles of what is used of it, in Mantine's own order: a third less than its whole style sheet. Made at each build
// from the imports, so that nobody keeps a list.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';

const root = new URL('..', import.meta.url);
const core = new URL('node_modules/@mantine/core/', root);
const BASE = ['baseline', 'default-css-variables', 'global'];
const CLASS = /\bm_[0-9a-f]{5,8}\b/g;

async function texts(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile() && /\.(tsx?|mjs)$/.test(one.name));
  return Promise.all(files.map((one) => readFile(`${one.parentPath}/${one.name}`, 'utf8')));
}

/** Names that are imported from Mantine's core. */
function imported(text) {
  return [...text.matchAll(/import \{([^}]*)\} from ["']@mantine\/core["']/g)].flatMap(([, names]) => names.match(/\b[A-Z]\w+/g) ?? []);
}

const seen = new Set();
const classes = new Set();
/** A module of Mantine's and all that it imports. */
async function follow(url) {
  if (seen.has(url.href)) return;
  seen.add(url.href);
  const text = await readFile(url, 'utf8');
  for (const [name] of text.matchAll(CLASS)) classes.add(name);
  for (const [, path] of text.matchAll(/from "(\.[^"]+)"/g)) await follow(new URL(path, url));
}

const used = [...(await texts(new URL('src/', root).pathname)), ...(await texts(new URL('node_modules/@mantine/notifications/esm/', root).pathname))];
const folders = new Set(await readdir(new URL('esm/components/', core)));
const names = [...new Set(used.flatMap(imported))].filter((name) => folders.has(name));
for (const name of names) await follow(new URL(`esm/components/${name}/${name}.mjs`, core));

const whole = await readFile(new URL('styles.css', core), 'utf8');
const files = (await readdir(new URL('styles/', core))).filter((file) => file.endsWith('.css') && !file.includes('.layer.')).map((file) => file.slice(0, -4));
const sheets = await Promise.all(files.filter((name) => !BASE.includes(name)).map(async (name) => {
  const own = (await readFile(new URL(`styles/${name}.css`, core), 'utf8')).match(CLASS) ?? [];
  return { name, place: whole.indexOf(own[0] ?? name), wanted: own.some((one) => classes.has(one)) };
}));
const ordered = [...BASE, ...sheets.filter(({ wanted }) => wanted).sort((one, other) => one.place - other.place).map(({ name }) => name)];

await mkdir(new URL('src/generated/', root), { recursive: true });
await writeFile(new URL('src/generated/mantine.css', root), ordered.map((name) => `@import '@mantine/core/styles/${name}.css';\n`).join(''));
