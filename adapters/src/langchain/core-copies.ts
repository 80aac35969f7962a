import { createRequire } from 'node:module';

import * as manager from '@langchain/core/callbacks/manager';
import * as runnables from '@langchain/core/runnables';
import * as singletons from '@langchain/core/singletons';
import * as tools from '@langchain/core/tools';
import * as stream from '@langchain/core/utils/stream';
import { guarded } from '@tracelore/sdk';

import { textAt } from './field.ts';

/** One copy of `@langchain/core` in this process: the parts of it that are patched, by export name. */
export interface CoreCopy {
  /** `''` if it cannot be told. */
  readonly version: string;
  readonly manager: object;
  readonly runnables: object;
  readonly singletons: object;
  readonly tools: object;
  readonly stream: object;
}

/**
 * The copies in use. LangChain ships twice, as ES modules and as CommonJS; an application that loads it with `require`
 * has classes of its own, which are found only if they were loaded before.
 */
export function coreCopies(): readonly CoreCopy[] {
  const require = createRequire(import.meta.url);
  const version = guarded(
    'langchain_version',
    '',
    () => textAt(require('@langchain/core/package.json'), 'version') ?? '',
  );
  const copies: CoreCopy[] = [{ version, manager, runnables, singletons, tools, stream }];
  const required = guarded('langchain_commonjs', undefined, () => loadedCommonJs(require));
  if (required !== undefined) copies.push({ version, ...required });
  return copies;
}

function loadedCommonJs(require: NodeJS.Require): Omit<CoreCopy, 'version'> | undefined {
  if (require.cache[require.resolve('@langchain/core/callbacks/manager')] === undefined) return undefined;
  return {
    manager: namespace(require('@langchain/core/callbacks/manager')),
    runnables: namespace(require('@langchain/core/runnables')),
    singletons: namespace(require('@langchain/core/singletons')),
    tools: namespace(require('@langchain/core/tools')),
    stream: namespace(require('@langchain/core/utils/stream')),
  };
}

function namespace(module: unknown): object {
  if (typeof module === 'object' && module !== null) return module;
  throw new TypeError(`expected a module of @langchain/core, got ${typeof module}`);
}
