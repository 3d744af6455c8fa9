// Put into a page before anything else runs: what arrives in its calls can be measured, and its microphone may be a tone.
(() => {
  const context = new AudioContext();
  const heard = []; // {connection, analyser}
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener('track', ({ track }) => {
        const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        heard.push({ connection: this, analyser });
      });
    }
  };

  function measure({ analyser }) {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.reduce((best, level, bin) => (level > levels[best] ? bin : best), 0);
    const db = Number.isFinite(levels[loudest]) ? levels[loudest] : -200;
    return { hz: (loudest * context.sampleRate) / analyser.fftSize, db };
  }

  const open = () => heard.filter(({ connection }) => connection.connectionState !== 'closed');

  window.ears = {
    // The loudest of all calls, over the last third of a second
    heard: () => open().map(measure).reduce((best, one) => (one.db > best.db ? one : best), { hz: 0, db: -200 }),
    async statistics() {
      const found = [];
      for (const { connection } of open()) {
        const report = await connection.getStats();
        for (const each of report.values()) {
          if (each.type !== 'inbound-rtp') continue;
          found.push({ received: each.packetsReceived, lost: each.packetsLost, codec: report.get(each.codecId)?.mimeType ?? '' });
        }
      }
      return found;
    },
    speak(frequency) {
      navigator.mediaDevices.getUserMedia = async () => {
        const oscillator = new OscillatorNode(context, { frequency });
        const volume = new GainNode(context, { gain: 0.5 });
        const destination = context.createMediaStreamDestination();
        oscillator.connect(volume).connect(destination);
        oscillator.start();
        return destination.stream;
      };
    },
  };
})();
