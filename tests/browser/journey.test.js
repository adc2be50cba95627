// One household builds a house: from the self-check to a certificate that anybody can verify.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fill, PAPER, PHOTO, Site } from "./site.js";

const SERVICE = "/services/homestead-application";
let site;

before(async () => (site = await Site.start("2022-03-14T09:00:00")));
after(async () => site?.stop());

const HOUSEHOLD = {
  "applicant-name": "冯永仁",
  "applicant-sex": "m",
  "applicant-phone": "10000000001",
  "applicant-id-number": "999999199311100033",
  "applicant-register-address": "中阳县宁乡镇柳坪村第一组",
  "applicant-is-member": "yes",
  "current-plot-area": "0",
  "current-floor-area": "0",
  "requested-plot-area": "180",
  "requested-footprint-area": "120",
  "requested-address": "柳坪村第一组村东空地",
  "bound-east": "水渠",
  "bound-south": "村道",
  "bound-west": "空地",
  "bound-north": "山坡",
  "requested-plot": "4130800.00 37514000.00\n4130801.00 37514012.00\n4130786.00 37514012.00\n4130785.00 37514000.00",
  "build-type": "new-site",
  "land-class": "construction-land",
  "requested-floor-area": "240",
  "requested-floors": "2",
  "requested-height": "7.20",
  "neighbours-consulted": "yes",
  "application-reason": "迁入落户，没有住房，全家四口人租住。",
  grounds: ["moved-in"],
  "former-plot": "no-plot",
  "whole-household-moved": "yes",
  "disposed-original-dwelling": "no",
  "settlement-paper": PAPER,
  "household-register-copy": PAPER,
  "id-card-copy": PAPER,
  "drawing-source": "firm",
  designer: "某设计院，乙级",
  drawings: PAPER,
  "applicant-signed-on": "2022-03-14",
  "commitment-reason": "planned-relocation",
  "promise-1": "yes",
  "promise-2": "yes",
  "build-within-months": "18",
  "promise-3": "yes",
  "promised-on": "2022-03-14",
};

/// Opens that one of the person's own matters which has such a document.
async function openMatterWith(page, document) {
  await page.goto(site.base + "/track");
  const links = page.getByRole("main").getByRole("rowheader").getByRole("link");
  const addresses = await links.evaluateAll((all) => all.map((link) => link.href));
  for (const address of addresses) {
    await page.goto(address);
    if ((await page.getByRole("main").getByRole("link", { name: document }).count()) > 0) return;
  }
  assert.fail(`no document ${document} in ${addresses.length} matters`);
}

function signature(fields) {
  return Object.fromEntries(fields.map((field) => [field, "yes"]));
}

let matter;

test("a resident finds out whether they qualify, without signing in", async () => {
  const page = await site.page("");
  await page.goto(site.base + "/");
  await site.look(page, "home");
  await page.goto(site.base + SERVICE);
  await site.look(page, "service");
  await page.getByRole("link", { name: "先自查是否符合条件" }).click();
  await site.look(page, "self-check");
  await fill(page, { "applicant-is-member": "yes", "current-plot-area": "0", "requested-plot-area": "260", "build-type": "new-site", "land-class": "construction-land", grounds: ["moved-in"], "former-plot": "no-plot", "neighbours-consulted": "yes", "disposed-original-dwelling": "no" });
  await page.getByRole("button", { name: "查一查" }).click();
  await page.getByRole("heading", { name: "按您填的情况，不符合条件" }).waitFor();
  assert.match(await page.getByRole("main").innerText(), /260 平方米/);
  await site.look(page, "self-check-answer");
});

test("a resident applies in steps and gets a receipt", async () => {
  const page = await site.page("resident-001");
  await page.goto(site.base + SERVICE + "/apply");
  await site.look(page, "apply");
  await page.getByRole("button", { name: "开始填写" }).click();
  for (let step = 1; !page.url().endsWith("/review"); step += 1) {
    assert.ok(step < 20, `stuck at ${page.url()}: ${await page.getByRole("main").innerText()}`);
    if (step === 1) {
      await page.getByRole("button", { name: "保存并继续" }).click();
      await page.getByRole("alert").waitFor();
      await site.look(page, "form-with-errors");
    }
    await fill(page, HOUSEHOLD);
    await site.look(page, `form-${step}`);
    const from = page.url();
    await page.getByRole("button", { name: "保存并继续" }).click();
    await page.waitForURL((url) => url.href !== from, { timeout: 10000 });
  }
  await fill(page, signature(["applicant-signature", "promisor-signature"]));
  await site.look(page, "review");
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByRole("heading", { name: "已收到您的申请" }).waitFor();
  await site.look(page, "receipt");
  matter = new URL(page.url()).pathname.replace("/receipt", "");
});

