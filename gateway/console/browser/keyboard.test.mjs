// Everything by keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sit } from "./desk.mjs";

const openName = (page) => page.locator("#thread").getAttribute("data-title");

test("the list and the thread", async () => {
  const desk = await sit(), { page } = desk, press = (key) => page.keyboard.press(key);
  await press("j");
  await page.locator("#thread").waitFor();
  const first = await openName(page);
  await press("j");
  await page.waitForFunction((was) => document.querySelector("#thread").dataset.title !== was, first);
  await press("k");
  await page.waitForFunction((was) => document.querySelector("#thread").dataset.title === was, first);

  await press("r");
  assert.equal(await page.evaluate(() => document.activeElement.id), "words");
  await page.keyboard.type("草稿：稍后再答");
  await press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "");
  await page.reload();
  assert.equal(await page.locator("#words").inputValue(), "草稿：稍后再答", "the draft is not remembered");
  await press("r");
  await press("Control+a");
  await press("Delete");
  await press("Escape");

  await press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await press("Escape");
  await desk.rise();
});

test("escape closes a menu and gives the focus back", async () => {
  const desk = await sit(), { page } = desk;
  await page.keyboard.press("j");
  await page.locator("#thread").waitFor();
  for (const [menu, within] of [["#later", "input"], ["#hands", "button"]]) {
    await page.locator(`${menu} > summary`).click();
    await page.locator(`${menu} ${within}`).first().focus();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(`${menu}[open]`).count(), 0, menu);
    assert.equal(await page.evaluate(() => document.activeElement.parentElement.id), menu.slice(1));
  }
  await desk.rise();
});

test("letters after g", async () => {
  const desk = await sit(), { page } = desk;
  const letters = await page.locator(".rail-sections a").evaluateAll((all) => all.map((a) => a.dataset.key));
  assert.equal(new Set(letters).size, letters.length, "two sections share a letter");
  for (const key of letters) {
    await page.keyboard.press("g");
    await page.keyboard.press(key.slice(2));
    await page.locator(`.rail-sections a[aria-current=page][data-key="${key}"]`).waitFor();
    await page.waitForLoadState(); // before that, keys are bound to nothing
  }
  await desk.rise();
});

test("the palette", async () => {
  const desk = await sit(), { page } = desk;
  const name = (await page.locator(".row-name").first().textContent()).trim();
  await page.keyboard.press("Control+k");
  await page.locator("#palette-words").fill(name);
  await page.locator("#palette-found [role=option]", { hasText: name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/inbox\/[^/]+$/);
  assert.equal(await openName(page), name);

  await page.keyboard.press("Control+k");
  await page.locator("#palette-words").fill(name);
  await page.locator("#palette-found [role=option]", { hasText: name }).first().waitFor();
  const line = () => page.locator("#palette-found").evaluate((el) => getComputedStyle(el).borderBottomWidth);
  assert.equal(await line(), "0px", "a line parts who is found from nothing");
  await page.locator("#palette-words").fill("knowledge");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/knowledge/);
  await page.keyboard.press("Control+k");
  await page.locator("#palette-words").fill("没有这样的东西");
  await page.locator("#palette-none").waitFor();
  await page.keyboard.press("Escape");
  await desk.rise();
});

test("the help names every key", async () => {
  const desk = await sit(), { page } = desk;
  const module = await page.locator("script[type=module]").getAttribute("src");
  const { bound, helped } = await page.evaluate(async (app) => {
    const keys = await import(app.replace("app.js", "keys.js"));
    return { bound: keys.bound(), helped: [...document.querySelectorAll("#keys dt, [data-key]")].map((el) => el.dataset.key ?? [...el.children].map((k) => k.textContent.toLowerCase()).join(" ")) };
  }, module);
  const understood = new Set(["arrowdown", "arrowup", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  assert.deepEqual(bound.filter((key) => !helped.includes(key) && !understood.has(key)), [], "keys that nobody is told of");
  await desk.rise();
});

test("light and dark", async () => {
  const desk = await sit(), { page } = desk, ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.locator("#account summary").click();
  await page.locator("button[name=theme][value=dark]").click();
  assert.notEqual(await ground(), before);
  await page.locator("#account summary").click();
  await page.locator("button[name=theme][value=light]").click();
  assert.equal(await ground(), before);
  await desk.rise();
});

test("the return key in a reason of one's own refuses the document", async () => {
  const desk = await sit(), { page } = desk;
  await desk.go("/inbox/work/documents");
  await page.locator(".review-forms").waitFor();
  await page.keyboard.press("x");
  await page.locator(".refuse[open] input[name=own]").fill("请拍原件");
  await page.locator(".refuse[open] input[name=own]").press("Enter");
  await page.locator("#before").waitFor();
  assert.match(await page.locator("#before").textContent(), /已退回/);
  await desk.rise();
});

test("the return key in an article's title keeps a draft and publishes nothing", async () => {
  const desk = await sit(), { page } = desk;
  await desk.go("/knowledge/new");
  await page.locator("input[name=title]").fill("食堂几点开门");
  await page.locator("textarea[name=text]").fill("食堂早上七点开门。");
  await page.locator("input[name=title]").press("Enter");
  await page.locator(".chip", { hasText: "草稿" }).first().waitFor();
  assert.equal(await page.locator("input[name=title]").inputValue(), "食堂几点开门");
  await desk.rise();
});
