import { assert, assertEquals, assertMatch } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { readFailures } from "../../../server/acme/failures.ts";
import { acmeFiles } from "../../../server/acme/files.ts";
import { Renewal } from "../../../server/acme/renewal.ts";
import { openIdentity } from "../../../server/net/identity.ts";
import { Authority } from "../../support/authority.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type Entry, recordTo } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const NAME = "chat.example.org";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const authority = await Authority.make();

/** A server's folder, and an authority that answers with `answer`; counts the orders. */
async function fixture(folder: TempFolder, answer: (name: string) => Promise<string> = issue) {
  const clock = new FakeClock(Date.now());
  const identity = await openIdentity({ data: folder.path, memory: false }, [NAME]);
  const log: Entry[] = [];
  const orders: string[] = [];
  const make = (name = NAME) =>
    new Renewal({
      name,
      options: { data: folder.path, acmeDirectory: "https://authority.test/", acmeEmail: "a@b.c" },
      identity,
      clock,
      log: recordTo(log),
      order(request) {
        orders.push(request.name);
        return answer(request.name);
      },
    });
  return { clock, identity, log, orders, make, files: acmeFiles(folder.path) };
}

async function issue(name = NAME): Promise<string> {
  const { key, cert } = await authority.issue({ name, days: 90 });
  return `${key}\n${cert}`;
}

function refuse(): Promise<string> {
  return Promise.reject(new UserError("the authority refused: too many requests"));
}

Deno.test("a server without a certificate from the authority gets one, and uses it at once", async () => {
  using folder = new TempFolder();
  const { identity, make, orders, files } = await fixture(folder);
  const own = identity.fingerprint;
  await make().check();
  assert(identity.fingerprint !== own);
  assert(identity.isSignedFor(NAME));
  assertEquals(orders, [NAME]);
  assertEquals((Deno.statSync(files.pair).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a certificate is renewed when a third of its time is left", async () => {
  using folder = new TempFolder();
  const { clock, make, orders } = await fixture(folder);
  const renewal = make();
  await renewal.check();
  clock.advance(59 * DAY_MS);
  await renewal.check();
  assertEquals(orders.length, 1);
  clock.advance(2 * DAY_MS);
  await renewal.check();
  assertEquals(orders.length, 2);
});

Deno.test("a certificate for another name, or a damaged one, is replaced", async () => {
  using folder = new TempFolder();
  const { make, orders, files } = await fixture(folder);
  await make().check();
  await make("other.example.org").check();
  assertEquals(orders, [NAME, "other.example.org"]);
  folder.write("acme/certificate.pem", "no certificate");
  await make().check();
  assertEquals(orders.length, 3);
  assertMatch(Deno.readTextFileSync(files.pair), /BEGIN CERTIFICATE/);
});

Deno.test("after a failure the server keeps its certificate, says why, and waits longer each time", async () => {
  using folder = new TempFolder();
  const { clock, identity, log, make, orders } = await fixture(folder, refuse);
  const own = identity.fingerprint;
  const renewal = make();
  await renewal.check();
  assertEquals(identity.fingerprint, own);
  assertEquals(log.at(-1)?.[1].reason, "the authority refused: too many requests");
  for (
    const [orderCount, minutes] of [[1, 4], [2, 1], [2, 29], [3, 1], [3, 119], [4, 1]] as const
  ) {
    clock.advance(minutes * MINUTE_MS);
    await renewal.check();
    assertEquals(orders.length, orderCount);
  }
});

Deno.test("a restart does not make the server ask sooner after a failure", async () => {
  using folder = new TempFolder();
  const { clock, make, orders } = await fixture(folder, refuse);
  await make().check();
  await make().check();
  assertEquals(orders.length, 1);
  clock.advance(5 * MINUTE_MS);
  await make().check();
  assertEquals(orders.length, 2);
});

Deno.test("a bug of the server while it gets a certificate is logged with its stack", async () => {
  using folder = new TempFolder();
  const fail = () => Promise.reject(new TypeError("no such thing"));
  const { log, make } = await fixture(folder, fail);
  await make().check();
  assertMatch(String(log.at(-1)?.[1].stack), /no such thing/);
});

Deno.test("a certificate that has ended by a wrong clock is not asked for again and again", async () => {
  using folder = new TempFolder();
  const { clock, files, identity, log, make, orders } = await fixture(folder);
  const renewal = make();
  clock.advance(365 * DAY_MS);
  await renewal.check();
  await renewal.check();
  assertEquals(orders.length, 1);
  // The authority's clock is right, so its certificate is in use all the same.
  assert(identity.isSignedFor(NAME));
  assertMatch(String(log.at(-1)?.[1].reason), /ends too soon .* check the clock/);
  assertEquals(readFailures(files).count, 1);
  clock.advance(5 * MINUTE_MS);
  await renewal.check();
  assertEquals(orders.length, 2);
  clock.turn(-365 * DAY_MS);
  await renewal.check();
  assertEquals(orders.length, 2);
  assertEquals(readFailures(files).count, 0);
});

Deno.test("two checks at the same time make one order", async () => {
  using folder = new TempFolder();
  const { make, orders } = await fixture(folder);
  const renewal = make();
  await Promise.all([renewal.check(), renewal.check()]);
  assertEquals(orders.length, 1);
});

Deno.test("an authority that never answers is asked again later", async () => {
  using folder = new TempFolder();
  let answers = 0;
  const { clock, log, make, orders } = await fixture(folder, () => {
    answers++;
    return answers === 1 ? new Promise<string>(() => {}) : issue();
  });
  const renewal = make();
  const first = renewal.check();
  clock.advance(10 * MINUTE_MS);
  await first;
  assertMatch(String(log.at(-1)?.[1].reason), /took too long/);
  clock.advance(5 * MINUTE_MS);
  await renewal.check();
  assertEquals(orders.length, 2);
  assertEquals(clock.pending, 0);
});

Deno.test("an impossible record of failures does not keep the server from a certificate", async () => {
  using folder = new TempFolder();
  const { clock, make, orders } = await fixture(folder, refuse);
  Deno.mkdirSync(`${folder.path}/acme`);
  const records = [
    { count: 5, at: clock.now() + 365 * DAY_MS },
    { count: 1, at: 1e300 },
    { count: 1.5, at: clock.now() },
    { count: "1", at: clock.now() },
  ];
  for (const [index, record] of records.entries()) {
    folder.write("acme/failures.json", JSON.stringify({ ...record, reason: "x" }));
    await make().check();
    assertEquals(orders.length, index + 1, JSON.stringify(record));
  }
  // With a negative number of failures, the server would never wait.
  folder.write("acme/failures.json", JSON.stringify({ count: -9, at: 0, reason: "x" }));
  await make().check();
  await make().check();
  assertEquals(orders.length, records.length + 1);
});
