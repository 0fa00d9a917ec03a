import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { serveOptions } from "../../../server/config/config.ts";
import { SERVE } from "../../../server/config/flags.ts";
import { DEFAULT_LIMITS } from "../../../server/config/options.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory";
const ENVIRONMENT = new Map([["HOME", "/home/ada"]]);

/** Returns the options of a configuration file with this text and of these flags. */
function optionsOf(config: string, ...flags: string[]) {
  using folder = new TempFolder();
  return serveOptions(["--config", folder.write("chat.json", config), ...flags], ENVIRONMENT);
}

Deno.test("every setting has a safe default", () => {
  assertEquals(serveOptions([], ENVIRONMENT), {
    listen: [{ hostname: "0.0.0.0", port: 7342 }],
    acmeDirectory: DIRECTORY,
    allowPlaintext: false,
    cloak: true,
    stsMs: 30 * 86_400_000,
    origins: [],
    trustedProxies: [],
    name: "chat.local",
    network: "chat",
    room: "#lobby",
    inviteOnly: false,
    page: true,
    motd: [],
    replay: 20,
    data: "/home/ada/.local/share/chat",
    memory: false,
    durable: false,
    uploads: 1024 ** 3,
    uploadSize: 25 * 1024 ** 2,
    operators: [],
    accounts: { requireEmail: false, beforeConnect: true },
    limits: DEFAULT_LIMITS,
    logLevel: "info",
    logFormat: "text",
    logWithoutAddresses: false,
  });
});

Deno.test("the metrics page is on loopback unless a host is named", () => {
  const page = (address: string) => serveOptions(["--metrics", address], ENVIRONMENT).metrics;
  assertEquals(page("9342"), { hostname: "127.0.0.1", port: 9342 });
  assertEquals(page("[::]:0"), { hostname: "::", port: 0 });
  assertEquals(optionsOf(`{ "metrics": "10.0.0.5:1" }`).metrics, { hostname: "10.0.0.5", port: 1 });
  assertThrows(() => page("127.0.0.1"), UsageError, "--metrics must be [HOST:]PORT, such as 9342");
});

Deno.test("every flag is parsed", () => {
  const line =
    "--listen 7000 --listen [::1]:0 --invite-only --page off --qr --metrics 9342 --room kitchen --network tea " +
    "--address chat.example.net:443 --name chat.example.org --motd welcome --replay 5 --password sesame --data /srv/chat " +
    "--durable --keep 90d --keep-size 2G --uploads 3G --upload-size 4M " +
    "--origin https://web.example.org/ --origin * --allow-plaintext --sts 90d --tls-cert full.pem --tls-key key.pem " +
    "--trusted-proxy 127.0.0.1 --trusted-proxy 2001:DB8::/32 --cloak off --icon https://a.example/i.svg " +
    "--log-without-addresses --log-level debug --log-format json";
  const { accounts: _, limits: __, operators: ___, ...options } = serveOptions(
    line.split(" "),
    ENVIRONMENT,
  );
  assertEquals(options, {
    listen: [{ hostname: "0.0.0.0", port: 7000 }, { hostname: "::1", port: 0 }],
    metrics: { hostname: "127.0.0.1", port: 9342 },
    address: { hostname: "chat.example.net", port: 443 },
    qr: "auto",
    acmeDirectory: DIRECTORY,
    tls: { cert: "full.pem", key: "key.pem" },
    allowPlaintext: true,
    icon: "https://a.example/i.svg",
    cloak: false,
    stsMs: 90 * 86_400_000,
    origins: ["https://web.example.org", "*"],
    trustedProxies: [
      { bits: "401111111000000000000000000000001", text: "127.0.0.1" },
      { bits: "600100000000000010000110110111000", text: "2001:db8::/32" },
    ],
    name: "chat.example.org",
    network: "tea",
    room: "#kitchen",
    inviteOnly: true,
    page: false,
    password: "sesame",
    motd: ["welcome"],
    replay: 5,
    data: "/srv/chat",
    memory: false,
    durable: true,
    keepMs: 90 * 86_400_000,
    keepBytes: 2 * 1024 ** 3,
    uploads: 3 * 1024 ** 3,
    uploadSize: 4 * 1024 ** 2,
    logLevel: "debug",
    logFormat: "json",
    logWithoutAddresses: true,
  });
  const cluster = "--cluster nats://10.0.0.1,nats://10.0.0.2:4223/tea --node n1";
  const member = serveOptions(cluster.split(" "), ENVIRONMENT);
  const servers = ["10.0.0.1:4222", "10.0.0.2:4223"];
  assertEquals([member.node, member.cluster], ["n1", { servers, isEncrypted: false, name: "tea" }]);
  const passing = "--memory --replay 5";
  assertEquals(serveOptions(passing.split(" "), ENVIRONMENT).memory, true);
  // --plain-port lets everyone in, --acme gets a certificate, and --memory and --cluster keep
  // messages elsewhere, so they exclude flags above.
  const other = "--plain-port 7343 --acme chat.example.org --acme-email ada@example.org " +
    "--acme-directory https://authority.example.org/dir";
  const { plainPort, acme, acmeEmail, acmeDirectory } = serveOptions(other.split(" "), ENVIRONMENT);
  assertEquals(plainPort, 7343);
  assertEquals([acme, acmeEmail], ["chat.example.org", "ada@example.org"]);
  assertEquals(acmeDirectory, "https://authority.example.org/dir");
  for (const { name } of SERVE.flags.filter(({ name }) => name !== "config")) {
    assertEquals(
      `${line} ${other} ${cluster} ${passing}`.includes(`--${name} `),
      true,
      `--${name} is missing from this test`,
    );
  }
});

