/** Runs tasks one after the other. A failed task rejects its own caller and does not stop the next one. */
export class SerialTask {
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  get busy(): boolean {
    return this.#count > 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#count += 1;
    const result = this.#last.then(task).finally(() => {
      this.#count -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
