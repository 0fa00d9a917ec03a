import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

/** Registers Ada, operator of #a, and Bob, a member. */
async function operatorAndMember(server: TestServer): Promise<{ ada: IrcClient; bob: IrcClient }> {
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  return { ada, bob };
}

Deno.test("MODE shows a channel's modes, but its key only to members", async () => {
  await using server = await TestServer.start();
  const { ada } = await operatorAndMember(server);
  const eve = await server.register("eve");
  const created = (nick: string) => `:chat.test 329 ${nick} #a 1767225600`;
  assertEquals(await ada.ask("MODE #A"), [":chat.test 324 ada #a +nt", created("ada")]);
  await ada.ask("MODE #a +lkm 5 key");
  assertEquals(await ada.ask("MODE #a"), [":chat.test 324 ada #a +mntlk 5 key", created("ada")]);
  assertEquals(await eve.ask("MODE #a"), [":chat.test 324 eve #a +mntlk 5 *", created("eve")]);
  assertEquals(await ada.ask("MODE #z"), [":chat.test 403 ada #z :No such channel"]);
  assertEquals(await ada.ask("MODE"), [":chat.test 461 ada MODE :Not enough parameters"]);
});

/** Changes that Ada requests, in this order, and the changes that members see, if any. */
const CHANGES: readonly [asked: string, seen: string | undefined][] = [
  ["+m", "+m"],
  ["+m", undefined],
  ["-m+i", "-m+i"],
  ["m", "+m"],
  ["+-+-i", "-i"],
  ["-nt+m-m", "-ntm"],
  ["+ntn", "+tn"],
  ["+o bob", "+o bob"],
  ["+o BOB", undefined],
  ["-o+v bob Bob", "-o+v bob bob"],
  ["+o-o bob BOB", undefined],
  ["-v bob", "-v bob"],
  ["+k key", "+k key"],
  ["+k key", undefined],
  ["+k other", "+k other"],
  ["+k-k third third", "-k *"],
  ["+k other", "+k other"],
  ["-k whatever", "-k *"],
  ["-k", undefined],
  ["+l 10", "+l 10"],
  ["+l 010", undefined],
  ["+l 3", "+l 3"],
  ["-l", "-l"],
  ["-l", undefined],
  ["+b eve", "+b eve!*@*"],
  ["+b EVE!*@*", undefined],
  ["+b u@h", "+b *!u@h"],
  ["-b Eve", "-b Eve!*@*"],
  ["-b nobody", undefined],
  ["+lk-b 7 key u@h", "+lk-b 7 key *!u@h"],
  ["-lk x", "-lk *"],
  ["", undefined],
  ["+", undefined],
];

Deno.test("a channel operator changes modes, and members see only the real changes", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await operatorAndMember(server);
  await ada.heard();
  for (const [asked, seen] of CHANGES) {
    await bob.heard();
    const expected = seen === undefined ? [] : [`:${ADA} MODE #a ${seen}`];
    assertEquals(await ada.ask(`MODE #a ${asked === "" ? ":" : asked}`), expected, asked);
    assertEquals(await bob.heard(), expected, asked);
  }
});

/** Changes that are refused, and the errors. */
const REFUSED: readonly [asked: string, error: string][] = [
  ["+x", "472 ada x :is an unknown mode character to me"],
  ["+é", "472 ada é :is an unknown mode character to me"],
  ["+o", "401 ada * :No such nick or channel"],
  ["+o zoe", "401 ada zoe :No such nick or channel"],
  ["+o eve", "441 ada eve #a :They aren't on that channel"],
  ["+k", "461 ada MODE :Not enough parameters"],
  [
    "+k :",
    "525 ada #a :A key can be at most 32 bytes long, and cannot contain spaces or commas or begin with a colon",
  ],
  [
    "+k :a b",
    "525 ada #a :A key can be at most 32 bytes long, and cannot contain spaces or commas or begin with a colon",
  ],
  [
    "+k a,b",
    "525 ada #a :A key can be at most 32 bytes long, and cannot contain spaces or commas or begin with a colon",
  ],
  [
    "+k " + "k".repeat(33),
    "525 ada #a :A key can be at most 32 bytes long, and cannot contain spaces or commas or begin with a colon",
  ],
  ["+l", "461 ada MODE :Not enough parameters"],
  ["+l 0", "696 ada #a l 0 :The limit must be a number from 1 to 999999999"],
  ["+l -1", "696 ada #a l -1 :The limit must be a number from 1 to 999999999"],
  ["+l 1e3", "696 ada #a l 1e3 :The limit must be a number from 1 to 999999999"],
  ["+l 1234567890", "696 ada #a l 1234567890 :The limit must be a number from 1 to 999999999"],
  [
    "+b :a b",
    "696 ada #a b * :A mask can be at most 128 bytes long, and cannot contain spaces or begin with a colon",
  ],
  [
    "+b ::x",
    "696 ada #a b * :A mask can be at most 128 bytes long, and cannot contain spaces or begin with a colon",
  ],
  [
    `+b ${"x".repeat(129)}`,
    `696 ada #a b ${
      "x".repeat(129)
    } :A mask can be at most 128 bytes long, and cannot contain spaces or begin with a colon`,
  ],
];

