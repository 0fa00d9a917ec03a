import { findProgram } from "./programs.ts";
import { Pty } from "./pty.ts";
import type { TempFolder } from "./temp_folder.ts";

/** The server that a client connects to, and the user of the client. */
export interface Visit {
  /** The port on 127.0.0.1. */
  readonly port: number;
  readonly nick: string;
  /** The fingerprint that the server's certificate must have; TLS is used if it is given. */
  readonly fingerprint?: string;
  /** The password of the account with the name `nick`; SASL is used if it is given. */
  readonly password?: string;
}

/** Another IRC client for terminals. */
export interface ClientProgram {
  readonly name: string;
  /** The path of its executable; undefined if it is not installed. */
  readonly path: string | undefined;
  /** Returns the arguments for a client that keeps its files in `folder` and connects at once. */
  arguments(folder: TempFolder, visit: Visit): string[];
}

/** The clients that tests run. */
export const CLIENT_PROGRAMS: readonly ClientProgram[] = [
  { name: "irssi", path: findProgram("irssi"), arguments: irssiArguments },
  { name: "WeeChat", path: findProgram("weechat"), arguments: weechatArguments },
];

/** Starts `program` in a terminal. */
export function startClient(program: ClientProgram, folder: TempFolder, visit: Visit): Pty {
  const command = [program.path ?? program.name, ...program.arguments(folder, visit)];
  return new Pty("env", ["LC_ALL=C.UTF-8", ...command], 150, 40);
}

function irssiArguments(folder: TempFolder, visit: Visit): string[] {
  const { port, nick, fingerprint, password } = visit;
  const pin = fingerprint?.toUpperCase().match(/../g)?.join(":");
  const tls = pin === undefined ? "" : `use_tls = "yes"; tls_pinned_cert = "${pin}";`;
  const sasl = password === undefined
    ? ""
    : `sasl_mechanism = "PLAIN"; sasl_username = "${nick}"; sasl_password = "${password}";`;
  folder.write(
    "config",
    `servers = ({
      address = "127.0.0.1"; port = "${port}"; chatnet = "chat"; autoconnect = "yes";
      tls_verify = "no"; ${tls}
    });
    chatnets = { chat = { type = "IRC"; ${sasl} }; };
    settings = {
      core = { nick = "${nick}"; user_name = "${nick}"; real_name = "${nick}"; };
      "irc/core" = { cmds_max_at_once = "100"; };
    };`,
  );
  return [`--home=${folder.path}`];
}

function weechatArguments(folder: TempFolder, visit: Visit): string[] {
  const { port, nick, fingerprint, password } = visit;
  const settings = [
    ["nicks", nick],
    // `ssl` is the name of `tls` before WeeChat 4.
    ...["tls", "ssl"].flatMap((tls) => [
      [tls, fingerprint === undefined ? "off" : "on"],
      [`${tls}_fingerprint`, fingerprint ?? ""],
    ]),
    ["sasl_username", password === undefined ? "" : nick],
    ["sasl_password", password ?? ""],
  ];
  const commands = [
    "/bar hide buflist",
    "/bar hide nicklist",
    // Otherwise WeeChat shows its own log of the last visit.
    "/set logger.look.backlog 0",
    `/server add chat 127.0.0.1/${port}`,
    ...settings.map(([name, value]) => `/set irc.server.chat.${name} "${value}"`),
    "/connect chat",
  ];
  return ["--dir", folder.path, ...commands.flatMap((command) => ["--run-command", command])];
}
