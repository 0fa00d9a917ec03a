/** A folder that is a test's alone, and gone after it: `using folder = new TempFolder()`. */
export class TempFolder implements Disposable {
  /** Where it is. */
  readonly path: string;

  constructor() {
    // The one folder that tests may write to.
    Deno.mkdirSync(".tmp", { recursive: true });
    this.path = Deno.makeTempDirSync({ dir: ".tmp" });
  }

  /** Puts a file into it; returns its path. */
  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