Deno.test("an invalid mode change gets an error and changes nothing", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await operatorAndMember(server);
  await server.register("eve");
  await bob.heard();
  for (const [asked, error] of REFUSED) {
    assertEquals(await ada.ask(`MODE #a ${asked}`), [`:chat.test ${error}`], asked);
  }
  assertEquals(await bob.heard(), []);
});

Deno.test("the valid changes of a MODE are made even if others are not", async () => {
  await using server = await TestServer.start();
  const { ada } = await operatorAndMember(server);
  assertEquals(await ada.ask("MODE #a +mxol-t bob 0"), [
    ":chat.test 472 ada x :is an unknown mode character to me",
    ":chat.test 696 ada #a l 0 :The limit must be a number from 1 to 999999999",
    `:${ADA} MODE #a +mo-t bob`,
  ]);
});

Deno.test("users without channel operator rights can list bans but change no mode", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await operatorAndMember(server);
  const eve = await server.register("eve");
  await ada.ask("MODE #a +b zoe");
  for (const asked of ["+m", "-t", "+o bob", "+k x", "+l 5", "+b ada"]) {
    assertEquals(await bob.ask(`MODE #a ${asked}`), [
      ":chat.test 482 bob #a :You're not a channel operator",
    ]);
  }
  for (const [client, nick] of [[bob, "bob"], [eve, "eve"]] as const) {
    for (const asked of ["b", "+b", "-b", "+b :"]) {
      assertEquals(await client.ask(`MODE #a ${asked}`), [
        `:chat.test 367 ${nick} #a zoe!*@* ${ADA} 1767225600`,
        `:chat.test 368 ${nick} #a :End of channel ban list`,
      ]);
    }
  }
});

Deno.test("a channel's ban list has a limit", async () => {
  await using server = await TestServer.start();
  const { ada } = await operatorAndMember(server);
  for (let i = 0; i < 99; i++) await ada.send(`MODE #a +b n${i}`);
  await ada.heard();
  assertEquals(await ada.ask("MODE #a +bb x y"), [
    ":chat.test 478 ada #a y!*@* :Channel list is full",
    `:${ADA} MODE #a +b x!*@*`,
  ]);
  assertEquals(await ada.ask("MODE #a -b x"), [`:${ADA} MODE #a -b x!*@*`]);
  assertEquals(await ada.ask("MODE #a +b y"), [`:${ADA} MODE #a +b y!*@*`]);
});

Deno.test("a new channel operator can use the rank at once", async () => {
  await using server = await TestServer.start();
  const { ada, bob } = await operatorAndMember(server);
  await ada.ask("MODE #a +o bob");
  assertEquals(await bob.ask("MODE #a -o ada"), [`:${BOB} MODE #a -o ada`]);
  assertEquals(await ada.ask("MODE #a +m"), [
    ":chat.test 482 ada #a :You're not a channel operator",
  ]);
});

Deno.test("users can see and change only their own user modes", async () => {
  await using server = await TestServer.start();
  const { ada } = await operatorAndMember(server);
  const table: readonly [sent: string, answer: string[]][] = [
    ["MODE ada", [":chat.test 221 ada +"]],
    ["MODE ADA +i", [`:${ADA} MODE ada +i`]],
    ["MODE ada +i", []],
    ["MODE ada", [":chat.test 221 ada +i"]],
    ["MODE ada +o", []],
    ["MODE ada -ix", [":chat.test 501 ada :Unknown mode flag", `:${ADA} MODE ada -i`]],
    ["MODE bob", [":chat.test 502 ada :Cannot see or change the modes of other users"]],
    ["MODE bob +i", [":chat.test 502 ada :Cannot see or change the modes of other users"]],
    ["MODE zoe", [":chat.test 401 ada zoe :No such nick or channel"]],
  ];
  for (const [sent, answer] of table) assertEquals(await ada.ask(sent), answer, sent);
});

Deno.test("changes that do not fit into one line are sent in several", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const masks = Array.from({ length: 60 }, (_, index) => `m${index}`);
  const lines = await ada.ask(`MODE #a +${"b".repeat(masks.length)} ${masks.join(" ")}`);
  const shown = lines.flatMap((line) => line.split(" ").slice(4));
  assertEquals(shown, masks.map((mask) => `${mask}!*@*`));
  assert(lines.length > 1);
});
