import { guarded } from '@tracelore/sdk';

import { PEERS, rangeOf, supports } from '../peers.ts';
import { coreCopies, type CoreCopy } from './core-copies.ts';
import { field, listAt, textAt } from './field.ts';
import { HANDLER_NAME, TraceloreHandler, type TracingOptions } from './handler.ts';
import { patch, type Uninstall } from './patch.ts';
import { parentSpan, runs } from './run-book.ts';
import { runOf } from './run-config.ts';
import { followStream, leaveStream } from './stream-root.ts';
import { enterToolBody, inToolCall } from './tool-body.ts';

let installed: Uninstall | undefined;

/**
 * Traces every agent, graph, model, tool and retriever of LangChain and LangGraph in this process, and makes nodes' and
 * tools' bodies run in the context of their spans. Four things of `@langchain/core` are patched: how callback managers
 * are configured, how a runnable's body is entered, `StructuredTool.call` and the streams' start and end. Installing
 * twice is installing once; a version outside the tested range gets a warning and no patch.
 * @returns restores what was patched
 */
export function instrumentLangChain(options: TracingOptions = {}): Uninstall {
  installed ??= guarded<Uninstall>(
    'langchain_install',
    () => {},
    () => installInto(coreCopies(), options),
  );
  return uninstall;
}

function uninstall(): void {
  installed?.();
  installed = undefined;
}

/** Patches the given copies; for {@link instrumentLangChain}, and for tests of versions that are not installed. */
export function installInto(copies: readonly CoreCopy[], options: TracingOptions): Uninstall {
  const peer = PEERS.langchainCore;
  const strange = copies.find((copy) => !supports(peer, copy.version));
  if (strange !== undefined) {
    process.emitWarning(
      `${peer.name} ${strange.version || '(version unknown)'} is outside the tested range ${rangeOf(peer)}: ` +
        'nothing is patched. Pass tracelore() as a callback instead, or use a tested version.',
      { type: 'TraceloreWarning', code: 'TRACELORE_LANGCHAIN_VERSION' },
    );
    return () => {};
  }
  const handler = new TraceloreHandler(options);
  const undo = copies.flatMap((copy) => patchCopy(copy, handler));
  return () => {
    for (const restore of undo.toReversed()) restore();
  };
}

function patchCopy(copy: CoreCopy, handler: TraceloreHandler): Uninstall[] {
  return [...patchManagers(copy, handler), ...patchBodies(copy), ...patchTools(copy), ...patchStreams(copy)];
}

/** Every callback manager that LangChain configures gets our handler, unless it has one already. */
function patchManagers(copy: CoreCopy, handler: TraceloreHandler): Uninstall[] {
  return onObject(field(copy.manager, 'CallbackManager'), (manager) => [
    patch(manager, '_configureSync', (original) => (args) => {
      const [inheritable, local, ...rest] = args;
      if (hasHandler(inheritable) || hasHandler(local)) return original(args);
      if (inheritable === undefined || inheritable === null || Array.isArray(inheritable)) {
        return original([[...listAt(inheritable), handler], local, ...rest]);
      }
      const configured = original(args);
      guarded('langchain_configure', undefined, () => addHandler(configured, handler));
      return configured;
    }),
  ]);
}

function hasHandler(callbacks: unknown): boolean {
  const handlers = Array.isArray(callbacks) ? callbacks : listAt(callbacks, 'handlers');
  return handlers.some((handler) => textAt(handler, 'name') === HANDLER_NAME);
}

/** `configured` is a copy that LangChain made for this call: adding to it changes nothing of the application's. */
function addHandler(configured: unknown, handler: TraceloreHandler): void {
  const add = field(configured, 'addHandler');
  if (typeof add === 'function') Reflect.apply(add, configured, [handler, true]);
}

/** Nodes, lambdas and tool functions are entered through one method, with a config that knows their run. */
function patchBodies(copy: CoreCopy): Uninstall[] {
  return onObject(field(copy.singletons, 'AsyncLocalStorageProviderSingleton'), (storage) => [
    patch(storage, 'runWithConfig', (original) => (args) => {
      const [config, body, ...rest] = args;
      const span = guarded('langchain_body', undefined, () => parentSpan(runs.get(runOf(config))));
      if (span === undefined || typeof body !== 'function') return original(args);
      return original([config, () => span.run((): unknown => Reflect.apply(body, undefined, [])), ...rest]);
    }),
  ]);
}

function patchTools(copy: CoreCopy): Uninstall[] {
  return onObject(field(copy.tools, 'StructuredTool', 'prototype'), (prototype) => [
    patch(prototype, 'call', (original, self) => (args) => {
      guarded('langchain_tool', undefined, () => enterToolBody(self));
      return inToolCall(self, () => original(args));
    }),
  ]);
}

function patchStreams(copy: CoreCopy): Uninstall[] {
  const sources = Object.values(copy.runnables)
    .map((exported: unknown) => field(exported, 'prototype'))
    .filter((prototype) => typeof prototype === 'object' && prototype !== null)
    .filter((prototype) => Object.hasOwn(prototype, 'stream'));
  return [
    ...sources.map((source) =>
      patch(source, 'stream', (original) => (args) => followStream(async () => original(args))),
    ),
    ...onObject(field(copy.stream, 'IterableReadableStream', 'prototype'), (prototype) =>
      ['return', 'throw'].map((method) =>
        patch(prototype, method, (original, self) => (args) => {
          leaveStream(self);
          return original(args);
        }),
      ),
    ),
  ];
}

function onObject(target: unknown, make: (target: object) => Uninstall[]): Uninstall[] {
  const isObject = (typeof target === 'object' && target !== null) || typeof target === 'function';
  return isObject ? make(target) : [];
}
