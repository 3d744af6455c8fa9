import type { components } from '../generated/api';

export type ProblemDocument = components['schemas']['Problem'];
export type ProblemCode = ProblemDocument['code'];

/** An answer of the API that isn't a success (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, string>>,
    readonly title = '',
    /** That title, detail and fields are written in. */
    readonly language = '',
  ) {
    super(`${code} ${detail}`);
  }
}

/** The request never got an answer. */
export class Unreachable extends Error {}

export async function readProblem(response: Response): Promise<Problem> {
  const found = (await response.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const language = response.headers.get('Content-Language') ?? 'en';
  const fields = Object.fromEntries((found?.errors ?? []).map((one) => [one.field, one.message]));
  return new Problem(response.status, found?.code ?? 'internal_error', found?.detail ?? '', fields, found?.title ?? '', language);
}
