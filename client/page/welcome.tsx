/**
 * The first thing that a visitor sees. It asks for a name, for the password of an account, or for
 * the code of another device; and says why the visitor could not join.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { isNick } from "../../protocol.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Introduction } from "./visit.ts";

/** The properties of {@linkcode Welcome}. */
export interface WelcomeProps {
  /** The nick in the field at first; empty for a new visitor. */
  readonly nick: string;
  /** The reason why the last attempt failed; empty if none has failed. */
  readonly problem: string;
  /** True if the server asks for its password. */
  readonly asksPassword: boolean;
  /** True while the page connects. */
  readonly isBusy: boolean;
  /**
   * True if the browser keeps a cryptographic key, without which it cannot be linked to an account;
   * undefined while that is not known.
   */
  readonly hasKey: boolean | undefined;
  /** The code in the URL, if any. */
  readonly code: string | undefined;
  /** Called with the name and the passwords that the visitor has typed, to join. */
  readonly onJoin: (introduction: Introduction) => void;
  /** Called with the code of the user's other device. */
  readonly onLink: (code: string) => void;
  /**
   * Called to join without the user's account; given only if the server has refused the login to
   * the account.
   */
  readonly onJoinAnew?: (introduction: Introduction) => void;
}

/** The ways to join: under a new name, with a password, or with a code of another device. */
type Way = "name" | "password" | "code";

const { ways: WAYS } = PAGE_TEXTS;

/** The form for one of the ways to join, and buttons for the others. */
export function Welcome(props: WelcomeProps): VNode {
  const { problem, isBusy, code } = props;
  const [way, setWay] = useState<Way>(code === undefined ? "name" : "code");
  const [complaint, setComplaint] = useState("");
  const shown = complaint || (problem === "" ? "" : PAGE_TEXTS.failed(problem));
  const others = (["name", "password", "code"] as const).filter((each) => each !== way);
  const parts = { ...props, setComplaint };
  return (
    <main class="welcome">
      <div class="ways">
        <h1>{PAGE_TEXTS.welcome(location.hostname)}</h1>
        {way === "code"
          ? <CodeForm {...parts} shown={shown} />
          : <NameForm {...parts} shown={shown} asksAccount={way === "password"} />}
        {others.map((each) => (
          <button
            key={each}
            type="button"
            class="way"
            disabled={isBusy}
            onClick={() => {
              setComplaint("");
              setWay(each);
            }}
          >
            {WAYS[each]}
          </button>
        ))}
      </div>
    </main>
  );
}

interface FormProps extends WelcomeProps {
  readonly setComplaint: (text: string) => void;
  /** The text about what went wrong; empty if nothing did. */
  readonly shown: string;
}

function NameForm(
  { asksAccount, setComplaint, shown, ...props }: FormProps & { readonly asksAccount: boolean },
) {
  const { nick, asksPassword, isBusy, onJoin, onJoinAnew } = props;
  const [name, setName] = useState(nick);
  const [password, setPassword] = useState("");
  const [accountPassword, setAccountPassword] = useState("");
  function submit(event: Event, use = onJoin) {
    event.preventDefault();
    if (!isNick(name)) return setComplaint(PAGE_TEXTS.badNick);
    if (asksAccount && accountPassword === "") return setComplaint(PAGE_TEXTS.noPassword);
    setComplaint("");
    use({ nick: name, password, ...(asksAccount && { accountPassword }) });
  }
  return (
    <form onSubmit={(event) => submit(event)}>
      <label>
        {asksAccount ? PAGE_TEXTS.accountLabel : PAGE_TEXTS.nickLabel}
        <input
          name="nick"
          value={name}
          maxLength={30}
          autocomplete={asksAccount ? "username" : "nickname"}
          autocapitalize="none"
          spellcheck={false}
          autofocus
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      {!asksAccount && <p class="quiet">{PAGE_TEXTS.nickHelp}</p>}
      {asksAccount && (
        <Password
          label={PAGE_TEXTS.accountPasswordLabel}
          value={accountPassword}
          onChange={setAccountPassword}
        />
      )}
      {asksPassword && (
        <Password label={PAGE_TEXTS.passwordLabel} value={password} onChange={setPassword} />
      )}
      <p class="alarm" role="alert">{shown}</p>
      <button type="submit" disabled={isBusy}>
        {isBusy ? PAGE_TEXTS.connecting : asksAccount ? PAGE_TEXTS.logIn : PAGE_TEXTS.enter}
      </button>
      {onJoinAnew && !isBusy && (
        <button
          type="button"
          onClick={(event) => submit(event, onJoinAnew)}
        >
          {PAGE_TEXTS.joinAnew}
        </button>
      )}
    </form>
  );
}

interface PasswordProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Password({ label, value, onChange }: PasswordProps) {
  return (
    <label>
      {label}
      <input
        type="password"
        autocomplete="current-password"
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}

function CodeForm(props: FormProps) {
  const { nick, isBusy, hasKey, onJoin, onLink, setComplaint, shown } = props;
  const [code, setCode] = useState(props.code ?? "");
  function submit(event: Event) {
    event.preventDefault();
    if (code.trim() === "") return setComplaint(PAGE_TEXTS.noCode);
    setComplaint("");
    onLink(code.trim());
  }
  return (
    <form onSubmit={submit}>
      <p>{PAGE_TEXTS.linkHelp}</p>
      {nick !== "" && <p>{PAGE_TEXTS.linkInstead(nick)}</p>}
      <label>
        {PAGE_TEXTS.codeLabel}
        <input
          name="code"
          value={code}
          maxLength={40}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          autofocus
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
      </label>
      <p class="alarm" role="alert">{hasKey === false ? PAGE_TEXTS.linkNeedsKey : shown}</p>
      <button type="submit" disabled={isBusy || hasKey !== true}>
        {isBusy ? PAGE_TEXTS.connecting : PAGE_TEXTS.link}
      </button>
      {nick !== "" && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => onJoin({ nick, password: "" })}
        >
          {PAGE_TEXTS.stay(nick)}
        </button>
      )}
    </form>
  );
}
