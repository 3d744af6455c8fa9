// The kit runs in browsers; its rules and words are tested without one.
Object.assign(globalThis, { location: { pathname: '/isp/', origin: 'http://localhost', search: '' } });
