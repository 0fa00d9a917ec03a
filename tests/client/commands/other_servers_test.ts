import { ALL_CAPS, type Peer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp } from "../../support/window.ts";

/** Refuses a command that the server does not know. */
const unknown = (name: string) => async (peer: Peer) => {
  const { tags } = await peer.expect(new RegExp(`(?:^|^@label=\\S+ )${name}\\b`));
  const label = tags?.get("label");
  const prefix = label === undefined ? "" : `@label=${label} `;
  await peer.send(`${prefix}:irc.test 421 ann ${name} :Unknown command`);
  const isRequest = name === "TBAN" || name === "LINK";
  if (isRequest && label === undefined) await peer.answerPing();
};

/** A command that the server does not support, the line that says so, and the server's answer. */
type Lack = readonly [typed: string, shown: string, answer?: (peer: Peer) => Promise<void>];

/** The commands that neither kind of server supports. */
const LACKS: readonly Lack[] = [
  ["/delete", "this server deletes no messages"],
  ["/history", "this server keeps no history that can be read"],
  ["/history today", "this server keeps no history that can be read"],
  ["/search tea", "this server cannot search messages"],
  ["/room slow 10s", "this server cannot slow a room down"],
  ["/invite", "this server makes no invitations to pass on", unknown("INVITATION")],
  ["/own", "this server cannot make a nick yours", unknown("OWN")],
  ["/link", "this server cannot link two machines", unknown("LINK")],
];

/** Servers by their kinds, with their capabilities and tokens. */
const KINDS: readonly (readonly [kind: string, caps: string, tokens: string, lacks: Lack[]])[] = [
  ["ngircd", "", "CHANMODES=beI,k,l,imMnOPQRstVz", [
    ["/react 👍", "this server takes no reactions"],
    ["/edit tea", "this server gives messages no ids"],
    ["/mute bob", "this server cannot mute"],
    ["/ban 1h eve", "this server cannot end a ban after a time", unknown("TBAN")],
  ]],
  ["InspIRCd", ALL_CAPS, "CHANMODES=b,k,l,imnpstW EXTBAN=,m", [
    ["/edit tea", "this server deletes no messages, and so edits none"],
    ["/ban 1h eve", "this server cannot end a ban after a time", unknown("TBAN")],
  ]],
];

for (const [kind, caps, tokens, lacks] of KINDS) {
  Deno.test(`one line says what a server cannot do: ${kind}`, async () => {
    const names = `CASEMAPPING=ascii ${tokens}`;
    await using setup = await setUp(new Screen(100, 40), caps, names);
    const { screen, peer } = setup;
    const tags = caps === "" ? "" : "@msgid=1 ";
    await peer.send(`${tags}:ann!u@h PRIVMSG #a :mine`);
    await screen.shows("<ann> mine");
    for (const [typed, shown, answer] of [...LACKS, ...lacks]) {
      screen.type(`\f${typed}\r`);
      await answer?.(peer);
      await screen.until(({ rows }) => rows.some((row) => row.includes(shown)));
    }
  });
}

Deno.test("where a room can begin with +, a mode or a text with + is no room, unless the user is in that room", async () => {
  await using setup = await setUp(new Screen(100, 40), "", "CHANTYPES=#&!+");
  const { screen, peer } = setup;
  const table: [typed: string, sent: RegExp][] = [
    ["/mode +i", /^MODE #a \+i$/],
    ["/mode +o bob", /^MODE #a \+o bob$/],
    ["/me +1", /^PRIVMSG #a :\x01ACTION \+1\x01$/],
    ["/topic !neu", /^TOPIC #a :?!neu$/],
    ["/mode &b +i", /^MODE &b \+i$/],
  ];
  for (const [typed, sent] of table) {
    screen.type(`${typed}\r`);
    await peer.expect(sent);
    if (sent.source.includes("PRIVMSG")) await peer.answerPing();
  }
  screen.type("/join +b\r");
  await peer.expect(/^JOIN \+b$/);
  await peer.send(":ann!u@h JOIN +b", ":irc.test 353 ann = +b :ann", ":irc.test 366 ann +b :End");
  await screen.shows("in +b:");
  screen.type("/mode +b -t\r");
  await peer.expect(/^MODE \+b -t$/);
});
