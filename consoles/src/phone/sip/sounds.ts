// What the phone itself sounds: made here, so that no file has to be loaded.

const RINGTONE = { tones: [[784, 0, 0.16], [988, 0.18, 0.16], [784, 0.36, 0.16], [988, 0.54, 0.3]], everyMs: 3000, volume: 0.25 } as const;
const RINGBACK = { tones: [[425, 0, 1]], everyMs: 4000, volume: 0.08 } as const;
const TEST_TONE = { tones: [[440, 0, 0.4], [554, 0.45, 0.4], [659, 0.9, 0.6]], everyMs: 0, volume: 0.2 } as const;
const SECOND_CALL = { tones: [[1000, 0, 0.12]], everyMs: 4000, volume: 0.08 } as const;
const KEY_S = 0.12;
// ITU-T Q.23
const COLUMNS = [1209, 1336, 1477];
const ROWS = [697, 770, 852, 941];
const KEYS = '123456789*0#';

interface Melody {
  tones: readonly (readonly [hz: number, at: number, seconds: number])[];
  everyMs: number;
  volume: number;
}

let context: AudioContext | null = null;

function audio(): AudioContext {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  return context;
}

/** A page may only sound after somebody touched it. */
export function isSilenced(): boolean {
  return context?.state === 'suspended';
}

export function wakeSound(): Promise<void> {
  return audio().resume();
}

function beep(frequency: number, at: number, seconds: number, volume: number, destination: AudioNode): void {
  const source = new OscillatorNode(audio(), { frequency });
  const shape = new GainNode(audio(), { gain: 0 });
  const start = audio().currentTime + at;
  shape.gain.setValueAtTime(0, start);
  shape.gain.linearRampToValueAtTime(volume, start + 0.01);
  shape.gain.setValueAtTime(volume, start + seconds - 0.02);
  shape.gain.linearRampToValueAtTime(0, start + seconds);
  source.connect(shape).connect(destination);
  source.start(start);
  source.stop(start + seconds);
}

function sound({ tones, volume }: Melody, destination: AudioNode): void {
  for (const [hz, at, seconds] of tones) beep(hz, at, seconds, volume, destination);
}

let playing: { melody: Melody; stop: () => void } | null = null;

/** One at a time; null is silence. */
function keepPlaying(melody: Melody | null): void {
  if (playing?.melody === melody) return;
  playing?.stop();
  playing = null;
  if (!melody) return;
  const gate = new GainNode(audio());
  gate.connect(audio().destination);
  sound(melody, gate);
  const timer = setInterval(() => sound(melody, gate), melody.everyMs);
  playing = {
    melody,
    stop: () => {
      clearInterval(timer);
      gate.disconnect();
    },
  };
}

export type Sound = 'ringtone' | 'ringback' | 'second_call' | 'none';
const MELODIES: Record<Sound, Melody | null> = { ringtone: RINGTONE, ringback: RINGBACK, second_call: SECOND_CALL, none: null };

export function setSound(wanted: Sound): void {
  keepPlaying(MELODIES[wanted]);
}

/** Of a key, at once and for this ear only. */
export function soundKey(key: string): void {
  const index = KEYS.indexOf(key);
  if (index < 0) return;
  for (const hz of [COLUMNS[index % 3], ROWS[Math.floor(index / 3)]]) if (hz) beep(hz, 0, KEY_S, 0.06, audio().destination);
}

/** On a chosen speaker, through an element: a context has no choice of its own everywhere. */
export function testTone(): MediaStream {
  const destination = audio().createMediaStreamDestination();
  sound(TEST_TONE, destination);
  return destination.stream;
}

/** Calls back with the loudness between 0 and 1 until it is stopped. */
export function watchLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const meter = new AnalyserNode(audio(), { fftSize: 1024 });
  const source = audio().createMediaStreamSource(stream);
  source.connect(meter);
  const samples = new Float32Array(meter.fftSize);
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    // -60 dB is silence, 0 dB as loud as it gets
    tell(Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-9)) / 60)));
  }, 100);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}
