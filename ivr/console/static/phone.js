// The browser phone: one call at a time over one WebSocket, with or without a microphone, with or without sound.
//
// Decided: the microphone is asked for before the call, so that the greeting does not play while a person reads the
// browser's question; but a question that nobody answers holds the call for 15 seconds only, and a microphone that comes
// later joins then. Sound in both directions lives in worklet.js; this page only passes frames on.

import { Transcript } from "./transcript.js";
import { toggleLanguage, translate, word } from "./words.js";

const MICROPHONE_MS = 15_000;
const MOST_UNSENT_BYTES = 16_000; // one second: a voice that is late by more is worth nothing
const PLAY_OUT_MS = 400; // the speaker holds 200 ms at most
const BUSY = 1013;
const OVER = 1000;

const element = (id) => document.getElementById(id);
const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Level 0..1 as a meter's length: 60 dB. */
const length = (level) => Math.max(0, Math.min(1, 1 + Math.log10(level + 1e-9) / 3));
const meter = (id, level) => element(id).style.setProperty("--level", length(level).toFixed(3));

async function microphone() {
  try {
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    return await navigator.mediaDevices.getUserMedia({ audio: wanted });
  } catch {
    return null; // refused, absent, taken, or no secure page: the call goes on without, and the notice says so
  }
}

class Call {
  constructor() {
    this.over = false;
    this.answeredAt = 0;
    this.transcript = new Transcript();
    this.socket = null;
    this.stream = null;
    this.context = window.AudioWorkletNode ? new AudioContext({ latencyHint: "interactive" }) : null;
  }

  async start() {
    setState("asking");
    const asked = microphone();
    this.sound = this.openSound();
    asked.then((stream) => this.join(stream));
    await Promise.race([asked, later(MICROPHONE_MS)]);
    await this.sound;
    if (this.over) return;
    setState("calling");
    this.socket = new WebSocket(new URL("call", location.href.replace(/^http/, "ws")));
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.take(data);
    this.socket.onclose = ({ code, reason }) => this.closed(code, reason);
  }

  async openSound() {
    if (!this.context) return;
    this.context.resume();
    try {
      await this.context.audioWorklet.addModule("worklet.js");
    } catch {
      await this.end("byFault"); // the server is gone: there is nobody to call either
    }
    if (this.over) return;
    this.speaker = new AudioWorkletNode(this.context, "phone-speaker", { numberOfInputs: 0, outputChannelCount: [1] });
    this.speaker.port.onmessage = ({ data }) => this.heardSound(data);
    this.speaker.connect(this.context.destination);
  }

  async join(stream) {
    await this.sound;
    if (this.over) stream?.getTracks().forEach((track) => track.stop());
    if (this.over) return;
    if (!stream) {
      notice(this.context ? "noMicrophone" : "noSecure");
      return;
    }
    this.stream = stream;
    const options = { channelCount: 1, channelCountMode: "explicit", outputChannelCount: [1] };
    const ear = new AudioWorkletNode(this.context, "phone-microphone", options);
    ear.port.onmessage = ({ data }) => this.spoke(data);
    this.context.createMediaStreamSource(stream).connect(ear).connect(this.context.destination); // silent, but pulled
    stream.getAudioTracks()[0].onended = () => this.over || this.withoutMicrophone();
    setMicrophone("on");
  }

  withoutMicrophone() {
    setMicrophone("off");
    notice("noMicrophone");
  }

  /** From the microphone: 20 ms. */
  spoke({ pcm, level }) {
    meter("voice", level);
    if (this.socket?.readyState === WebSocket.OPEN && this.socket.bufferedAmount < MOST_UNSENT_BYTES) this.socket.send(pcm);
  }

  /** From the speaker: how it fares. */
  heardSound({ level, bufferedMs, gaps, dropped }) {
    meter("sound", level);
    const quality = element("quality");
    Object.assign(quality.dataset, { level, bufferedMs, gaps, dropped });
    quality.textContent = `${word("buffer")} ${bufferedMs} ms · ${word("gaps")} ${gaps} · ${word("dropped")} ${dropped}`;
  }

