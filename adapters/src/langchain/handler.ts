import {
  captureJson,
  captureText,
  currentScope,
  guarded,
  type SpanHandle,
  type SpanOptions,
  startSpan,
} from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';

import { knowledgeAttributes, seenKnowledge } from './attribution.ts';
import { graphInput, graphOutput } from './graph-content.ts';
import { isControlFlow, isGraph, runName } from './chain-kind.ts';
import { field, textAt } from './field.ts';
import { parsed, toolResult } from './messages.ts';
import {
  answerAttributes,
  type ModelCallStart,
  promptAttributes,
  requestAttributes,
  requestModel,
  responseAttributes,
} from './model-call.ts';
import { PartialAnswer } from './partial-answer.ts';
import { documentsOf } from './documents.ts';
import { parentSpan, type RunRecord, runs } from './run-book.ts';
import { identityOf, nodeAttributes, type RunIdentity } from './run-identity.ts';
import { noteStreamRoot } from './stream-root.ts';
import { callingTool, isReplayable, refuseUnreached, threwInBody } from './tool-body.ts';

export interface TracingOptions {
  /** False: neither content nor error messages are recorded. Default: as configured. */
  readonly capture?: boolean;
  /** Name of the agent, for outermost graphs that have none of their own. */
  readonly agent?: string;
}

/** What LangGraph calls a graph that was given no name. */
const UNNAMED_GRAPH = 'LangGraph';

/** Prompt templates and output parsers used alone: nothing an agent did. */
const FORMATTING: ReadonlySet<string> = new Set(['prompt', 'parser']);

/** LangChain finds its handlers by this name, so that one run is never traced twice. */
export const HANDLER_NAME = 'tracelore';

/**
 * Turns LangChain's callbacks into spans: agents and graphs, model calls, tool calls, retrievals. Everything else that
 * LangChain reports (graph nodes, middleware hooks, lambdas, sequences) is collapsed into the run around it.
 *
 * `awaitHandlers` makes LangChain call the methods at once and in its caller's async context, instead of later from a
 * queue. They return nothing, wait for nothing and never throw, but for a tool in a replay that could only be run.
 */
export class TraceloreHandler {
  readonly name: string = HANDLER_NAME;
  readonly awaitHandlers: boolean = true;
  readonly #options: TracingOptions;

  constructor(options: TracingOptions = {}) {
    this.#options = options;
  }

  /** True in a replay alone: there a tool that must not run has to be stopped. */
  get raiseError(): boolean {
    return currentScope().trial?.recording !== undefined;
  }

