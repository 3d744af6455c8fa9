// The client's types and the forms' rules, from openapi.json (which `make check` compares with the API itself).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const root = new URL('..', import.meta.url);
const document = JSON.parse(await readFile(new URL('openapi.json', root), 'utf8'));
const KEPT = new Set(['type', 'properties', 'required', 'items', 'anyOf', '$ref', 'enum', 'const', 'default', 'pattern',
  'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems']);

function slim(schema) {
  if (Array.isArray(schema)) return schema.map(slim);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => KEPT.has(key)).map(([key, value]) => [
    key,
    key === 'properties' ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, slim(one)])) : slim(value),
  ]));
}

function addReferences(name, wanted) {
  if (wanted.has(name)) return;
  wanted.add(name);
  for (const [, found] of JSON.stringify(document.components.schemas[name]).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    addReferences(found, wanted);
  }
}

const bodies = new Set();
for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
  if (['node', 'platform_admin'].includes(operation['x-roles']?.join())) continue; // no console sends these
  const reference = operation.requestBody?.content['application/json'].schema.$ref;
  if (reference && !reference.endsWith('BodyPatch')) addReferences(reference.split('/').pop(), bodies);
}
const rules = Object.fromEntries([...bodies].sort().map((name) => [name, slim(document.components.schemas[name])]));

await mkdir(new URL('src/generated/', root), { recursive: true });
await writeFile(new URL('src/generated/api.d.ts', root), astToString(await openapiTS(document)));
await writeFile(new URL('src/generated/rules.json', root), `${JSON.stringify(rules)}\n`);
