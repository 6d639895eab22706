// Voice messages are played where they stand, one at a time. Browsers do not know
// the format of phones: the decoder is loaded when somebody first wants to hear.
import { $, onSettle } from "./page.js";

const rate = 8000, remembered = 8, slowest = 20000;
const decoded = new Map(); // by address, the latest last
let context, worker, playing; // playing: { player, buffer, source, from, since }

/** decode turns a recording into samples, in another thread. */
function decode(bytes) {
  return new Promise((resolve, reject) => {
    worker ??= new Worker(new URL("./voiceworker.js", import.meta.url));
    const fail = (why) => { clearTimeout(late); worker.terminate(); worker = null; reject(why); };
    const late = setTimeout(fail, slowest, new Error("decoding takes too long"));
    worker.onerror = (e) => { e.preventDefault(); fail(new Error(e.message)); };
    worker.onmessage = ({ data }) => {
      clearTimeout(late);
      if (data.amr?.length) resolve(data.amr);
      else reject(new Error("nothing to hear"));
    };
    worker.postMessage({ command: "decode", buffer: bytes });
  });
}

let busy = Promise.resolve(); // the worker decodes one after the other

/** sound is a recording, fetched and decoded once however often it is asked for. */
function sound(address) {
  let known = decoded.get(address);
  if (!known) {
    known = load(address);
    decoded.set(address, known);
    known.catch(() => decoded.delete(address));
    if (decoded.size > remembered) decoded.delete(decoded.keys().next().value);
  }
  return known;
}

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok || answer.headers.get("Content-Type") !== "audio/amr") throw new Error("the recording does not come");
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const samples = await (busy = busy.catch(() => {}).then(() => decode(bytes)));
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  return buffer;
}

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
const heard = () => Math.min(playing.from + context.currentTime - playing.since, playing.buffer.duration);

function show(player, seconds) {
  const at = $("input", player), whole = player.dataset.length / 1000;
  at.value = seconds * 1000;
  at.setAttribute("aria-valuetext", `${clock(seconds)} / ${clock(Math.round(whole))}`);
  $(".position", player).textContent = clock(seconds);
}

function mark(player, on) {
  player.classList.toggle("playing", on);
  $(".play", player).setAttribute("aria-label", on ? player.dataset.pause : player.dataset.play);
}

/** stop stops what is heard and leaves its place, or its beginning, to go on from. */
function stop(place = heard()) {
  const { player, source } = playing;
  source.onended = null;
  source.stop();
  show(player, place);
  mark(player, false);
  playing = null;
}

function tick() {
  if (!playing) return;
  show(playing.player, heard());
  requestAnimationFrame(tick);
}

function start(player, buffer) {
  if (playing) stop();
  const source = context.createBufferSource();
  let from = $("input", player).value / 1000;
  if (from >= buffer.duration - 0.05) from = 0;
  source.buffer = buffer;
  source.connect(context.destination);
  source.onended = () => stop(0);
  source.start(0, from);
  playing = { player, buffer, source, from, since: context.currentTime };
  mark(player, true);
  tick();
}

let wanted; // the player that is to be heard next

function loading(player, on) {
  player.classList.toggle("loading", on);
  player.setAttribute("aria-busy", on);
}

async function play(player) {
  wanted = player;
  if (playing) stop();
  context ??= new AudioContext();
  loading(player, true);
  $(".wrong", player).textContent = "";
  try {
    await context.resume();
    const buffer = await sound(player.dataset.src);
    if (wanted === player && player.isConnected) start(player, buffer);
  } catch {
    $(".wrong", player).textContent = $(".wrong", player).dataset.words;
  } finally {
    loading(player, false);
  }
}

document.addEventListener("click", (e) => {
  const player = e.target.closest(".play")?.closest(".player");
  if (!player) return;
  if (player.classList.contains("loading")) wanted = wanted === player ? null : player;
  else if (playing?.player !== player) play(player);
  else stop();
});

document.addEventListener("input", (e) => {
  const player = e.target.closest(".player");
  if (!player) return;
  const seconds = e.target.value / 1000;
  if (playing?.player === player) {
    const { buffer } = playing;
    stop(seconds);
    start(player, buffer);
  } else {
    show(player, seconds);
  }
});

// Another conversation is opened: nothing goes on from behind it.
onSettle(() => { if (playing && !playing.player.isConnected) stop(); });
