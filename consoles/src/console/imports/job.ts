import { queryOptions } from '@tanstack/react-query';
import { send, type Schemas } from '../../kit/api';
import { readProblem } from '../../kit/problem';
import { reach } from '../../kit/session';
import { TENANT } from '../tenant';

export type Job = Schemas['JobView'];

const EVERY_MS = 700;
export const isOver = (job: Job): boolean => job.state === 'done' || job.state === 'failed';

/** Asked for until it is over. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: [`${TENANT}/jobs`, id],
    queryFn: () => send<Job>('GET', `${TENANT}/jobs/${id}`),
    enabled: id !== '',
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : EVERY_MS),
    staleTime: 0,
  });
}

/** Sends the file to where the API says; the upload's id. Raises Problem or Unreachable. */
export async function upload(file: File): Promise<string> {
  const place = await send<Schemas['UploadView']>('POST', `${TENANT}/uploads`, { body: { bytes: file.size, purpose: 'subscriber_import' } });
  const response = await reach(new Request(new URL(place.url, location.origin), { method: place.method, headers: place.headers, body: file }));
  if (!response.ok) throw await readProblem(response);
  return place.upload_id;
}

export function startImport(upload_id: string, dry_run: boolean): Promise<Job> {
  return send<Job>('POST', `${TENANT}/subscriber-imports`, { body: { upload_id, dry_run } });
}

/** Semicolons where spreadsheets write a decimal comma. */
export function separatorFor(language: string): ',' | ';' {
  return (1.5).toLocaleString(language).includes(',') ? ';' : ',';
}
