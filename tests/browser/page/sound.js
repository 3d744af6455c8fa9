// What a page says and hears.

const context = new AudioContext();
const players = new Set(); // a stream that nothing plays arrives as silence
let analyser = null;

export function makeTone(frequency) {
  const oscillator = new OscillatorNode(context, { frequency });
  const volume = new GainNode(context, { gain: 0.5 });
  const destination = context.createMediaStreamDestination();
  oscillator.connect(volume).connect(destination);
  oscillator.start();
  return destination.stream;
}

export function hear(connection) {
  connection.addEventListener("track", ({ track }) => {
    const stream = new MediaStream([track]);
    const player = new Audio();
    player.srcObject = stream;
    player.play();
    players.add(player);
    analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(analyser);
  });
}

// The loudest frequency of the last third of a second, and how loud it is in dB below full scale.
export function measure() {
  if (analyser === null) return { frequency_hz: 0, level_db: -200 };
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.reduce((best, level, bin) => (level > levels[best] ? bin : best), 0);
  const level = Number.isFinite(levels[loudest]) ? levels[loudest] : -200;
  return { frequency_hz: (loudest * context.sampleRate) / analyser.fftSize, level_db: level };
}
