/** The part of WebAssembly that is used here: Node has it, and its types name it only with those of the browser. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): readonly { readonly name: string; readonly kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    /** In pages of 64 KiB. */
    constructor(size: { readonly initial: number });
    /** Another object after each `grow`. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
