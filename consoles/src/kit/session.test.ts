import { beforeEach, expect, test, vi } from 'vitest';
import { spoken } from './language';
import { authorisedFetch, connected, session, startSession } from './session';

const answers: Response[] = [];
const asked: Request[] = [];

beforeEach(() => {
  answers.length = asked.length = 0;
  session.set({ status: 'in', token: 'old', role: 'isp_admin' });
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request);
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('no network'));
  });
});

const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const request = () => new Request('http://localhost/v1/me');

test('a token that has run out is renewed once, and the request sent again', async () => {
  answers.push(json({}, 401), json({ access_token: 'new', role: 'isp_admin' }), json({ user_id: 'usr_1' }));

  const response = await authorisedFetch(request());

  expect(response.status).toBe(200);
  expect(asked.map((one) => one.headers.get('Authorization'))).toEqual(['Bearer old', null, 'Bearer new']);
  expect(asked[1]?.headers.get('X-Session-Cookie')).toBe('isp');
});

test('two requests at once renew the session once: a refresh token is good for one use', async () => {
  answers.push(json({}, 401), json({}, 401), json({ access_token: 'new', role: 'isp_admin' }), json({}), json({}));

  await Promise.all([authorisedFetch(request()), authorisedFetch(request())]);

  expect(asked.filter((one) => one.url.endsWith('/v1/auth/refresh'))).toHaveLength(1);
});

test('a session that is over is said to be, so that the page can ask for the password', async () => {
  answers.push(json({}, 401), json({ code: 'token_expired' }, 401));

  const response = await authorisedFetch(request());

  expect(response.status).toBe(401);
  expect(session.get()).toEqual({ status: 'expired', token: '', role: '' });
});

test('a server out of reach is no end of the session', async () => {
  await expect(authorisedFetch(request())).rejects.toThrow('no answer');

  expect(connected.get()).toBe(false);
  expect(session.get().status).toBe('in');
});

test('the first answer after an outage says that it is over', async () => {
  connected.set(false);
  answers.push(json({}));

  await authorisedFetch(request());

  expect(connected.get()).toBe(true);
});

test('logging in keeps the token in memory', () => {
  startSession({ access_token: 'fresh', role: 'isp_admin' });

  expect(session.get()).toEqual({ status: 'in', token: 'fresh', role: 'isp_admin' });
});

test('every request asks for the language of the page, also the one that renews the session', async () => {
  spoken.set('pt-BR');
  answers.push(json({}, 401), json({ access_token: 'new', role: 'isp_admin' }), json({}));

  await authorisedFetch(request());
  spoken.set('en');

  expect(asked.map((one) => one.headers.get('Accept-Language'))).toEqual(['pt-BR', 'pt-BR', 'pt-BR']);
});
