// A voice message is heard where it stands, as it was spoken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, intercept, phone, sit } from "./desk.mjs";

// open goes to the conversation in which somebody spoke.
async function open(page) {
  await page.locator(".row", { hasText: "王芳" }).first().locator("a").click();
  await page.locator(".player").first().waitFor();
  return page.locator(".player").last();
}

// lasting has recordings not end, however slow the machine is, and time pass in
// them as the test says, until it is over.
async function lasting(page) {
  await page.evaluate(() => {
    const { start } = AudioBufferSourceNode.prototype;
    window.lasting = true;
    window.seconds = 0;
    AudioBufferSourceNode.prototype.start = function(...when) {
      this.loop = window.lasting;
      start.apply(this, when);
    };
    Object.defineProperty(BaseAudioContext.prototype, "currentTime", { get: () => window.seconds });
  });
  return {
    pass: (seconds) => page.evaluate((n) => { window.seconds += n; }, seconds),
    over: () => page.evaluate(() => { window.lasting = false; }),
  };
}

const position = (player) => player.locator(".position").textContent();

test("a voice message is played, paused and gone back in, by the keyboard", async () => {
  const desk = await sit(), { page } = desk;
  const loaded = [];
  page.on("request", (r) => loaded.push(new URL(r.url()).pathname));
  page.on("worker", (w) => loaded.push(new URL(w.url()).pathname));
  const player = await open(page), play = player.locator(".play");
  assert.equal((await player.locator(".clock").innerText()).replace(/\s+/g, " "), "0:00 / 0:04");
  assert.match(await page.locator(".voice .transcript").last().innerText(), /户口/);
  const heavy = () => loaded.filter((path) => /amrnb|voiceworker|\/voice\//.test(path));
  assert.deepEqual(heavy(), [], "what nobody listens to is loaded");

  const time = await lasting(page);
  await play.focus();
  await page.keyboard.press("Space");
  await page.locator(".player.playing").waitFor();
  assert.equal(await play.getAttribute("aria-label"), "暂停");
  await time.pass(1.2);
  await page.waitForFunction(() => document.querySelector(".player.playing .position")?.textContent === "0:01");
  assert.ok(heavy().some((path) => path.endsWith("amrnb.js")) && heavy().some((path) => /\/inbox\/.*\/voice\//.test(path)), String(heavy()));
  await page.keyboard.press("Space");
  await page.locator(".player.playing").waitFor({ state: "detached" });
  const held = await position(player);
  assert.equal(held, "0:01", "pausing loses the place");

  await player.locator("input").focus();
  await page.keyboard.press("End");
  assert.equal(await player.locator("input").getAttribute("aria-valuetext"), "0:03 / 0:04");
  await page.keyboard.press("Home");
  assert.equal(await position(player), "0:00");

  const known = heavy().length;
  await time.over();
  await play.focus();
  await page.keyboard.press("Space");
  await page.locator(".player.playing").waitFor();
  await page.locator(".player.playing").waitFor({ state: "detached" }); // it comes to its end
  assert.equal(await position(player), "0:00");
  assert.equal(heavy().length, known, "it is fetched again");
  await accessible(page, "a voice message");
  await desk.rise();
});

test("a recording that is asked for twice is fetched once, and a press while it comes calls it off", async () => {
  const desk = await sit(), { page } = desk;
  const player = await open(page), play = player.locator(".play");
  let fetched = 0, answer;
  const released = new Promise((resolve) => { answer = resolve; });
  await intercept(page, /\/voice\//, async (route) => { fetched++; await released; await route.continue(); });
  await play.click();
  await page.locator(".player[aria-busy=true]").waitFor();
  await play.click(); // called off
  answer();
  await page.locator(".player[aria-busy=false]").waitFor();
  assert.equal(await page.locator(".player.playing").count(), 0, "what was called off is heard");
  await play.click();
  await page.locator(".player.playing").waitFor();
  assert.equal(fetched, 1);
  await play.click();
  await page.locator(".player.playing").waitFor({ state: "detached" });
  await desk.rise();
});

test("the original can be downloaded", async () => {
  const desk = await sit(), { page } = desk;
  const player = await open(page);
  const [download] = await Promise.all([page.waitForEvent("download"), player.locator("a[download]").click()]);
  assert.match(download.suggestedFilename(), /-v\d+\.amr$/);
  const bytes = [];
  for await (const part of await download.createReadStream()) bytes.push(part);
  assert.equal(Buffer.concat(bytes).subarray(0, 6).toString(), "#!AMR\n");
  await desk.rise();
});

test("a voice message arrives in an open thread, with what is heard in it or that nothing is", async () => {
  const desk = await sit(), candidate = await phone("王芳"), { page } = desk;
  await open(page);
  await page.evaluate(() => { window.neverLeft = true; });
  await lasting(page);
  const had = await page.locator(".voice").count();
  const send = async (words) => {
    const composer = candidate.page.locator("#composer"), hold = composer.locator("button.hold");
    if (!(await hold.isVisible()) && !(await composer.locator("textarea").isVisible())) await composer.locator("button").first().click();
    if (!(await hold.isVisible())) await composer.locator("button.speak").click();
    await hold.click();
    await candidate.page.locator("#sheet textarea").fill(words);
    await candidate.page.locator("#sheet button.green").click();
  };
  await send("");
  await page.locator(".voice").nth(had).locator(".player").waitFor({ timeout: 15000 });
  assert.match(await page.locator(".voice").nth(had).innerText(), /未识别/);
  await page.locator(".voice").nth(had).locator(".play").click();
  await page.locator(".player.playing").waitFor();
  await send("宿舍有空调吗");
  await page.locator(".voice", { hasText: "宿舍有空调吗" }).locator(".player").waitFor({ timeout: 15000 });
  assert.equal(await page.locator(".player.playing").count(), 1, "what arrives stops what is heard");
  assert.ok(await page.evaluate(() => window.neverLeft), "the page was loaded again");
  await candidate.rise();
  await desk.rise();
});