test("the group meets, displays and endorses", async () => {
  const head = "ningxiang-v1-g1-head";
  const desk = await site.page(head);
  await desk.goto(site.base + "/desk");
  await site.look(desk, "desk-group");
  await site.advance("2022-03-16T09:00:00");
  await site.act(head, matter, "记录会议", {
    "held-on": "2022-03-16", "held-at": "村委会会议室", entitled: "40", attended: "31", "votes-for": "29", "votes-against": "1",
    "votes-abstain": "1", chair: "组长", recorder: "记录员", result: "agree", "minutes-text": "逐户讨论，表决通过",
  }, "group");
  await site.act(head, matter, "张贴公示");
  const page = await site.page("");
  await page.goto(site.base + "/notices");
  await site.look(page, "notices");
  assert.match(await page.getByRole("main").innerText(), /2022年3月23日/);
});

test("a neighbour objects, the group answers, and the notice runs on", async () => {
  await site.advance("2022-03-17T09:00:00");
  const neighbour = await site.page("resident-003");
  await neighbour.goto(site.base + "/notices");
  const way = await neighbour.getByRole("main").getByRole("link", { name: "提出异议" }).getAttribute("href");
  const objection = await site.begin("resident-003", way, "提出异议", {
    "objector-name": "钱石康", "objector-standing": "neighbour", "objector-phone": "10000000003", "objection-content": "新房会挡住出入的路。",
  }, "objection");
  const head = "ningxiang-v1-g1-head";
  const desk = await site.page(head);
  await desk.goto(site.base + matter);
  await site.look(desk, "objection-pending");
  await desk.getByRole("main").getByRole("link", { name: "公示异议" }).click();
  assert.equal(new URL(desk.url()).pathname, objection);
  await site.act(head, objection, "异议不成立", {
    inquiry: "到现场量过，路面留足四米。", "inquiry-meeting-on": "2022-03-17", "inquiry-reasons": "不影响出入。", "objector-told-on": "2022-03-17",
  }, "objection-answer");
  await neighbour.goto(site.base + objection);
  await neighbour.getByRole("main").getByRole("link", { name: "异议处理答复" }).first().click();
  assert.match(await neighbour.getByRole("main").innerText(), /不影响出入/);
  await site.look(neighbour, "objection-answered");
});

test("another resident applies and withdraws", async () => {
  const form = { ...HOUSEHOLD, "applicant-name": "赵林娃", "applicant-sex": "f", "applicant-phone": "10000000002", "applicant-id-number": "999999199503250060" };
  const own = await site.begin("resident-002", SERVICE + "/apply", "提交申请", { ...form, ...signature(["applicant-signature", "promisor-signature"]) });
  await site.act("resident-002", own, "撤回申请", { "withdrawal-reason": "改在城里买房。", "withdrawal-signature": "yes" }, "withdraw");
  const page = await site.page("resident-002");
  assert.match(await page.getByRole("main").innerText(), /撤回/);
  await site.look(page, "withdrawn");
});

test("the notice is over and the group endorses", async () => {
  const head = "ningxiang-v1-g1-head";
  await site.advance("2022-03-24T09:00:00");
  await site.act(head, matter, "签署意见并报村级", { "group-opinion": "agree", "group-head-signature": "yes", "group-signed-on": "2022-03-24" });
});

test("the village reviews", async () => {
  await site.act("ningxiang-v1-head", matter, "通过并报乡镇", {
    "papers-item": "pass", "plan-item": "pass", plan: /宁乡镇国土空间规划/, "style-item": "pass", "neighbours-item": "pass", "one-plot-item": "pass",
    "village-opinion": "agree", "village-head-signature": "yes", "village-signed-on": "2022-03-24",
  }, "village");
  const page = await site.page("ningxiang-v1-head");
  await page.goto(site.base + "/places/141129100201");
  await site.look(page, "place");
  await page.getByRole("main").getByRole("link", { name: "宗地图" }).click();
  await site.look(page, "plots-map");
  await page.locator("figure.plot.map a").first().click();
  await site.look(page, "plot");
});

