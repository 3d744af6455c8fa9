// Microphones and speakers: which one is used, and why there is none.
import { Store } from '../../kit/store';

const KEPT = 'patchbay.phone.devices';

/** Device ids of this browser; empty: the system's choice. */
export interface Chosen {
  microphone: string;
  speaker: string;
}

export type MicrophoneTrouble = 'refused' | 'missing' | 'busy' | 'insecure';

export class MicrophoneError extends Error {
  constructor(readonly trouble: MicrophoneTrouble, cause?: unknown) {
    super(trouble, { cause });
  }
}

function readKept(): Chosen {
  const nothing = { microphone: '', speaker: '' };
  try {
    return { ...nothing, ...(JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Chosen>) };
  } catch {
    return nothing;
  }
}

export const chosen = new Store<Chosen>(readKept());

export function choose(change: Partial<Chosen>): void {
  chosen.set({ ...chosen.get(), ...change });
  localStorage.setItem(KEPT, JSON.stringify(chosen.get()));
}

/** Whether a page may have a microphone at all: only one from https or from this machine may. */
export function canCall(): boolean {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  return window.isSecureContext && mediaDevices !== undefined && 'RTCPeerConnection' in window;
}

export function audioConstraints(): MediaStreamConstraints {
  const { microphone } = chosen.get();
  return { audio: microphone ? { deviceId: { exact: microphone } } : true, video: false };
}

/** Raises MicrophoneError. A chosen device that is unplugged is passed over. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!canCall()) throw new MicrophoneError('insecure');
  const { microphone } = chosen.get();
  try {
    return await navigator.mediaDevices.getUserMedia(audioConstraints());
  } catch (error) {
    const { name } = error as DOMException;
    if (microphone && (name === 'OverconstrainedError' || name === 'NotFoundError')) {
      choose({ microphone: '' });
      return openMicrophone();
    }
    throw new MicrophoneError(troubleOf(name), error);
  }
}

function troubleOf(name: string): MicrophoneTrouble {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' ? 'missing' : 'busy';
}

export function stopStream(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** Firefox and Safari have no choice of speakers for a page. */
export const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

/** Plays on the chosen speaker, or on the usual one if that is gone. */
export async function play(stream: MediaStream, player: HTMLAudioElement): Promise<void> {
  player.srcObject = stream;
  await setSpeaker(player, chosen.get().speaker);
  await player.play();
}

export async function setSpeaker(player: HTMLAudioElement, speaker: string): Promise<void> {
  if (!canChooseSpeaker) return;
  await player.setSinkId(speaker).catch(() => player.setSinkId(''));
}

/** Their names are empty until the microphone was allowed once. */
export async function listDevices(kind: 'audioinput' | 'audiooutput'): Promise<MediaDeviceInfo[]> {
  if (!canCall()) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((one) => one.kind === kind && one.deviceId !== '' && one.deviceId !== 'default');
}
