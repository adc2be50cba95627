// The ecology bureau switches on the air-quality emergency: every enterprise has its order at once, confirms it on a phone or objects, and
// is answered within four hours.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site } from "./site.js";

const ECOLOGY = "county-ecology";
const INDUSTRY = "county-industry";
const STEEL = "resident-005";
const COKE = "resident-006";
let site;
let emergency;

before(async () => (site = await Site.start("2022-02-10T21:00:00")));
after(async () => site?.stop());

/// The order that the emergency brought an enterprise, on its desk.
async function order(who) {
  const page = await site.page(who);
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(site.base + "/desk");
  return page.getByRole("main").getByRole("rowheader").getByRole("link", { name: /应急/ }).first().getAttribute("href");
}

test("the emergency is switched on, and announced", async () => {
  emergency = await site.begin(ECOLOGY, "/services/air-emergency/apply?act=start-emergency", "启动", {
    "notice-level": "city", "notice-source": "示市空气应急〔2022〕1号", "starts-on": "2022-02-10",
  }, "emergency");
  const page = await site.page(ECOLOGY);
  await page.goto(site.base + emergency);
  await site.look(page, "emergency-running");
  const text = await page.getByRole("main").innerText();
  assert.match(text, /应急进行中/);
  assert.match(text, /应急响应公告/);
});

test("an enterprise confirms its order on a phone", async () => {
  const path = await order(STEEL);
  const page = await site.page(STEEL);
  await site.look(page, "orders-of-firm");
  await page.goto(site.base + path);
  assert.match(await page.getByRole("main").innerText(), /应急/);
  await site.act(STEEL, path, "签收", {}, "order-receive");
  assert.match(await page.getByRole("main").innerText(), /执行中/);
  await page.getByRole("main").getByRole("link", { name: "管控指令", exact: true }).click();
  await site.look(page, "order-paper");
  const paper = await page.getByRole("main").innerText();
  assert.match(paper, /B级/);
  assert.match(paper, /货车禁用/);
  assert.match(paper, /同时照旧执行\s+KZ-2022-/);
});

test("another objects at night, and is answered within four hours", async () => {
  const path = await order(COKE);
  await site.advance("2022-02-10T22:30:00");
  await site.act(COKE, path, "提出异议", { "objection-ground": "safety", "objection-text": "炉温骤降有危险" }, "order-object");
  const page = await site.page(INDUSTRY);
  await page.goto(site.base + path);
  const text = await page.getByRole("main").innerText();
  assert.match(text, /截止 2022年2月11日 02:30/);
  await site.look(page, "objection");
  await page.goto(site.base + "/desk");
  assert.match(await page.getByRole("main").innerText(), /还有 4 小时/);
  await site.advance("2022-02-11T01:45:00");
  await site.act(INDUSTRY, path, "答复", { "objection-held": "upheld", "objection-why": "按最低安全负荷运行" }, "objection-answer");
});

test("the bureau sees who has confirmed", async () => {
  const page = await site.page(ECOLOGY);
  await page.goto(site.base + "/reports/air-quality/air-orders-by-place");
  await site.look(page, "air-orders");
  assert.match(await page.getByRole("main").innerText(), /金罗镇/);
  assert.deepEqual(site.violations, []);
});
