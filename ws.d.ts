// Types of the part of npm's `ws` in use, which carries none; what is not declared here is not used.

declare module "ws" {
  import type { Duplex } from "node:stream";

  /** A request to upgrade; what of `node:http`'s `IncomingMessage` is looked at. */
  interface UpgradeRequest {
    readonly method: string;
    /** By their names in lower case. */
    readonly headers: Readonly<Record<string, string | undefined>>;
  }

  /** One end of a connection. */
  export class WebSocket {
    static readonly OPEN: number;
    readonly readyState: number;
    /** The subprotocol that was agreed on; empty, none. */
    readonly protocol: string;
    /** Begins the closing handshake. */
    close(code: number): void;
    /** Closes without one, at once. */
    terminate(): void;
    on(event: "message", listener: (data: Uint8Array) => void): void;
    on(event: "close" | "error", listener: () => void): void;
  }

  /** Makes a {@linkcode WebSocket} of a connection that asks for it. */
  export class WebSocketServer {
    constructor(options: {
      readonly noServer: true;
      readonly clientTracking: false;
      readonly perMessageDeflate: false;
      /** In bytes; a longer message closes the connection, with code 1009. */
      readonly maxPayload: number;
      /** The same for a message that comes in more pieces. */
      readonly maxFragments: number;
      /** Milliseconds to wait for the answer to a close frame. */
      readonly closeTimeout: number;
      /** Chooses one of the subprotocols offered, if there are any. */
      handleProtocols(offered: ReadonlySet<string>): string | false;
    });
    /** Calls `done` before it returns, unless the request cannot be granted. */
    handleUpgrade(
      request: UpgradeRequest,
      stream: Duplex,
      head: Uint8Array,
      done: (socket: WebSocket) => void,
    ): void;
    on(event: "wsClientError", listener: (error: Error) => void): void;
  }
}
