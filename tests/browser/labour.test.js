// The division of labour among the deputy heads changes: on its day, and not before, what a bureau owes moves from the desk of the one to the
// other's, whether it is late or not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rows, Site } from "./site.js";

const SUPERVISION = "county-inspect-office";
const OFFICE = "county-office";
const PARTY_GROUP = "seat-007";
const DIRECTOR = "county-office-director";
const BEFORE = "deputy-d";
const NOW = "deputy-e";
const ITEM = "样例水库除险加固";
let site;
let division;

before(async () => (site = await Site.start("2024-03-01T09:00:00")));
after(async () => site?.stop());

/// What somebody finds on their desk.
async function desk(who, picture) {
  const page = await site.page(who);
  await page.goto(site.base + "/desk");
  if (picture) await site.look(page, picture);
  return page.getByRole("main").innerText();
}

/// The address of a matter on somebody's desk.
async function onDesk(who, words) {
  const page = await site.page(who);
  await page.goto(site.base + "/desk");
  return page.getByRole("main").getByRole("link", { name: words }).first().getAttribute("href");
}

test("an item of the water bureau lies before the deputy in charge, with its light", async () => {
  await site.begin(SUPERVISION, "/services/supervision-item/apply?act=refer", "立项交办", {
    "item-title": ITEM, "item-source": "minute", "item-ground": "县政府样例会议第3项", "item-demand": "坝体灌浆完工，有验收单",
    "item-due": "2024-03-20", "checked-by": "inspect-office",
  }, "item", { "about.unit": "water" });
  const text = await desk(BEFORE, "deputy-before");
  assert.match(text, new RegExp(`${ITEM}（水利局）[\\s\\S]*盯办`));
  assert.doesNotMatch(await desk(NOW), new RegExp(ITEM));
});

test("the office drafts the change, the Party group agrees, the director issues it", async () => {
  division = await site.begin(OFFICE, "/services/division-of-labour/apply?act=draft-division", "起草", {
    "division-number": "样政办发〔2024〕1号", "division-meeting": "县政府党组第3次会议", "division-studied": "2024-03-01", "takes-effect": "2024-03-05",
    ...rows("division-lines", [
      { "in-deputy": "DH-D", "in-relation": "supervises", "in-item": "水利局", "in-ends": "yes", "in-org": "water" },
      { "in-deputy": "DH-E", "in-relation": "supervises", "in-item": "水利局", "in-ends": "no", "in-org": "water" },
    ]),
  }, "division");
  await site.act(PARTY_GROUP, division, "研究同意", { "study-no": "3", "study-on": "2024-03-01" }, "division-study");
  await site.act(DIRECTOR, division, "印发", {}, "division-issue");
});

test("until the last minute before its day nothing moves", async () => {
  await site.advance("2024-03-04T23:59:00");
  assert.match(await desk(BEFORE), new RegExp(ITEM));
  assert.doesNotMatch(await desk(NOW), new RegExp(ITEM));
});

test("on its day the to-do lies on the other's desk, who is told and presses; the one before can no more", async () => {
  await site.advance("2024-03-05T00:00:00");
  const text = await desk(NOW, "deputy-now");
  assert.match(text, new RegExp(`${ITEM}（水利局）[\\s\\S]*今起由您盯办`));
  const watch = await onDesk(NOW, new RegExp(ITEM));
  assert.doesNotMatch(await desk(BEFORE, "deputy-empty"), new RegExp(`${ITEM}[\\s\\S]*盯办`));
  const page = await site.page(BEFORE);
  await page.goto(site.base + watch);
  assert.equal(await page.getByRole("main").getByRole("link", { name: "催办", exact: true }).count(), 0);
  await site.act(NOW, watch, "催办", { "pressed-text": "汛前完工" }, "press");
});

test("everybody reads who is in charge", async () => {
  const page = await site.page("");
  await page.goto(site.base + "/registers/portfolio");
  await site.look(page, "portfolio");
  assert.match(await page.getByRole("main").innerText(), /水利局/);
  assert.deepEqual(site.violations, []);
});
