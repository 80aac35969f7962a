const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['google_genai', 'gcp.gemini'],
  ['google.generative-ai', 'gcp.gemini'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['vertexai', 'gcp.vertex_ai'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['xai', 'x_ai'],
  ['az.ai.openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['azure-openai', 'azure.ai.openai'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['bedrock', 'aws.bedrock'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
]);

/** `openai.chat`, `anthropic.messages`: the AI SDK appends the endpoint. */
const ENDPOINT = /^([a-z_-]+)\.(?:chat|responses|messages|completion|embedding|generative-ai|image)$/;

/** Names remembered; senders use a few. When it is full it starts afresh. */
const NAMES_KNOWN_MAX = 1_000;
const known = new Map<string, string>();

/** A provider in the words of the GenAI conventions; unknown ones stay as they are (an open list). */
export function providerName(name: string): string {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const provider = nameByConvention(name);
  if (known.size >= NAMES_KNOWN_MAX) known.clear();
  known.set(name, provider);
  return provider;
}

function nameByConvention(name: string): string {
  const lower = name.toLowerCase();
  const listed = PROVIDERS.get(lower);
  if (listed !== undefined) return listed;
  const base = ENDPOINT.exec(lower)?.[1];
  if (base !== undefined) return PROVIDERS.get(base) ?? base;
  return lower === 'openai' || lower === 'anthropic' || lower === 'cohere' ? lower : name;
}