  /** From the server. */
  take(data) {
    if (this.over) return;
    if (data instanceof ArrayBuffer) {
      this.speaker?.port.postMessage(data, [data]);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "answered") this.answered();
    if (message.type === "clear") this.speaker?.port.postMessage("clear");
    if (message.type === "handed_off") setState("handed");
    if (message.type === "HungUp") this.hungUpBy = message.by;
    this.transcript.take(message);
  }

  answered() {
    this.answeredAt = Date.now();
    setState("talking");
  }

  send(message) {
    if (this.answeredAt && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  hangUp() {
    this.send({ type: "hang_up" });
    this.speaker?.port.postMessage("clear");
    this.end("byCaller");
  }

  closed(code, reason) {
    const by = { caller: "byCaller", hotline: "byHotline", fault: "byFault" }[this.hungUpBy];
    if (document.body.dataset.state === "handed") this.end("handed");
    else if (code === BUSY) this.end("busy");
    else if (code === OVER) this.end(by ?? "byHotline");
    else if (reason) this.end("closed", reason);
    else this.end("byFault");
  }

  async end(why, detail = "") {
    if (this.over) return;
    this.over = true;
    this.transcript.end(why, detail);
    setState("ended");
    setMicrophone("off");
    meter("voice", 0);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.socket?.close(OVER);
    await later(PLAY_OUT_MS);
    await this.context?.close();
    meter("sound", 0);
  }
}

let call = null;
const calling = () => call !== null && !call.over;

function setState(state) {
  document.body.dataset.state = state;
  element("state").dataset.word = state;
  element("call-word").dataset.word = calling() ? "hangUp" : "call";
  const talking = state === "talking";
  for (const control of element("typing").elements) control.disabled = !talking;
  if (state === "asking") notice("");
  translate();
}

function setMicrophone(state) {
  document.body.dataset.microphone = state;
  const mute = element("mute");
  mute.disabled = state === "off";
  mute.setAttribute("aria-pressed", String(state === "muted"));
  mute.dataset.label = state === "muted" ? "unmute" : "mute";
  translate();
}

function notice(key) {
  const place = element("notice");
  place.hidden = !key;
  place.dataset.word = key || "idle";
  translate();
}

function dial() {
  if (calling()) return;
  call = new Call();
  call.start();
}

function press(key) {
  if (!calling()) return;
  call.send({ type: "key", key });
  const button = document.querySelector(`[data-key="${key}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 140);
}

function toggleMute() {
  const muted = document.body.dataset.microphone !== "muted";
  for (const track of call.stream.getAudioTracks()) track.enabled = !muted;
  setMicrophone(muted ? "muted" : "on");
}

function tick() {
  if (!calling() || !call.answeredAt) return;
  const passed = Math.floor((Date.now() - call.answeredAt) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  element("timer").textContent = `${two(Math.floor(passed / 60))}:${two(passed % 60)}`;
}

/** Digits press keys, Enter calls, Esc hangs up; in the text box only Esc does, and an input method's Enter is its own. */
function onKeyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape" && calling()) call.hangUp();
  if (event.target.closest("input")) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
  if (event.key === "Enter" && !event.target.closest("button")) dial();
}

function type(event) {
  event.preventDefault();
  const text = element("text").value.trim();
  if (text && calling()) call.send({ type: "say", text });
  element("text").value = "";
}

for (const key of "123456789*0#") {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.key = key;
  button.textContent = key === "*" ? "∗" : key;
  button.onclick = () => press(key);
  element("keys").append(button);
}
element("call").onclick = () => (calling() ? call.hangUp() : dial());
element("mute").onclick = toggleMute;
element("language").onclick = toggleLanguage;
element("typing").onsubmit = type;
element("keypad").onclick = ({ currentTarget }) => {
  const open = document.body.classList.toggle("keypad-open");
  currentTarget.setAttribute("aria-expanded", String(open));
};
document.addEventListener("keydown", onKeyDown);
window.addEventListener("pagehide", () => call?.socket?.close(OVER));
setInterval(tick, 250);
translate();
