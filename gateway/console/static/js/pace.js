// How often parts of the page are renewed that change with everything: at once
// where nothing changed for a while, and otherwise so many seconds after the
// last time. The last change is never left out, which htmx's throttle does.

const last = new Map(), waiting = new Map(); // by address and event; what is renewed may be another element each time

function pace(e) {
  const what = e.type.split(/[:.]/).at(-1), seconds = Number(e.target.getAttribute("data-pace-" + what));
  if (!seconds) return;
  const address = e.target.getAttribute("hx-get"), key = what + " " + address;
  const left = (last.get(key) ?? -Infinity) + 1000 * seconds - performance.now();
  if (left <= 0) {
    last.set(key, performance.now());
    return;
  }
  e.stopImmediatePropagation();
  if (waiting.has(key)) return;
  waiting.set(key, setTimeout(() => {
    waiting.delete(key);
    const el = document.querySelector(`[data-pace-${what}][hx-get="${CSS.escape(address)}"]`);
    if (el) htmx.trigger(el, e.type);
  }, left));
}

for (const event of ["sse:inbox", "sse:c.alarms"]) document.addEventListener(event, pace, true);
