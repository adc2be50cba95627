// A household that left long ago has reached the end of its term of keeping: the assistant finds it in the list and proposes its erasure, the
// cyberspace office confirms after it has seen how much goes, and nothing of it can be read afterwards.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { demoPassword, Site } from "./site.js";

const ASSISTANT = "ningxiang-v1-assistant";
const CYBER = "county-cyber";
const RESIDENT = "resident-001";
const ADDRESS = "虚构路十二号";
const LEFT = `h901,r-001,编造甲,999999199311100033,,141129100201001,${ADDRESS},,,2000-01-01,2009-12-31,141129100201001`;
const HOUSEHOLDS = `${readFileSync(new URL("../../county/registers/households.csv", import.meta.url), "utf8").trimEnd()}\n${LEFT}\n`;
let site;
let matter;

before(async () => (site = await Site.start("2022-02-14T09:00:00", { households: HOUSEHOLDS })));
after(async () => site?.stop());

test("the office that keeps the register finds what has reached its end", async () => {
  const page = await site.page(ASSISTANT);
  await page.goto(site.base + "/keeping");
  await site.look(page, "keeping-index");
  await page.goto(site.base + "/keeping/registers/households");
  await site.look(page, "keeping-due");
  const text = await page.getByRole("main").innerText();
  assert.match(text, /h901[\s\S]*2019年12月31日[\s\S]*提请删除/);
  assert.doesNotMatch(text, /h001/);
  assert.doesNotMatch(text, new RegExp(ADDRESS));
});

test("it proposes the erasure from the list, with the owner filled in", async () => {
  const page = await site.page(ASSISTANT);
  const address = await page.getByRole("main").getByRole("link", { name: "提请删除" }).getAttribute("href");
  matter = await site.begin(ASSISTANT, address, "提请删除", { "erase-ground": "term-over" }, "keeping-propose");
});

test("residents see how long their own data is kept, and what stands against erasing it", async () => {
  const page = await site.page(RESIDENT);
  await page.goto(site.base + "/account/data");
  await site.look(page, "keeping-own");
  assert.match(await page.getByRole("main").innerText(), /还在使用，保存期限没有开始[\s\S]*申请删除/);
  await page.goto(site.base + "/services/homestead-application");
  assert.match(await page.getByRole("main").innerText(), /材料和个人信息保存多久\s*永久/);
});

test("another office confirms, and then nobody reads it any more", async () => {
  const open = await site.page("");
  await open.goto(site.base + "/sign-in");
  await site.act(CYBER, matter, "核准并删除", { _password: await demoPassword(open) }, "keeping-confirm");
  const page = await site.page(CYBER);
  await page.goto(site.base + matter);
  await site.look(page, "keeping-erased");
  assert.match(await page.getByRole("main").innerText(), /个人信息删除证明/);
  const own = await site.page(ASSISTANT);
  await own.goto(site.base + "/registers/households/h901");
  await site.look(own, "keeping-row");
  const text = await own.getByRole("main").innerText();
  assert.match(text, /已依法删除/);
  assert.doesNotMatch(text, new RegExp(ADDRESS));
  await own.goto(site.base + "/keeping/registers/households");
  assert.match(await own.getByRole("main").innerText(), /没有到期的/);
});

test("nothing keeps people out of these pages", () => assert.deepEqual(site.violations, []));
