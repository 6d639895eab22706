// Every page, in the light and in the dark, at a desk and on a phone: it can be
// used by everybody, fits its window, and complains of nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, fits, pagesBelow, picture, sections, sit } from "./desk.mjs";
import { row } from "./inbox.mjs";

const windows = [
  { name: "desk", width: 1280, height: 800 },
  { name: "desk in the dark", width: 1280, height: 800, dark: true },
  { name: "phone", width: 375, height: 740 },
  { name: "phone in the dark", width: 375, height: 740, dark: true },
];

for (const w of windows) {
  test(`pages at a ${w.name}`, async (t) => {
    const desk = await sit(w), seen = new Set();
    for (const path of await sections(desk.page)) {
      await t.test(path, async () => {
        await desk.go(path);
        await accessible(desk.page, path);
        await fits(desk.page, path);
        await inSight(desk.page.locator(".rail-sections a[aria-current]"), desk.page.locator(".rail-sections"), path);
        await picture(desk.page, w, path);
        if (w.dark) return;
        for (const below of await pagesBelow(desk.page, seen)) {
          await desk.go(below);
          await accessible(desk.page, below);
          await fits(desk.page, below);
        }
      });
    }
    await t.test("a conversation", async () => {
      await desk.go("/inbox?view=all"); // the inbox opens where one was last
      await desk.page.locator("#rows .row a").first().click();
      await desk.page.locator("#thread").waitFor();
      await accessible(desk.page, "a conversation");
      await fits(desk.page, "a conversation");
      await picture(desk.page, w, "conversation");
    });
    await t.test("what lies over the page", async () => {
      await desk.go("/knowledge");
      await desk.page.keyboard.press("?");
      await desk.page.locator("#keys[open]").waitFor();
      await accessible(desk.page, "the keys");
      await desk.page.keyboard.press("Escape");
      await desk.page.keyboard.press("Control+k");
      await desk.page.locator("#palette[open]").waitFor();
      await accessible(desk.page, "the palette");
    });
    await desk.rise();
  });
}

/** inSight fails if part of an element lies outside what it is to be seen in. */
async function inSight(element, within, what) {
  const [of, by] = [await element.boundingBox(), await within.boundingBox()];
  assert.ok(of.x >= by.x && of.x + of.width <= by.x + by.width, `${what}: cut off, from ${of.x} to ${of.x + of.width} in ${by.x} to ${by.x + by.width}`);
}

test("no language is too long for what it stands in", async (t) => {
  for (const locale of ["zh-CN", "zh-HK", "en"]) {
    for (const w of [{ width: 1100, height: 800 }, { width: 375, height: 740 }]) {
      await t.test(`${locale}, ${w.width}`, async () => {
        const desk = await sit({ ...w, locale }), { page } = desk;
        await inSight(page.locator("#more-views"), page.locator("#views"), "more views");
        await page.locator("#account > summary").click();
        for (const part of await page.locator(".account-menu > *, .account-menu button").all()) await inSight(part, page.locator(".account-menu"), await part.textContent());
        await page.locator("#account > summary").click();
        await row(page, "李婷").locator("a").click();
        await page.locator("#thread[data-title='李婷']").waitFor();
        for (const [opens, form] of [["details[name=decide]:has([type=date]) > summary", "details[name=decide]:has([type=date]) > form"], ["#later > summary", ".later-form"]]) {
          await page.locator(opens).click();
          await inSight(page.locator(form), page.locator("#main"), form);
          for (const part of await page.locator(form).locator("input:visible, textarea, button:visible, small").all()) await inSight(part, page.locator(form), `within ${form}`);
        }
        await desk.rise();
      });
    }
  }
});

test("the sign-in page", async (t) => {
  for (const w of windows) {
    await t.test(w.name, async () => {
      const desk = await sit({ ...w, signedIn: false });
      await accessible(desk.page, "the sign-in page");
      await fits(desk.page, "the sign-in page");
      await desk.rise();
    });
  }
});
