import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { chromium } from "playwright-core";
import { CHROMIUM, Visitors } from "../support/browser.ts";
import { ServeProcess } from "../support/chat_process.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = CHROMIUM === undefined;

Deno.test("a token in a link reaches no log and no other server, and is not in the address again", {
  ignore,
}, async () => {
  await using server = ServeProcess.start({ logLevel: "debug" });
  const [, link = ""] = await server.stdout(/Or open: (\S+)/);
  const [, token = ""] = /#token=(\w+)$/.exec(link) ?? [];
  assert(token !== "");
  using profile = new TempFolder();
  const args = ["--no-sandbox", "--disable-gpu"];
  const options = { executablePath: CHROMIUM ?? "", args };
  const context = await chromium.launchPersistentContext(profile.path, options);
  const requests: string[] = [];
  context.on("request", async (request) => {
    requests.push(`${request.url()} ${JSON.stringify(await request.allHeaders())}`);
  });
  await using elsewhere = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => {
      requests.push(`${request.url} ${JSON.stringify([...request.headers])}`);
      return new Response("elsewhere");
    },
  );
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Your name here").fill("ada");
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.locator(".members li").getByText("~").waitFor();
  const { href } = new URL(`http://127.0.0.1:${elsewhere.addr.port}/read`);
  await page.locator(".composer textarea").fill(href);
  await page.keyboard.press("Enter");
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: href }).click();
  await (await opened).waitForLoadState();

  // The browser's list of what the user can go back to.
  const cdp = await context.newCDPSession(page);
  const { entries } = await cdp.send("Page.getNavigationHistory");
  assertEquals(entries.filter(({ url }) => url.includes(token)), []);
  const kept = await page.evaluate(
    "JSON.stringify([localStorage, sessionStorage, document.cookie])",
  );
  assert(!`${kept}`.includes(token));
  // The address that the user has opened still leads them into the room, although the token is spent.
  await page.goto("about:blank");
  await page.goto(link);
  await page.locator(".members li").getByText("~").waitFor();
  assertMatch(page.url(), /\/lobby$/);
  // Nobody else can use it.
  await using visitors = await Visitors.arrive();
  const eve = await visitors.join(link, "eve");
  await eve.getByText("That token has already been used").waitFor();
  await context.close();
  assertEquals(requests.filter((each) => each.includes(token)), []);
  assert(requests.some((each) => each.includes("/read")));
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  assertMatch(stderr, /token redeemed/);
  assert(!stderr.includes(token));
  using database = new DatabaseSync(`${profile.path}/Default/History`, { readOnly: true });
  const listed = visited(database, "AND transition & 0x20000000 AND NOT hidden");
  assertEquals(listed.filter((url) => url.includes(token)), []);
  assert(listed.includes(new URL("/lobby", link).href));
  // The database itself always has the address that the user has opened: no page can prevent that.
  assertEquals(visited(database).filter((url) => url.includes(token) && url !== link), []);
});

/**
 * The addresses in Chromium's database of visits. The list of visited pages (`chrome://history`) has the
 * last address of each chain of redirects, which has the bit 0x20000000 (`CHAIN_END`).
 */
function visited(database: DatabaseSync, condition = ""): string[] {
  const rows = database.prepare(
    `SELECT urls.url FROM urls, visits WHERE visits.url = urls.id ${condition}`,
  );
  return rows.all().map(({ url }) => `${url}`);
}
