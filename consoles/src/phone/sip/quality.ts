// How a call sounds, from what the browser counts: the E-model of ITU-T G.107 with its usual simplifications.
import type { Quality } from './state';

export interface Counted {
  received: number;
  lost: number;
  jitterMs: number;
  roundTripMs: number | null;
  codec: string;
}

interface Stats {
  type: string;
  kind?: string;
  packetsReceived?: number;
  packetsLost?: number;
  jitter?: number;
  codecId?: string;
  mimeType?: string;
  roundTripTime?: number;
  currentRoundTripTime?: number;
  nominated?: boolean;
}

const NO_LOSS_R = 93.2;
/** Packet loss robustness with concealment (G.113 appendix I; Opus as measured with its own). */
const ROBUSTNESS = { opus: 20, other: 25.1 };
const CODING_MS = 20;

export function count(report: ReadonlyMap<string, Stats>): Counted | null {
  let found: Counted | null = null;
  let roundTrip: number | null = null;
  for (const each of report.values()) {
    if (each.type === 'inbound-rtp' && each.kind === 'audio') {
      const codec = report.get(each.codecId ?? '')?.mimeType ?? '';
      found = {
        received: each.packetsReceived ?? 0,
        lost: each.packetsLost ?? 0,
        jitterMs: (each.jitter ?? 0) * 1000,
        roundTripMs: null,
        codec: codec.replace('audio/', ''),
      };
    }
    if (each.type === 'candidate-pair' && each.nominated) roundTrip ??= each.currentRoundTripTime ?? null;
    if (each.type === 'remote-inbound-rtp') roundTrip = each.roundTripTime ?? roundTrip;
  }
  return found && { ...found, roundTripMs: roundTrip === null ? null : roundTrip * 1000 };
}

/** Of what came between two counts. */
export function judge(before: Counted | null, now: Counted): Quality {
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const received = Math.max(0, now.received - (before?.received ?? 0));
  const lossPercent = lost + received === 0 ? 0 : (100 * lost) / (lost + received);
  const mos = meanOpinion(lossPercent, now);
  return {
    mos,
    word: mos >= 4 ? 'good' : mos >= 3.4 ? 'fair' : 'poor',
    lossPercent,
    jitterMs: now.jitterMs,
    roundTripMs: now.roundTripMs,
    codec: now.codec,
  };
}

function meanOpinion(lossPercent: number, { jitterMs, roundTripMs, codec }: Counted): number {
  const delay = (roundTripMs ?? 0) / 2 + 2 * jitterMs + CODING_MS;
  const byDelay = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const robustness = codec.toLowerCase() === 'opus' ? ROBUSTNESS.opus : ROBUSTNESS.other;
  const byLoss = (95 * lossPercent) / (lossPercent + robustness);
  const r = Math.max(0, Math.min(100, NO_LOSS_R - byDelay - byLoss));
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}
