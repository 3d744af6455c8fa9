// A form's rules from the API's own schemas. Own code, because ajv compiles code, which the CSP forbids.
import schemas from '../generated/rules.json';

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  $ref?: string;
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

export type SchemaName = keyof typeof schemas;
/** A message's key and what goes into it. */
export type Fault = readonly [key: FaultKey, values?: Record<string, number>];
export type FaultKey =
  | 'rule.required' | 'rule.choice' | 'rule.pattern' | 'rule.shorter' | 'rule.longer'
  | 'rule.least' | 'rule.most' | 'rule.number' | 'rule.more_items' | 'rule.fewer_items';

const known = schemas as Record<string, Schema>;

export function resolve(schema: Schema): Schema {
  if (schema.$ref) return resolve(known[schema.$ref.split('/').pop() ?? ''] ?? {});
  const only = schema.anyOf?.filter((one) => one.type !== 'null');
  return only?.length === 1 && only[0] ? resolve(only[0]) : schema;
}

function isNullable(schema: Schema): boolean {
  return schema.anyOf?.some((one) => one.type === 'null') ?? false;
}

/** What is wrong with the values, by path ("gateways.0.host"). */
export function findFaults(name: SchemaName, values: unknown): Record<string, Fault> {
  const faults: Record<string, Fault> = {};
  walk(known[name] ?? {}, values, '', faults);
  return faults;
}

function walk(raw: Schema, value: unknown, path: string, faults: Record<string, Fault>): void {
  if ((value === null && isNullable(raw)) || value === undefined) return;
  const schema = resolve(raw);
  if (schema.properties && typeof value === 'object' && value !== null) {
    walkObject(schema, value as Record<string, unknown>, path, faults);
    return;
  }
  const fault = Array.isArray(value) ? listFault(schema, value) : valueFault(schema, value);
  if (fault) faults[path] = fault;
  if (Array.isArray(value) && schema.items) {
    value.forEach((one, index) => walk(schema.items ?? {}, one, join(path, index), faults));
  }
}

function walkObject(schema: Schema, values: Record<string, unknown>, path: string, faults: Record<string, Fault>): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = values[name];
    const missing = value === undefined || value === '' || value === null;
    if (missing && schema.required?.includes(name)) faults[join(path, name)] = ['rule.required'];
    else walk(property, value, join(path, name), faults);
  }
}

function join(path: string, next: string | number): string {
  return path ? `${path}.${next}` : String(next);
}

function listFault({ minItems = 0, maxItems = Infinity }: Schema, value: unknown[]): Fault | null {
  if (value.length < minItems) return ['rule.more_items', { n: minItems }];
  return value.length > maxItems ? ['rule.fewer_items', { n: maxItems }] : null;
}

function valueFault(schema: Schema, value: unknown): Fault | null {
  if (schema.enum && !schema.enum.includes(value)) return ['rule.choice'];
  if (schema.type === 'integer' || schema.type === 'number') return numberFault(schema, value);
  return typeof value === 'string' ? textFault(schema, value) : null;
}

function numberFault({ minimum = -Infinity, maximum = Infinity }: Schema, value: unknown): Fault | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return ['rule.number'];
  if (value < minimum) return ['rule.least', { n: minimum }];
  return value > maximum ? ['rule.most', { n: maximum }] : null;
}

function textFault({ minLength = 0, maxLength = Infinity, pattern }: Schema, value: string): Fault | null {
  if (minLength > 0 && !value.trim()) return ['rule.required'];
  if (value.length < minLength) return ['rule.longer', { n: minLength }];
  if (value.length > maxLength) return ['rule.shorter', { n: maxLength }];
  return pattern && !new RegExp(pattern).test(value) ? ['rule.pattern'] : null;
}

/** The values a new record starts with, as the API has them. */
export function defaultsOf(name: string): Record<string, unknown> {
  const properties = Object.entries(known[name]?.properties ?? {});
  return Object.fromEntries(properties.map(([field, schema]) => [field, structuredClone(schema.default) ?? blank(schema)]));
}

function blank(schema: Schema): unknown {
  if (isNullable(schema)) return null;
  const { type } = resolve(schema);
  return type === 'array' ? [] : type === 'boolean' ? false : '';
}
