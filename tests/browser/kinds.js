// The kinds of pages there are: the addresses of the router, as its own test writes them down.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROUTES = join(resolve(import.meta.dirname, "../.."), "crates/web/tests/it/snapshots/it__rights__routes.snap");

/// Addresses that give a file, never a page.
const FILES = [
  /\/(everything|brief|excel|csv|template|sheet|text|archive\.zip|robots\.txt|sitemap\.xml|feed\.atom|deadlines\.ics|plots\.geojson)$/,
  /\/(files|lists|feeds|forms|-)\/\{\w+\}$/, /^\/calendar\//, /^\/log\/(checkpoint|checkpoints|tile|proofs|consistency)(\/|$)/,
];

/// Pages that the walk does not reach, and why that is well.
const ELSEWHERE = {
  "/sign-in/code": "a second step needs a second factor, which no sample account has: passkey.test.js looks at it",
  "/sign-in/passkey": "answers the script of the sign-in page: passkey.test.js",
  "/sign-in/provider": "leads away to another organisation's sign-in: oidc.test.js",
  "/sign-in/provider/return": "comes back from there: oidc.test.js",
};

/// What leads to pages by an address as the router writes it.
function pattern(path) {
  const parts = path.replace(/\./g, "\\.").replace(/\{\*\w+\}/g, ".+").replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${parts}$`);
}

/// Every kind, with the most words of its own first.
export const KINDS = readFileSync(ROUTES, "utf8")
  .split("\n")
  .map((line) => /^GET +(\/\S*)/.exec(line)?.[1])
  .filter((path) => path && !path.startsWith("/api/"))
  .sort((a, b) => a.split("{").length - b.split("{").length)
  .map((path) => ({ path, is: pattern(path) }));

/// The kind of an address, if the site has it.
export const kindOf = (pathname) => KINDS.find((kind) => kind.is.test(pathname))?.path;

export const givesFile = (kind) => FILES.some((file) => file.test(kind));

/// What a walk has to reach.
export const PAGES = KINDS.map((kind) => kind.path).filter((path) => !givesFile(path) && !(path in ELSEWHERE));
