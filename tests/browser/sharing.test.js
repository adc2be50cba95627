// Another office finds a register in the catalogue, asks for it, is granted it, takes it through the interface; the owner sees that.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site } from "./site.js";

const OWNER = "county-emergency";
const OTHER = "county-market";
const SHARE = "/shares/work-safety/business-units";
let site;
let key;

before(async () => (site = await Site.start("2024-03-04T09:00:00")));
after(async () => site?.stop());

async function take(path = "", secret = key) {
  const answer = await fetch(`${site.base}/api/v1${SHARE}/rows${path}`, { headers: { Authorization: `Bearer ${secret}` } });
  return { status: answer.status, body: await answer.json() };
}

test("anybody reads the catalogue and how to get a share", async () => {
  const page = await site.page("");
  await page.goto(site.base + "/shares");
  await site.look(page, "shares");
  await page.getByRole("main").getByRole("link", { name: "生产经营单位", exact: true }).click();
  await site.look(page, "share");
  assert.match(await page.getByRole("main").innerText(), /有条件共享[\s\S]*县应急管理局|县应急管理局[\s\S]*有条件共享/);
});

test("the other office makes a key, and without a grant it opens nothing", async () => {
  const page = await site.page(OTHER);
  await page.goto(site.base + "/admin/keys");
  await page.getByLabel("哪个系统用").fill("双随机抽查系统");
  await page.getByLabel("90 天").check();
  await page.getByRole("main").getByRole("button", { name: "生成" }).click();
  await site.look(page, "keys");
  key = await page.locator("code.secret").innerText();
  const told = await take();
  assert.equal(told.status, 403);
  assert.equal(told.body.reasons[0].code, "no-grant");
});

test("it asks from the share's page", async () => {
  const page = await site.page(OTHER);
  await page.goto(site.base + SHARE);
  const ask = await page.getByRole("main").getByRole("link", { name: /申请/ }).getAttribute("href");
  await site.begin(OTHER, ask, "申请", {
    purpose: "按登记事项抽取检查对象", "legal-ground": "《企业信息公示暂行条例》第十四条", "wanted-fields": "uscc, enterprise-name", "wanted-until": "2024-06-30",
  }, "share-ask");
});

test("the owner grants it, and sees who takes what", async () => {
  const page = await site.page(OWNER);
  await page.goto(site.base + "/desk");
  const matter = await page.getByRole("main").getByRole("link", { name: /生产经营单位/ }).first().getAttribute("href");
  await site.act(OWNER, matter, "同意", { "given-fields": "uscc, enterprise-name", "given-until": "2024-06-30" }, "share-grant");
  const told = await take("?limit=3");
  assert.equal(told.status, 200, JSON.stringify(told.body));
  assert.deepEqual(Object.keys(told.body.items[0].record), ["enterprise-name", "uscc"]);
  assert.equal((await take("?fields=employees")).status, 403);
  await page.goto(site.base + SHARE + "/uses");
  await site.look(page, "share-uses");
  assert.match(await page.getByRole("main").innerText(), /双随机抽查系统[\s\S]*按登记事项抽取检查对象/);
  await page.goto(site.base + SHARE + "/quality");
  await site.look(page, "share-quality");
});

test("a key taken back opens nothing any more", async () => {
  const page = await site.page(OTHER);
  await page.goto(site.base + "/admin/keys");
  await page.getByRole("main").getByRole("button", { name: "收回" }).first().click();
  const told = await take();
  assert.equal(told.status, 401);
  assert.equal(told.body.code, "key-revoked");
  assert.deepEqual(site.violations, []);
});
