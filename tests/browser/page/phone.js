// A browser phone without a face, for tests: window.phone is all it has.
import JsSIP from "jssip";
import { hear, makeTone, measure } from "./sound.js";

const events = []; // {kind, originator, cause, status}
let ua = null;
let socket = null;
let session = null;
let options = {};

function note(kind, { originator = "", cause = "", message = null } = {}) {
  events.push({ kind, originator, cause, status: message?.status_code ?? 0 });
}

// Resolves when the registrar has answered. `tone_hz` 0 takes the microphone.
function start(wanted) {
  options = wanted;
  socket = new JsSIP.WebSocketInterface(options.url);
  ua = new JsSIP.UA({
    sockets: [socket],
    ...options.as,
    uri: `sip:${options.user}@${options.domain}`,
    password: options.password,
    register_expires: 300,
    session_timers: false,
    connection_recovery_min_interval: 1,
  });
  ua.on("newRTCSession", adopt);
  ua.on("disconnected", () => note("disconnected"));
  ua.on("registered", () => note("registered"));
  return new Promise((resolve) => {
    ua.once("registered", () => resolve({ registered: true, cause: "", status: 200 }));
    ua.once("registrationFailed", ({ cause, response }) =>
      resolve({ registered: false, cause, status: response?.status_code ?? 0 }),
    );
    ua.start();
  });
}

function adopt({ session: adopted, originator }) {
  session = adopted;
  note("session", { originator });
  for (const kind of ["progress", "confirmed", "ended", "failed", "hold", "unhold", "refer"]) {
    session.on(kind, (event) => note(kind, event));
  }
  if (session.connection) hear(session.connection);
  else session.on("peerconnection", ({ peerconnection }) => hear(peerconnection));
}

async function media() {
  const microphone = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = options.tone_hz
    ? makeTone(options.tone_hz)
    : await navigator.mediaDevices.getUserMedia({ audio: microphone });
  return { mediaStream: stream, pcConfig: { iceServers: [] } };
}

// `only`: the one codec to offer, by the name in its MIME type.
async function call(number, only = "") {
  const eventHandlers = only ? { peerconnection: ({ peerconnection }) => preferOnly(peerconnection, only) } : {};
  ua.call(`sip:${number}@${options.domain}`, { ...(await media()), eventHandlers });
}

function preferOnly(connection, name) {
  const wanted = RTCRtpReceiver.getCapabilities("audio").codecs.filter(({ mimeType }) =>
    [`audio/${name}`, "audio/telephone-event"].includes(mimeType),
  );
  const createOffer = connection.createOffer.bind(connection);
  connection.createOffer = (...settings) => {
    connection.getTransceivers().forEach((each) => each.setCodecPreferences(wanted));
    return createOffer(...settings);
  };
}

async function answer() {
  session.answer(await media());
}

// JsSIP refuses a re-INVITE, by returning false, while another is in progress.
async function whenReady(offerAgain) {
  while (!offerAgain()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function statistics() {
  const found = { received: 0, lost: 0, sent: 0, codec: "", energy: 0, dtls: "" };
  const report = await session.connection.getStats();
  report.forEach((each) => {
    if (each.type === "inbound-rtp") {
      found.received = each.packetsReceived;
      found.lost = each.packetsLost;
      found.energy = each.totalAudioEnergy;
      found.codec = report.get(each.codecId)?.mimeType ?? "";
    }
    if (each.type === "outbound-rtp") found.sent = each.packetsSent;
    if (each.type === "transport") found.dtls = each.dtlsState;
  });
  return found;
}

window.phone = {
  events,
  start,
  call,
  answer,
  statistics,
  heard: measure,
  cut: () => socket._ws.close(),
  probe: () => session.sendRequest("OPTIONS", { eventHandlers: { onDialogError: () => note("gone") } }),
  whoAmI: () => ({ contact_uri: ua.contact.uri.toString(), instance_id: ua.configuration.instance_id }),
  hangUp: () => session.terminate(),
  hold: () => whenReady(() => session.hold()),
  resume: () => whenReady(() => session.unhold()),
  press: (digit) => session.sendDTMF(digit, { transportType: "RFC2833" }),
  refer: (number) => void session.refer(`sip:${number}@${options.domain}`),
};
