// An officer signs in at another organisation's sign-in service (oidc-provider, a certified implementation, on this machine), signs out of
// both, and a stranger is told that there is no account here.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import Provider from "oidc-provider";
import { freePort, Site } from "./site.js";

const LABEL = "县政务认证";
const OFFICER = "ningxiang-planning";
const SECRET = "for this test only, of no use elsewhere";
let site;
let service;
let page;

before(async () => {
  const issuer = `http://127.0.0.1:${await freePort()}`;
  site = await Site.start("2024-03-01T09:00:00", {}, { named: true, options: (site) => {
    service = listening(issuer, site.base);
    return ["--oidc", settings(site.folder, issuer)];
  } });
});
after(async () => {
  await site?.stop();
  service?.close();
  service?.closeAllConnections();
});

/// Takes whoever types a name, and says it as `employee` when it is asked for.
function listening(issuer, base) {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "gongbao",
      client_secret: SECRET,
      redirect_uris: [`${base}/sign-in/provider/return`],
      post_logout_redirect_uris: [base],
    }],
    claims: { openid: ["sub"], profile: ["employee"] },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, employee: accountId }) }),
  });
  const { port } = new URL(issuer);
  return provider.listen(Number(port), "127.0.0.1");
}

function settings(folder, issuer) {
  const file = join(folder, "oidc.csv");
  const lines = [
    "setting,value", `issuer,${issuer}`, "client-id,gongbao", "client-secret-file,oidc.secret", "claim,employee", "names,sign-in", `label,${LABEL}`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "oidc.secret"), SECRET);
  return file;
}

const main = () => page.getByRole("main");

/// A browser of nobody, as far as the service's page.
async function depart() {
  const context = await site.browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true, locale: "zh-CN" });
  page = await context.newPage();
  await page.goto(`${site.base}/sign-in?back=/account/sessions`);
  await main().getByRole("link", { name: `用${LABEL}登录` }).click();
  await page.waitForURL((url) => url.hostname === "127.0.0.1");
}

async function arrive(name) {
  await page.fill("input[name=login]", name);
  await page.fill("input[name=password]", "any");
  await page.click("button[type=submit]");
  // What the service asks about passing on.
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL((url) => url.hostname === "localhost");
}

test("an officer comes in and goes on to where they were going", async () => {
  page = await site.page("");
  await page.goto(`${site.base}/sign-in`);
  await site.look(page, "sign-in-oidc");
  await depart();
  await arrive(OFFICER);
  assert.equal(new URL(page.url()).pathname, "/account/sessions");
  assert.match(await main().innerText(), /统一身份认证[\s\S]*统一身份认证登录/);
  await page.goto(`${site.base}/desk`);
  assert.equal(new URL(page.url()).pathname, "/desk");
});

test("signing out here offers the way out there", async () => {
  await page.getByRole("banner").getByRole("button", { name: "退出" }).click();
  await main().getByRole("heading", { name: "已退出" }).waitFor();
  await site.look(page, "signed-out-oidc");
  await main().getByRole("link", { name: `退出${LABEL}` }).click();
  await page.getByRole("button", { name: /Yes/ }).click();
  await page.waitForURL((url) => url.hostname === "localhost");
  await page.goto(`${site.base}/desk`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("an answer does not serve twice", async () => {
  let answer;
  await depart();
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/sign-in/provider/return") answer = request.url();
  });
  await arrive(OFFICER);
  await page.goto(answer);
  assert.match(await main().innerText(), /这次登录没有接上/);
  await site.look(page, "oidc-twice");
});

test("a stranger is told so", async () => {
  await depart();
  await arrive("nobody-here");
  assert.match(await main().innerText(), /本县没有您的账户[\s\S]*nobody-here/);
  await site.look(page, "oidc-stranger");
});

test("whoever turns back at the service is told so", async () => {
  await depart();
  await page.getByRole("link", { name: /Cancel/ }).click();
  await page.waitForURL((url) => url.hostname === "localhost");
  assert.match(await main().innerText(), /没有让您登录/);
});

test("nothing keeps people out", () => assert.deepEqual(site.violations, []));