  handleChainStart(
    chain: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    runType?: string,
    name?: string,
  ): void {
    const parent = runs.get(parentRunId);
    const graph = isGraph(chain);
    if (parent === undefined && FORMATTING.has(runType ?? '')) return;
    if (parent !== undefined && !graph) {
      const { span } = parent;
      this.#note(
        { id: runId, parent, span, owns: false, graph: false, partial: undefined, toolInput: undefined },
        metadata,
      );
      return;
    }
    this.#start(
      { runId, parentRunId, metadata, tags, graph },
      () => {
        const title = runName(name, chain);
        const unnamed = title === UNNAMED_GRAPH && parent === undefined;
        const agent = unnamed ? (this.#options.agent ?? title) : title;
        return graph
          ? { name: `invoke_agent ${agent}`, kind: 'agent', agent }
          : {
              name: `invoke_workflow ${title}`,
              kind: 'workflow',
              attributes: { [ATTR.workflowName]: title },
            };
      },
      (span) => span.setAttributes(graphInput(inputs)),
    );
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#end(runId, (span) => {
      if (span.captures) span.setAttributes(graphOutput(outputs));
    });
  }

  handleChainError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  handleChatModelStart(
    _model: unknown,
    messages: readonly (readonly unknown[])[],
    runId: string,
    parentRunId?: string,
    extra?: unknown,
    tags?: unknown,
    metadata?: unknown,
  ): void {
    this.#startModelCall('chat', { extra, metadata }, messages[0] ?? [], {
      runId,
      parentRunId,
      metadata,
      tags,
      graph: false,
    });
  }

  handleLLMStart(
    _model: unknown,
    prompts: readonly string[],
    runId: string,
    parentRunId?: string,
    extra?: unknown,
    tags?: unknown,
    metadata?: unknown,
  ): void {
    this.#startModelCall('text_completion', { extra, metadata }, prompts, {
      runId,
      parentRunId,
      metadata,
      tags,
      graph: false,
    });
  }

  handleLLMNewToken(token: string, _index: unknown, runId: string): void {
    guarded('langchain_token', undefined, () => {
      const record = runs.get(runId);
      record?.partial?.add(record.span, typeof token === 'string' ? token : '');
    });
  }

  handleLLMEnd(result: unknown, runId: string): void {
    this.#end(runId, (span) => {
      span.setAttributes(responseAttributes(result));
      if (span.captures) span.setAttributes(answerAttributes(result));
    });
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  handleToolStart(
    tool: unknown,
    input: string,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    name?: string,
    toolCallId?: string,
  ): void {
    const toolInput = parsed(input);
    refuseUnreached(runName(name, tool));
    this.#start(
      { runId, parentRunId, metadata, tags, graph: false },
      () => {
        const title = runName(name ?? callingTool(), tool);
        return {
          name: `execute_tool ${title}`,
          kind: 'tool',
          attributes: {
            [ATTR.toolName]: title,
            ...(typeof toolCallId === 'string' ? { [ATTR.toolCallId]: toolCallId } : {}),
          },
        };
      },
      (span) => span.setInput(toolInput),
      { toolInput },
    );
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#end(runId, (span, record) => {
      if (isReplayable(record, output)) span.setAttributes({ [ATTR.toolReplayable]: true });
      // The message that goes back to the model names the tool and the call, also where nothing said so before.
      const name = textAt(output, 'name');
      const callId = textAt(output, 'tool_call_id');
      span.setAttributes({
        ...(name === undefined ? {} : { [ATTR.toolName]: name }),
        ...(callId === undefined ? {} : { [ATTR.toolCallId]: callId }),
      });
      span.setOutput(toolResult(output));
      if (field(output, 'status') !== 'error') return;
      span.recordError(textAt(output, 'content') ?? 'the tool returned an error');
      span.setAttributes({ [ATTR.errorType]: 'tool_error' });
    });
  }

  handleToolError(error: unknown, runId: string): void {
    this.#fail(runId, error, (span, record) => {
      if (threwInBody(record)) span.setAttributes({ [ATTR.toolReplayable]: true });
    });
  }

  handleRetrieverStart(
    retriever: unknown,
    query: string,
    runId: string,
    parentRunId?: string,
    tags?: unknown,
    metadata?: unknown,
    name?: string,
  ): void {
    this.#start(
      { runId, parentRunId, metadata, tags, graph: false },
      () => ({ name: `retrieval ${runName(name, retriever)}`, kind: 'retriever' }),
      (span) => span.setAttributes({ [ATTR.retrievalQuery]: captureText(query) }),
    );
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#end(runId, (span) => {
      if (span.captures) {
        span.setAttributes({ [ATTR.retrievalDocuments]: captureJson(documentsOf(documents)) });
      }
    });
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.#fail(runId, error);
  }

  #startModelCall(
    operation: string,
    call: ModelCallStart,
    messages: readonly unknown[],
    identity: RunIdentity,
  ): void {
    this.#start(
      identity,
      () => ({
        name: [operation, requestModel(call)].filter((word) => word !== '').join(' '),
        kind: 'llm',
        // Judged by the prompt, which is more than the SDK can know.
        sawKnowledge: false,
        attributes: {
          [ATTR.operation]: operation,
          ...requestAttributes(call),
          ...guarded('langchain_attribution', {}, () =>
            knowledgeAttributes(seenKnowledge(runs.get(identity.parentRunId), messages)),
          ),
        },
      }),
      (span) => span.setAttributes(promptAttributes(call, messages)),
      { partial: new PartialAnswer() },
    );
  }

  /** `content` is asked for only where content is captured. */
  #start(
    run: RunIdentity,
    describe: () => SpanOptions,
    content: (span: SpanHandle) => void,
    { partial, toolInput }: Partial<Pick<RunRecord, 'partial' | 'toolInput'>> = {},
  ): void {
    guarded('langchain_start', undefined, () => {
      if (runs.get(run.runId) !== undefined) return;
      const parent = runs.get(run.parentRunId);
      const enclosing = parentSpan(parent);
      const description = describe();
      const span = startSpan({
        ...identityOf(run),
        ...description,
        ...(this.#options.capture === undefined ? {} : { capture: this.#options.capture }),
        ...(enclosing === undefined ? {} : { parent: enclosing }),
        attributes: { ...nodeAttributes(run.metadata), ...description.attributes },
      });
      this.#note(
        { id: run.runId, parent, span, owns: true, graph: run.graph, partial, toolInput },
        run.metadata,
      );
      if (span.captures) guarded('langchain_content', undefined, () => content(span));
    });
  }

  #note(record: RunRecord, anchor: unknown): void {
    guarded('langchain_note', undefined, () => {
      if (runs.get(record.id) !== undefined) return;
      runs.add(record, anchor);
      noteStreamRoot(record);
    });
  }

  #end(runId: string, write: (span: SpanHandle, record: RunRecord) => void): void {
    guarded('langchain_end', undefined, () => {
      const record = runs.remove(runId);
      if (record === undefined || !record.owns || runs.wasLeft(record)) return;
      guarded('langchain_content', undefined, () => write(record.span, record));
      record.span.end();
    });
  }

  #fail(
    runId: string,
    error: unknown,
    write: (span: SpanHandle, record: RunRecord) => void = () => undefined,
  ): void {
    this.#end(runId, (span, record) => {
      if (isControlFlow(error)) return;
      write(span, record);
      record.partial?.writeTo(span);
      span.recordError(error);
    });
  }
}
