/** How a call ended, as JsSIP tells it. */
export interface Ended {
  cause: string;
  /** Of the final reply; 0 without one. */
  status: number;
  byUs: boolean;
}

const REFUSED: Record<number, string> = {
  403: 'end.not_allowed',
  404: 'end.not_found',
  408: 'end.no_answer',
  480: 'end.unavailable',
  484: 'end.not_found',
  486: 'end.busy',
  487: 'end.cancelled',
  488: 'end.media',
  500: 'end.trouble',
  503: 'end.trouble',
  600: 'end.busy',
  603: 'end.declined',
  604: 'end.not_found',
};

const CAUSES: Record<string, string> = {
  'Connection Error': 'end.connection',
  'Dialog Error': 'end.lost',
  'Request Timeout': 'end.no_reply',
  'RTP Timeout': 'end.lost',
  'User Denied Media Access': 'end.microphone',
  'WebRTC Error': 'end.media',
  'Bad Media Description': 'end.media',
  'Incompatible SDP': 'end.media',
  'No Answer': 'end.no_answer',
  Canceled: 'end.cancelled',
};

/** The key of what the person is told about a call that reached nobody. */
export function whyNotAnswered(direction: 'in' | 'out', { cause, status, byUs }: Ended): string {
  if (direction === 'in') {
    if (byUs && cause === 'Rejected') return 'end.you_declined';
    return byUs ? (CAUSES[cause] ?? 'end.trouble') : 'end.missed';
  }
  if (byUs && cause === 'Canceled') return 'end.cancelled';
  return REFUSED[status] ?? CAUSES[cause] ?? (status >= 500 ? 'end.trouble' : 'end.unavailable');
}

export function whyOver({ cause, byUs }: Ended): string {
  const trouble = CAUSES[cause];
  if (trouble && trouble !== 'end.cancelled') return trouble;
  return byUs ? 'end.you_hung_up' : 'end.they_hung_up';
}
