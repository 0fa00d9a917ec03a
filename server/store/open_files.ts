/**
 * Notices when open files were removed, moved or replaced. Data that is written to them afterwards
 * is lost when the process ends, without an error.
 *
 * @module
 */

/** Files in use. */
export class OpenFiles {
  /** The inode number of each file, by path. */
  readonly #numbers: ReadonlyMap<string, number>;

  /** Watches the files at `paths` that exist now. */
  constructor(paths: readonly string[]) {
    this.#numbers = new Map(paths.flatMap((path) => {
      const number = numberOf(path);
      return typeof number === "number" ? [[path, number]] : [];
    }));
  }

  /** The first file that is not at its path any more; `undefined` if all files are. */
  get missing(): string | undefined {
    for (const [path, number] of this.#numbers) {
      const now = numberOf(path);
      if (now === "none" || (now !== "unknown" && now !== number)) return path;
    }
    return undefined;
  }
}

/**
 * Returns the inode number of the file at `path`; `none` if there is no file, `unknown` if the
 * system does not say.
 */
function numberOf(path: string): number | "none" | "unknown" {
  try {
    return Deno.statSync(path).ino ?? "unknown";
  } catch (error) {
    const isGone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isGone ? "none" : "unknown";
  }
}
