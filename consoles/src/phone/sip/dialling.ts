// What people type and paste, as what is dialled.

const LINK = /^(?:tel|sips?|callto):/i;
const NUMBER = /^\+?[\d\s().\-/\u00a0\u2010-\u2015]+$/;
const DIALABLE = /^[0-9A-Za-z+*#._-]{1,64}$/;

/** A number without its separators, or a name; empty if it can't be dialled. */
export function readDialled(text: string, domain: string): string {
  let left = text.trim().replace(LINK, '');
  if (left !== text.trim()) left = safelyDecoded(left.replace(/^\/\//, '').split(/[;?]/)[0] ?? '');
  const [user = '', host] = left.split('@');
  if (host !== undefined && host.toLowerCase() !== domain.toLowerCase()) return '';
  const found = NUMBER.test(user) ? user.replace(/[^\d+]/g, '') : user.trim();
  return DIALABLE.test(found) ? found : '';
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The user part of a SIP URI (RFC 3261 25.1): "#" has to be escaped. */
export function sipUri(dialled: string, domain: string): string {
  return `sip:${encodeURIComponent(dialled).replace(/%2B/g, '+')}@${domain}`;
}

/** "alice" of "alice@customer1.example"; what a person reads instead of an address. */
export function userOf(address: string): string {
  return address.split('@')[0] ?? address;
}
