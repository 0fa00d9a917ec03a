/**
 * The first thing that a visitor sees: the question for their name, and why they could not join.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { isNick } from "../../protocol.ts";
import { PAGE_TEXTS } from "../texts/page.ts";

/** The answers of a visitor. */
export interface Introduction {
  /** The nick. */
  readonly nick: string;
  /** The password of the server; empty if none was asked for. */
  readonly password: string;
}

/** The properties of {@linkcode Welcome}. */
export interface WelcomeProps {
  /** The nick to begin with. */
  readonly nick: string;
  /** The reason why the last attempt failed; empty before it. */
  readonly problem: string;
  /** True if the server asks for its password. */
  readonly asksPassword: boolean;
  /** True while the page connects. */
  readonly isBusy: boolean;
  /** Called with the answers. */
  readonly onJoin: (introduction: Introduction) => void;
  /** Called to join without the user's account; absent unless the server has refused the login to it. */
  readonly onJoinAnew?: (introduction: Introduction) => void;
}

/** The form that asks for the nick and the password. */
export function Welcome(
  { nick, problem, asksPassword, isBusy, onJoin, onJoinAnew }: WelcomeProps,
): VNode {
  const [name, setName] = useState(nick);
  const [password, setPassword] = useState("");
  const [complaint, setComplaint] = useState("");
  function submit(event: Event, use = onJoin) {
    event.preventDefault();
    if (!isNick(name)) return setComplaint(PAGE_TEXTS.badNick);
    setComplaint("");
    use({ nick: name, password });
  }
  const shown = complaint || (problem === "" ? "" : PAGE_TEXTS.failed(problem));
  return (
    <main class="welcome">
      <form onSubmit={(event) => submit(event)}>
        <h1>{PAGE_TEXTS.welcome(location.hostname)}</h1>
        <label>
          {PAGE_TEXTS.nickLabel}
          <input
            name="nick"
            value={name}
            maxLength={30}
            autocomplete="nickname"
            autocapitalize="none"
            spellcheck={false}
            autofocus
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <p class="quiet">{PAGE_TEXTS.nickHelp}</p>
        {asksPassword && (
          <label>
            {PAGE_TEXTS.passwordLabel}
            <input
              type="password"
              autocomplete="current-password"
              value={password}
              onInput={({ currentTarget }) => setPassword(currentTarget.value)}
            />
          </label>
        )}
        <p class="alarm" role="alert">{shown}</p>
        <button type="submit" disabled={isBusy}>
          {isBusy ? PAGE_TEXTS.connecting : PAGE_TEXTS.enter}
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
    </main>
  );
}