Deno.test("the file takes every flag as a key, and the settings that have no flag", () => {
  const options = optionsOf(`{
    // A list, because there may be several.
    "listen": ["127.0.0.1:7000", "[::1]:7000"],
    "plainPort": 7343,
    "tlsCert": "full.pem",
    "tlsKey": "key.pem",
    "allowPlaintext": true,
    "cloak": "off",
    "icon": "https://a.example/i.svg",
    "sts": 0,
    "origin": "HTTP://localhost:8080",
    "trustedProxy": ["10.1.2.3/8"],
    "name": "My.Little.Server",
    "network": "ChatTest",
    "room": "#kitchen",
    "inviteOnly": false,
    "qr": "always",
    "motd": "welcome\\nall",
    "replay": 0,
    "data": "data",
    "memory": false,
    "durable": true,
    "uploads": false,
    "uploadSize": "5M",
    "logLevel": "error",
    "logFormat": "json",
    "logWithoutAddresses": true,
    "operators": [{ "name": "root", "password": "hunter2" }],
    "gatewayPassword": "sesame",
    "accounts": { "requireEmail": true, "beforeConnect": false },
    "limits": { "connectionsPerAddress": 1000, "sendQueueBytes": 65536 },
  }`);
  const { config, ...others } = options;
  assertMatch(config ?? "", /\.json$/);
  assertEquals(others, {
    listen: [{ hostname: "127.0.0.1", port: 7000 }, { hostname: "::1", port: 7000 }],
    plainPort: 7343,
    acmeDirectory: DIRECTORY,
    tls: { cert: "full.pem", key: "key.pem" },
    allowPlaintext: true,
    gatewayPassword: "sesame",
    icon: "https://a.example/i.svg",
    cloak: false,
    stsMs: 0,
    origins: ["http://localhost:8080"],
    trustedProxies: [{ bits: "400001010", text: "10.0.0.0/8" }],
    name: "My.Little.Server",
    network: "ChatTest",
    room: "#kitchen",
    inviteOnly: false,
    page: true,
    qr: "always",
    motd: ["welcome", "all"],
    replay: 0,
    data: "data",
    memory: false,
    durable: true,
    uploads: 0,
    uploadSize: 5 * 1024 ** 2,
    logLevel: "error",
    logFormat: "json",
    logWithoutAddresses: true,
    operators: [{ name: "root", password: "hunter2" }],
    accounts: { requireEmail: true, beforeConnect: false },
    limits: { ...DEFAULT_LIMITS, connectionsPerAddress: 1000, sendQueueBytes: 65536 },
  });
});

