import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';

/**
 * Stands in for a language model where there is no key: looks up the order that is asked about, then repeats what the
 * tool said. It names the day of arrival only if the prompt tells it to, so that a rule makes a difference one can see.
 */
export class ScriptedChatModel extends BaseChatModel {
  readonly model: string = 'scripted';

  constructor() {
    super({});
  }

  override _llmType(): string {
    return 'scripted';
  }

  override invocationParams(): Record<string, unknown> {
    return { model: this.model };
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const prompt = messages.map((message) => message.text).join('\n');
    const last = messages.at(-1);
    const message = last?.type === 'tool' ? answer(last.text, prompt) : lookUp(last?.text ?? '');
    message.response_metadata = { model_name: 'scripted', finish_reason: 'stop' };
    const tokenUsage = { promptTokens: words(prompt), completionTokens: words(message.text) };
    return { generations: [{ text: message.text, message }], llmOutput: { tokenUsage } };
  }
}

function lookUp(question: string): AIMessage {
  const id = /\d+/u.exec(question)?.[0];
  if (id === undefined) return new AIMessage('Which order is it?');
  return new AIMessage({
    content: '',
    tool_calls: [{ id: `call_${id}`, name: 'find_order', args: { id }, type: 'tool_call' }],
  });
}

function answer(result: string, prompt: string): AIMessage {
  const state = /"state":"([^"]*)"/u.exec(result)?.[1];
  if (state === undefined) return new AIMessage('I cannot find that order.');
  const day = /"arrives":"([^"]*)"/u.exec(result)?.[1] ?? 'unknown';
  const arrival = /say when it arrives/iu.test(prompt) ? ` It arrives on ${day}.` : '';
  return new AIMessage(`Your order is ${state}.${arrival}`);
}

/** Where a tokenizer would count tokens. */
function words(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}
