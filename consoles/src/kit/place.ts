// Where this page is. The tenant console has its tenant in the address, /console/<tenant id>/calls, and the ISP's admin who
// looks at one is at /console/view/<tenant id>/calls, so that a reload or a link that is sent on stays where it was.
const [, console = '', second = '', third = ''] = location.pathname.split('/');
const isView = console === 'console' && second === 'view';
const named = isView ? third : second;

export const CONSOLE = console;
/** Empty: the console hasn't said yet which tenant. */
export const tenantInPath = console === 'console' && /^ten_\w+$/.test(named) ? named : '';
/** Set: an ISP's admin looks at this tenant. */
export const viewedTenant = isView ? tenantInPath : '';
export const basepath = tenantInPath ? `/console${isView ? '/view' : ''}/${tenantInPath}` : `/${console}`;
/** Whose cookie the session is renewed by. */
export const SESSION_OF = viewedTenant ? 'isp' : console;