Deno.test("the name of the certificate from an authority is the server's, unless it has another", () => {
  const nameOf = (...args: string[]) =>
    serveOptions(["--acme", "chat.example.org", ...args], ENVIRONMENT).name;
  assertEquals(nameOf(), "chat.example.org");
  assertEquals(nameOf("--name", "chat.local"), "chat.local");
  assertEquals(optionsOf(`{ "name": "a.b" }`, "--acme", "chat.example.org").name, "a.b");
  assertEquals(optionsOf(`{ "acme": "chat.example.org" }`).name, "chat.example.org");
});

Deno.test("a certificate from an authority needs a folder, and excludes one from a file", () => {
  const start = (...args: string[]) => () => serveOptions(["--acme", "a.b", ...args], ENVIRONMENT);
  assertThrows(start("--memory"), UsageError, "remove --memory or --acme");
  assertThrows(
    start("--tls-cert", "c.pem", "--tls-key", "k.pem"),
    UsageError,
    "--acme gets a certificate and --tls-cert names one",
  );
  assertThrows(start("--acme-directory", "http://a.b/"), UsageError, "begins with https://");
  assertThrows(start("--acme-email", "ada"), UsageError, "an email address");
});

Deno.test("flags override the environment, and the environment overrides the file", () => {
  const file = `{ "room": "kitchen", "listen": "[::1]:7000", "password": "file" }`;
  const { room, listen } = optionsOf(file, "--room", "hall");
  assertEquals(room, "#hall");
  assertEquals(listen, [{ hostname: "::1", port: 7000 }]);

  using folder = new TempFolder();
  const args = ["--config", folder.write("chat.json", file)];
  const environment = new Map([...ENVIRONMENT, ["CHAT_PASSWORD", "environment"]]);
  assertEquals(serveOptions(args, ENVIRONMENT).password, "file");
  assertEquals(serveOptions(args, environment).password, "environment");
  assertEquals(serveOptions([...args, "--password", "flag"], environment).password, "flag");
});

Deno.test("the message of the day is the given text, or the content of a file of that name", () => {
  using folder = new TempFolder();
  const file = folder.write("motd.txt", "\uFEFFOne\r\nTwo\n\nThree\n\n");
  const motd = (text: string) => serveOptions(["--motd", text], ENVIRONMENT).motd;
  assertEquals(motd(file), ["One", "Two", "", "Three"]);
  assertEquals(motd("Tea at five? /maybe"), ["Tea at five? /maybe"]);
  assertEquals(motd("x".repeat(100_000)).every((line) => line.length <= 400), true);
  assertEquals(motd(" "), []);
});

Deno.test("a message of the day that looks like the name of a missing file is refused", () => {
  using folder = new TempFolder();
  const motd = (text: string) => serveOptions(["--motd", text], ENVIRONMENT).motd;
  const names = ["welcome.txt", "./motd", "../motd", "/etc/none", "~/motd", "texts/hello", "C:\\a"];
  for (const name of [...names, folder.path]) {
    assertThrows(
      () => motd(name),
      UsageError,
      `--motd must be text, or the path of a file: there is no file ${name}; if this is the text, ` +
        "put a space after it",
    );
    assertEquals(motd(`${name} `), [name]);
  }
  const config = folder.write("chat.json", '{ "motd": "welcome.txt" }');
  assertThrows(() => serveOptions(["--config", config], ENVIRONMENT), UserError, "no file welcome");
  for (
    const text of [
      "Welcome!",
      "hello",
      "Hi...",
      "3.5",
      "https://example.org/rules",
      "a / b",
      "v1.0",
    ]
  ) {
    assertEquals(motd(text), [text]);
  }
});

