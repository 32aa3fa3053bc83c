// The audio thread of the browser phone: the caller's voice down to the line's 8 kHz, the line's 8 kHz up to the loudspeaker.
//
// Decided: the buffer towards the loudspeaker is small and bounded. It starts to sound at 60 ms, because frames arrive
// every 20 ms and a busy machine is late by one or two; each time it runs dry it starts 20 ms later, up to 120. It never
// holds more than 200 ms, because a caller who interrupts must not hear what is old. The two clocks drift apart, so silent
// frames are left out when it holds too much: nobody hears that.

const LINE_RATE = 8000;
const FRAME = 160;
const FIRST_START = 3 * FRAME;
const LAST_START = 6 * FRAME;
const MOST = 10 * FRAME;
const FADE = 40; // 5 ms: a prompt that is cut must not click

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/**
 * Sample rate conversion by a rational factor: a windowed-sinc low-pass in polyphase form (Hann window, 12 zero crossings a side
 * at the lower of both rates, edge at 0.46 of it). State is kept from call to call, so a stream can be fed in any pieces.
 */
class Resampler {
  constructor(from, to) {
    const common = gcd(from, to);
    this.up = to / common;
    this.down = from / common;
    const scale = Math.min(1, to / from); // of the lower rate, in samples of `from`
    const half = Math.ceil(12 / scale);
    this.taps = 2 * half;
    this.phases = Array.from({ length: this.up }, (_, phase) => {
      const kernel = new Float32Array(this.taps);
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap++) {
        const t = tap - half + 1 - phase / this.up;
        const x = 2 * 0.46 * scale * t;
        const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
        const window = Math.abs(t) < half ? 0.5 + 0.5 * Math.cos((Math.PI * t) / half) : 0;
        sum += kernel[tap] = sinc * window;
      }
      return kernel.map((value) => value / sum); // unity gain at every phase: no whistle from uneven ones
    });
    this.past = new Float32Array(this.taps - 1);
    this.phase = 0;
    this.skip = 0; // input samples to pass over before the next output
  }

  /** Feed samples at `from`, get what is ready at `to`. */
  feed(input) {
    const signal = new Float32Array(this.past.length + input.length);
    signal.set(this.past);
    signal.set(input, this.past.length);
    const output = [];
    let at = this.skip;
    while (at + this.taps <= signal.length) {
      const kernel = this.phases[this.phase];
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap++) sum += kernel[tap] * signal[at + tap];
      output.push(sum);
      this.phase += this.down;
      at += Math.floor(this.phase / this.up);
      this.phase %= this.up;
    }
    const keep = Math.min(at, signal.length);
    this.skip = at - keep;
    this.past = signal.slice(keep);
    return output;
  }
}

/** Sends the microphone's signal to the page as 20 ms frames: {pcm: ArrayBuffer of 320 bytes, level: 0..1}. */
class PhoneMicrophone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, LINE_RATE);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.power = 0;
  }

  process([input]) {
    if (!input.length) return true;
    for (const sample of this.resampler.feed(input[0])) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.power += clipped * clipped;
      this.frame[this.filled++] = Math.round(clipped * 32767);
      if (this.filled === FRAME) this.send();
    }
    return true;
  }

  send() {
    const pcm = this.frame.buffer;
    this.port.postMessage({ pcm, level: Math.sqrt(this.power / FRAME) }, [pcm]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.power = 0;
  }
}

/**
 * Plays the line's frames. Takes an ArrayBuffer of 320 bytes, or "clear"; tells the page every 100 ms
 * {level: 0..1, bufferedMs, gaps: times it ran dry while sounding, dropped: frames left out}.
 */
class PhoneSpeaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(LINE_RATE, sampleRate);
    this.buffer = []; // samples at 8 kHz, at most MOST
    this.ready = []; // samples at the context's rate, less than one block
    this.start = FIRST_START;
    this.sounding = false;
    this.cleared = false;
    this.power = 0;
    this.counted = 0;
    this.gaps = 0;
    this.dropped = 0;
    this.port.onmessage = ({ data }) => (data === "clear" ? this.clear() : this.take(new Int16Array(data)));
  }

  take(frame) {
    if (this.buffer.length >= this.start + 2 * FRAME && frame.every((sample) => sample === 0)) {
      this.dropped++;
      return;
    }
    for (const sample of frame) this.buffer.push(sample / 32768);
    if (this.buffer.length > MOST) {
      const old = this.buffer.length - this.start;
      this.buffer.splice(0, old);
      this.dropped += old / FRAME;
    }
  }

  clear() {
    this.buffer.length = Math.min(this.buffer.length, FADE);
    this.buffer = this.buffer.map((sample, at) => sample * (1 - (at + 1) / FADE));
    this.cleared = true;
  }

  process(_, [output]) {
    const block = output[0];
    if (!this.sounding) this.sounding = this.buffer.length >= this.start;
    while (this.sounding && this.ready.length < block.length) {
      if (!this.buffer.length) {
        this.ranDry();
        break;
      }
      this.ready.push(...this.resampler.feed(this.buffer.splice(0, 32)));
    }
    block.set(this.ready.splice(0, block.length));
    for (let channel = 1; channel < output.length; channel++) output[channel].set(block);
    this.report(block);
    return true;
  }

  ranDry() {
    this.sounding = false;
    if (!this.cleared) {
      this.gaps++;
      this.start = Math.min(this.start + FRAME, LAST_START);
    }
    this.cleared = false;
  }

  report(block) {
    for (const sample of block) this.power += sample * sample;
    this.counted += block.length;
    if (this.counted < sampleRate / 10) return;
    const bufferedMs = Math.round(this.buffer.length / (LINE_RATE / 1000));
    const level = Math.sqrt(this.power / this.counted);
    this.port.postMessage({ level, bufferedMs, gaps: this.gaps, dropped: Math.ceil(this.dropped) });
    this.power = 0;
    this.counted = 0;
  }
}

registerProcessor("phone-microphone", PhoneMicrophone);
registerProcessor("phone-speaker", PhoneSpeaker);
