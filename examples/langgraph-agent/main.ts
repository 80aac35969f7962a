// A LangGraph agent, traced and taught by Tracelore:
//   node --conditions=@tracelore/source examples/langgraph-agent/main.ts "When will my order 1007 arrive?"
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { instrumentLangChain } from '@tracelore/adapters/langchain';
import { start } from '@tracelore/sdk/node';

import { createSupportAgent } from './agent.ts';
import { ScriptedChatModel } from './scripted-model.ts';

const question = process.argv[2] ?? 'When will my order 1007 arrive?';
const telemetry = start({ serviceName: 'langgraph-agent' });
instrumentLangChain();

const agent = createSupportAgent(chooseModel());
const { messages } = await agent.invoke(
  { messages: [new HumanMessage(question)] },
  { configurable: { thread_id: `example-${process.pid}` } },
);
console.log(messages.at(-1)?.text);

const { complete } = await telemetry.shutdown();
if (!complete) console.log('No collector answered: the spans wait in .tracelore/spool for the next start.');

function chooseModel(): BaseChatModel {
  if (process.env['OPENAI_API_KEY']) {
    return new ChatOpenAI({ model: process.env['OPENAI_MODEL'] ?? 'gpt-5-mini' });
  }
  console.log('OPENAI_API_KEY is not set: a scripted stand-in answers instead of a language model.');
  return new ScriptedChatModel();
}