Deno.test("the server's files are in the system's folder for data", () => {
  const data = (environment: Record<string, string>) =>
    serveOptions([], new Map(Object.entries(environment))).data;
  assertEquals(data({ XDG_DATA_HOME: "/data", HOME: "/home/ada" }), "/data/chat");
  assertEquals(data({ LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" }).endsWith("/chat"), true);
  assertEquals(data({}), "chat-data");
});

const WRONG_FLAGS: readonly (readonly [args: readonly string[], message: string])[] = [
  [["--nam", "a.b"], "unknown flag --nam; did you mean --name?"],
  [
    ["--listen", "http"],
    "--listen must be [HOST:]PORT, such as 7342, 127.0.0.1:7342 or [::1]:7342",
  ],
  [["--listen", "7342", "--listen", "::1:7342"], "--listen must be [HOST:]PORT"],
  [["--listen", "localhost"], "--listen must be [HOST:]PORT"],
  [["--listen", "99999"], "--listen must be [HOST:]PORT"],
  [["--cloak", "maybe"], "--cloak must be on or off"],
  [["--icon", "icon.png"], "--icon must be the URL of an image"],
  [["--icon", "javascript:x"], "--icon must be the URL of an image"],
  [["--icon", `https://a.example/${"x".repeat(250)}`], "--icon must be the URL of an image"],
  [["--plain-port", "x"], "--plain-port must be a whole number from 0 to 65535"],
  [["--plain-port", "65536"], "--plain-port must be a whole number from 0 to 65535"],
  [["--plain-port", "1.5"], "--plain-port must be a whole number from 0 to 65535"],
  [["--address", "chat example"], "--address must be HOST[:PORT], such as chat.example.org"],
  [["--address", "chat.example.net:0"], "--address must be HOST[:PORT]"],
  [["--address", "a".repeat(81)], "--address must be HOST[:PORT]"],
  [["--invite-only", "--plain-port", "7343"], "--plain-port admits anyone, because nc can"],
  [["--password", "x", "--plain-port", "7343"], "--plain-port admits anyone, because nc can"],
  [["--qr=now"], "--qr must be one of auto, always"],
  [["--keep", "x"], "--keep must be a duration, such as 90d, 12h or 1y"],
  [["--keep", "0d"], "--keep must be a duration"],
  [["--sts", "30"], "--sts must be a duration, such as 30d or 1y, or 0"],
  [["--keep-size", "10"], "--keep-size must be a size of at least 1M, such as 500M or 2G"],
  [["--keep-size", "0G"], "--keep-size must be a size of at least 1M"],
  [["--origin", "web.example.org"], "--origin must be the origin of a web page"],
  [["--origin", "https://web.example.org/chat"], "--origin must be the origin of a web page"],
  [["--origin", "file:///"], "--origin must be the origin of a web page"],
  [["--trusted-proxy", "localhost"], "--trusted-proxy must be an IP address or a range"],
  [["--trusted-proxy", "::1", "--trusted-proxy", "1.2.3.4/33"], "--trusted-proxy must be an IP"],
  [["--room", "a b"], "--room must be the name of a room"],
  [["--room", "#"], "--room must be the name of a room"],
  [["--name", "chat"], "--name must be a name of letters, digits and hyphens with a dot"],
  [["--name", "a b.c"], "--name must be a name of letters, digits and hyphens with a dot"],
  [["--network", "two words"], "--network must be a name of 1 to 50 characters without spaces"],
  [["--password", "a\nb"], "--password must be text of 1 to 200 bytes"],
  [["--data", ""], "--data must be the path of a folder"],
  [["--tls-cert", "", "--tls-key", "k"], "--tls-cert must be the path of a file"],
  [["--tls-cert", "cert.pem"], "--tls-cert needs --tls-key"],
  [["--tls-key", "key.pem"], "--tls-key needs --tls-cert"],
  [["--log-level", "loud"], "--log-level must be one of debug, info, warn, error"],
  [["--log-format", "xml"], "--log-format must be one of text, json"],
  [["7342"], "serve takes only flags: remove 7342"],
  [["--node", "n1"], "--node names a server of a cluster: add --cluster"],
];

Deno.test("a wrong flag is a usage error that says what would be right", () => {
  for (const [args, message] of WRONG_FLAGS) {
    assertThrows(() => serveOptions(args, ENVIRONMENT), UsageError, message);
  }
});

const WRONG_FILES: readonly (readonly [config: string, message: string])[] = [
  [`{ "plain-port": 1 }`, "chat.json: unknown setting plain-port; did you mean plainPort?"],
  [`{ "config": "x" }`, "chat.json: unknown setting config; did you mean"],
  [`{ "__proto__": {} }`, "chat.json: unknown setting __proto__; did you mean"],
  [`{ "limits": { "burst": 1 } }`, "unknown setting burst in limits; did you mean commandBurst?"],
  [
    `{ "operators": [{ "nick": "a", "password": "b" }] }`,
    "unknown setting nick in operators[0]; did you mean name?",
  ],
  [`[]`, "chat.json must be an object: { … }"],
  [`{ "listen": 7342 }`, "chat.json: listen must be [HOST:]PORT"],
  [`{ "listen": [] }`, "chat.json: listen must be [HOST:]PORT"],
  [`{ "listen": ["7342", 1] }`, "chat.json: listen must be [HOST:]PORT"],
  [`{ "plainPort": "7343" }`, "chat.json: plainPort must be a whole number from 0 to 65535"],
  [`{ "motd": ["a"] }`, "chat.json: motd must be text"],
  [`{ "password": null }`, "chat.json: password must be text"],
  [`{ "accounts": { "requireEmail": "yes" } }`, "accounts.requireEmail must be true or false"],
  [`{ "accounts": { "mail": true } }`, "unknown setting mail in accounts; did you mean"],
  [`{ "limits": 1 }`, "chat.json: limits must be an object: { … }"],
  [`{ "limits": { "pingSeconds": 0 } }`, "limits.pingSeconds must be a whole number from 1 to"],
  [`{ "limits": { "pingSeconds": 1.5 } }`, "limits.pingSeconds must be a whole number from 1 to"],
  [`{ "limits": { "pingSeconds": "1" } }`, "limits.pingSeconds must be a whole number from 1 to"],
  [`{ "limits": { "sendQueueBytes": 1 } }`, "limits.sendQueueBytes must be a whole number from 16"],
  [`{ "operators": {} }`, "chat.json: operators must be a list: [ … ]"],
  [`{ "operators": [{ "name": "a" }] }`, "operators[0].password must be text"],
  [`{ "operators": [{ "name": "a b", "password": "c" }] }`, "operators[0].name must be a name"],
];

Deno.test("a wrong file is refused with the key and its valid values", () => {
  for (const [config, message] of WRONG_FILES) {
    assertThrows(() => optionsOf(config), UserError, message);
  }
});

const BROKEN_FILES: readonly (readonly [config: string, message: string])[] = [
  ["", "chat.json, line 1, column 1: unexpected end of the file"],
  ['{\n  "room": x\n}', 'chat.json, line 2, column 11: unexpected token "x"'],
  ['{\n  "room" "a"\n}', 'chat.json, line 2, column 10: unexpected token ""a""'],
  ['{\n  "room": "a",\n', "chat.json, line 3, column 1: unexpected end of the file"],
  ['{ "room": "a\n" }', 'chat.json, line 1, column 11: unexpected token ""a'],
];

Deno.test("invalid JSON is refused with its line and column", () => {
  for (const [config, message] of BROKEN_FILES) {
    assertThrows(() => optionsOf(config), UserError, message);
  }
});

Deno.test("a file that cannot be read is refused with the reason", () => {
  const read = (path: string) => serveOptions(["--config", path], ENVIRONMENT);
  assertThrows(
    () => read(".tmp/nothing.json"),
    UserError,
    "cannot read .tmp/nothing.json: it does not exist",
  );
  assertThrows(() => read("tests"), UserError, "cannot read tests: it is a folder");
});

Deno.test("no message shows a password", () => {
  const configs = [
    `{ "password": ["hunter2"] }`,
    `{ "operators": [{ "name": "a", "password": { "is": "hunter2" } }] }`,
  ];
  for (const config of configs) {
    const error = assertThrows(() => optionsOf(config), UserError);
    assertEquals(error.message.includes("hunter2"), false);
  }
});