test("the township accepts, three offices review, the township approves", async () => {
  await site.act("ningxiang-window", matter, "受理", { "papers-complete": "yes" }, "window");
  const planner = await site.page("ningxiang-planning");
  await planner.goto(`${site.base}${matter}/acts/record-site-visit`);
  for (const list of ["参照物", "参照物", "踏勘", "踏勘", "踏勘"]) await planner.getByRole("button", { name: new RegExp(`^添加.*${list}`) }).first().click();
  await fill(planner, {
    "location-plan": PAPER, "plan-position": "柳坪村第一组村东空地", "plot-length": "15.00", "plot-width": "12.00", "plan-bound-east": "水渠",
    "plan-bound-south": "村道", "plan-bound-west": "空地", "plan-bound-north": "山坡", "surveyed-on": "2022-03-24", drafter: "yes",
    "drafted-on": "2022-03-24", "visit-photos": PHOTO, "land-class-on-site": "construction-land", "basic-farmland-overlap": "0",
    "reference-distances.1.object": "村碑", "reference-distances.1.length": "35.20", "reference-distances.1.bearing": "东南",
    "reference-distances.2.object": "电杆", "reference-distances.2.length": "12.00", "reference-distances.2.bearing": "正北",
    "survey-staff.1.survey-office": "economic", "survey-staff.1.survey-name": "经济办", "survey-staff.2.survey-office": "social",
    "survey-staff.2.survey-name": "社会办", "survey-staff.3.survey-office": "planning", "survey-staff.3.survey-name": "规划办",
  });
  await site.look(planner, "site-visit");
  await planner.getByRole("main").getByRole("button", { name: "记录现场踏勘" }).click();
  await site.confirmed(planner, matter);
  assert.equal(new URL(planner.url()).pathname, matter, await planner.getByRole("main").innerText());
  for (const office of ["economic", "social", "planning"]) {
    const page = await site.page(`ningxiang-${office}`);
    await page.goto(`${site.base}${matter}/acts/record-opinion`);
    const own = (await page.locator('.tools a[href="/account"]').innerText()).split(/\s/)[0];
    await site.act(`ningxiang-${office}`, matter, "联审意见", {
      office, "applicant-item": "pass", "area-item": "pass", "drawings-item": "pass", "safety-item": "pass", "plan-item": "pass", "style-item": "pass",
      opinion: "agree", reviewer: new RegExp(`^${own}`), "office-signature": "yes", "office-signed-on": "2022-03-24",
    });
  }
  await site.act("ningxiang-government", matter, "批准", {
    "approved-plot-area": "180", "approved-footprint-area": "120", "approved-address": "柳坪村第一组村东空地", "approved-floor-area": "240",
    "approved-floors": "2", "approved-height": "7.20", "township-decision": "approve", "township-signature": "yes",
  }, "government");
});

test("the certificate is a PDF, and anybody can verify it", async () => {
  const page = await site.page("resident-001");
  await page.goto(site.base + "/track");
  await site.look(page, "track");
  await page.goto(site.base + matter);
  await site.look(page, "approved");
  await openMatterWith(page, /批准书/);
  await site.look(page, "permit");
  await page.getByRole("main").getByRole("link", { name: /批准书/ }).first().click();
  await site.look(page, "certificate");
  await site.paper(page, page.url() + ".pdf", "certificate");
  await site.paper(page, `${site.base}${matter}/forms/application.pdf`, "application");
  const code = await page.locator('a[href^="/verify/"]').innerText();
  const anybody = await site.page("");
  await anybody.goto(site.base + "/verify");
  await anybody.fill('[name="code"]', code.toLowerCase());
  await anybody.getByRole("button", { name: "核验", exact: true }).click();
  await anybody.getByRole("heading", { name: "真实，现行有效" }).waitFor();
  await site.look(anybody, "verified");
});

test("a year before the end the household asks for longer, and gets it", async () => {
  const page = await site.page("resident-001");
  await openMatterWith(page, /批准书/);
  const permit = new URL(page.url()).pathname;
  await site.advance("2024-03-04T09:00:00");
  await page.goto(site.base + permit);
  await site.look(page, "permit-near-its-end");
  const way = await page.getByRole("main").getByRole("link", { name: /延期/ }).first().getAttribute("href");
  const extension = await site.begin("resident-001", way, "申请延期", {
    "special-reason": "主要劳力住院，开春才能动工。", "extension-evidence": PAPER, "requested-end": "2025-03-01", "extension-signature": "yes",
  }, "extension");
  await site.act("ningxiang-v1-head", extension, "初审通过", { "village-extension-text": "情况属实。", "village-extension-signature": "yes" });
  await site.act("ningxiang-government", extension, "准予延期", { "granted-end": "2025-03-01", "grant-reasons": "属于特殊原因。", "grant-signature": "yes" }, "extension-grant");
  await page.goto(site.base + permit);
  assert.match(await page.getByRole("main").innerText(), /2025年3月1日/);
  await site.look(page, "permit-extended");
});

test("nobody is kept out, and nothing is too wide", async () => {
  const page = await site.page("");
  for (const [name, path] of [["gazette", "/gazette/homestead"], ["styleguide", "/admin/styleguide"], ["sign-in", "/sign-in"], ["missing", "/nowhere"], ["english", SERVICE + "?lang=en"], ["large", SERVICE + "?lang=zh&view=large"]]) {
    await page.goto(site.base + path);
    await site.look(page, name);
  }
  assert.deepEqual(site.violations, []);
});
