// A township's officer looks up who holds which post, on a phone and at the desk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site } from "./site.js";

let site;

before(async () => (site = await Site.start("2024-03-01T09:00:00")));
after(async () => site?.stop());

test("posts are found by place, office and words, and each has its history", async () => {
  const page = await site.page("ningxiang-planning");
  await page.goto(`${site.base}/posts`);
  await site.look(page, "posts");
  await page.selectOption("select[name=place]", { label: "宁乡镇" });
  await page.getByRole("button", { name: "查找" }).click();
  assert.match(page.url(), /place=141129100/);
  const row = page.getByRole("row").nth(1);
  const name = await row.getByRole("link").first().innerText();
  await row.getByRole("link").first().click();
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), name);
  assert.match(await page.getByRole("main").innerText(), /任职沿革[\s\S]*县的任职表/);
  await site.look(page, "post");
});

test("nothing keeps people out", () => assert.deepEqual(site.violations, []));
