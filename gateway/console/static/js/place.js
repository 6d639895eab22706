// The place in a conversation. The list is laid out from its end, so that
// scrollTop is 0 at the newest message and negative above.
import { $ } from "./page.js";

/** n is the number of a message's element. */
export const n = (item) => Number(item?.dataset.n);

/** numbered are the messages of a list. */
export const numbered = (list) => [...list.children].filter((c) => c.dataset.n);

/** whereIn is what to come back to when the messages have changed. */
export const whereIn = (el) => ({ atEnd: el.scrollTop > -60, top: el.scrollTop, height: el.scrollHeight, last: n(numbered($("#messages")).at(-1)) });

/** stay keeps the place, or shows what is new to who looks at the end. */
export function stay(el, was) {
  const fresh = numbered($("#messages")).filter((m) => n(m) > was.last);
  if (was.atEnd || fresh.some((m) => m.classList.contains("mine"))) {
    el.scrollTop = 0;
  } else {
    el.scrollTop = was.top - (el.scrollHeight - was.height);
    if (fresh.some((m) => m.classList.contains("theirs"))) $("#newer").hidden = false;
  }
}
