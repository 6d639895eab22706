// What scripts do again and again at the inbox, and what they read from it.
import assert from "node:assert/strict";
import { before } from "node:test";
import { sit } from "./desk.mjs";

/** row is that of a candidate. */
export const row = (page, name) => page.locator("#rows .row", { hasText: name });

/** names are those of the rows, in their order. */
export const names = (page) => page.locator("#rows .row .row-name").allTextContents();

/** listed waits until the list has these names in it, and no others. */
export const listed = (page, ...want) => page.waitForFunction((want) =>
  [...document.querySelectorAll("#rows .row-name")].map((n) => n.textContent.trim()).sort().join() === want, want.sort().join());

/** withIn are the names of the rows that a selector matches something of. */
export const withIn = (page, selector, hasText) => page.locator("#rows .row")
  .filter({ has: page.locator(selector, hasText ? { hasText } : {}) }).locator(".row-name").allTextContents();

/** seeded waits until the demonstration's candidates have said what they say at its start. */
async function seeded(page) {
  await row(page, "王芳").locator(".chip.queue").waitFor();
  await row(page, "李婷").locator(".chip.act").waitFor();
  await row(page, "张伟").locator(".chip", { hasText: "2 份待审" }).waitFor();
  await row(page, "周强").locator(".answer-declined").waitFor();
  for (const name of ["Emily Carter", "James Wilson", "赵敏", "赵雪"]) await row(page, name).locator(".answer-confirmed").waitFor();
  await row(page, "未识别的关注者").waitFor();
}

before(async () => {
  const desk = await sit();
  await seeded(desk.page);
  await desk.rise();
});

/** turnTo opens a view by the menu that has all of them. */
export async function turnTo(page, view) {
  await page.locator("#more-views > summary").click();
  await page.locator(`#more-views [data-view=${view}]`).click();
  await page.locator(`#list[data-place="/inbox?view=${view}"]`).waitFor();
  await lookAway(page);
}

/** told is how many the menu says are in a view. */
export async function told(page, view) {
  const count = page.locator(`#more-views [data-view=${view}] .count`);
  return (await count.count()) ? Number(await count.textContent()) : 0;
}

/** open shows the conversation of a candidate in the list, and lets the list go on. */
export async function open(page, name) {
  await row(page, name).locator("a").click();
  await page.locator(`#thread[data-title="${name}"]`).waitFor();
  await lookAway(page);
}

/** lookAway takes the pointer from the list, whose rows hold still under it. */
export const lookAway = (page) => page.mouse.move(900, 300);

/** says waits for the line below that tells what came of something. */
export const says = (page, words) => page.locator("#notice.on", { hasText: words }).waitFor();

/** same fails unless two lists have the same in them. */
export const same = (got, want, what) => assert.deepEqual([...got].sort(), [...want].sort(), what);

/** reply writes words in the open conversation and sends them. */
export async function reply(page, words) {
  await page.locator("#words").fill(words);
  await page.keyboard.press("Control+Enter");
}

/** message is one of the open conversation. */
export const message = (page, words) => page.locator("#messages .message", { hasText: words }).last();

/** owner waits until the open conversation is in those hands. */
export const owner = (page, words) => page.locator(".talk-owner .owner", { hasText: words }).waitFor();

/** written waits until the composer holds these words. */
export const written = (page, words) => page.waitForFunction((words) => document.querySelector("#words").value === words, words);
