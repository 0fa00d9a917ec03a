/**
 * A client, in a worker, that adds lines to a file.
 *
 * @module
 */

import { LinesFile } from "../../client/net/lines_file.ts";

/** The global object of the worker, by which it gets and sends messages. */
declare const self: {
  onmessage: (event: MessageEvent<{ path: string; count: number }>) => void;
  postMessage(message: "done"): void;
};

self.onmessage = ({ data: { path, count } }) => {
  const file = new LinesFile(path, (_path, _action, reason) => reason);
  for (let i = 0; i < count; i++) file.add(`line ${i}`);
  self.postMessage("done");
};
