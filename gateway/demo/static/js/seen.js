// What the phone's owner has looked at, remembered by this browser.

const key = (person, source) => `seen:${person}:${source}`;
const newest = (items) => items.reduce((at, i) => (i.at > at ? i.at : at), "");

/** unread are the items that came after the last look, and after whatever the
 *  person did themselves in that app. */
export function unread(person, source, view) {
  const items = view?.items ?? [];
  const mine = newest(items.filter((i) => i.mine && !i.quiet));
  const seen = localStorage.getItem(key(person, source)) ?? "";
  const since = mine > seen ? mine : seen;
  return items.filter((i) => !i.mine && !i.quiet && i.at > since);
}

/** look notes that everything there is has been seen. */
export function look(person, source, view) {
  const at = newest(view?.items ?? []);
  if (at) localStorage.setItem(key(person, source), at);
}

/** lookAt notes when a person's phone was in hand, for the list of phones. */
export const lookAt = (person, at) => localStorage.setItem(`held:${person}`, at);
export const lookedAt = (person) => localStorage.getItem(`held:${person}`);
