/** The largest number of attempts to remove a folder. */
const TRIES = 100;

/** A temporary folder, removed when it is disposed of: `using folder = new TempFolder()`. */
export class TempFolder implements Disposable {
  /** The path of the folder. */
  readonly path: string;

  constructor() {
    // The only folder that tests have the permission to write to.
    Deno.mkdirSync(".tmp", { recursive: true });
    this.path = Deno.makeTempDirSync({ dir: ".tmp" });
  }

  /** Writes a file in the folder; returns its path. */
  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    // A process that the test has ended may still write a last file. Then the folder is not empty,
    // and removing it fails.
    for (let left = TRIES; left > 0; left--) {
      try {
        return Deno.removeSync(this.path, { recursive: true });
      } catch (error) {
        if (left === 1) throw error;
      }
    }
  }
}
